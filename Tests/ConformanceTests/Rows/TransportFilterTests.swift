import EtherFabric
import Testing

@Suite("Row 8: filtering is the adapter's, by address, port and protocol", .tags(.network), .timeLimit(.minutes(1)))
struct TransportFilterTests {
  static let four = (IPEndpoint("10.9.0.1:4000")!, IPEndpoint("10.9.0.2:7000")!)
  static let six = (IPEndpoint("[fd00::1]:4000")!, IPEndpoint("[fd00::2]:7000")!)

  /// 0 IPv4 UDP, 1 another port, 2 another sender, 3 another address, 4 IPv4 TCP, 5 in VLAN 5, 6 IPv6 UDP, 7 IPv6 TCP,
  /// 8 IPv6 UDP from another port, 9 ICMP, 10 a fragment, 11 UDP to a group.
  static func frames(_ bench: any ConformanceBench) -> [[UInt8]] {
    let (to, from) = (bench.portMAC, bench.peerMAC)
    let (source, target) = four
    func udp(_ source: IPEndpoint, _ target: IPEndpoint, _ tags: [VLANTag] = []) -> [UInt8] {
      Frame.udp(to: to, from: from, tags: tags, source, target)
    }
    var fragment = udp(source, target)
    fragment.replaceSubrange(20..<22, with: [0x20, 0])
    fragment.replaceSubrange(24..<26, with: [0, 0])
    fragment.replaceSubrange(24..<26, with: (~Frame.sum(Array(fragment[14..<34]))).wire)
    let icmp = Frame.ip(source.address, target.address, protocol: 1, [8, 0, 0xf7, 0xff, 0, 0, 0, 0])
    let group = IPEndpoint("239.1.2.3:7000")!
    return [
      udp(source, target), udp(source, IPEndpoint(target.address, port: 7001)),
      udp(IPEndpoint("10.9.0.77:4000")!, target), udp(source, IPEndpoint("10.9.0.3:7000")!),
      Frame.tcp(to: to, from: from, source, target), udp(source, target, [VLANTag(control: 5)]),
      udp(six.0, six.1), Frame.tcp(to: to, from: from, six.0, six.1),
      udp(IPEndpoint(six.0.address, port: 4001), six.1), Frame.ethernet(to: to, from: from, type: 0x0800, icmp),
      fragment, Frame.udp(to: MACAddress("01:00:5e:01:02:03")!, from: from, source, group),
    ]
  }

  @Test(arguments: BenchKind.allCases) func eachKindTakesItsFrames(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      let (source, target) = Self.four
      var protocolOfPort = FilterSpecification()
      try protocolOfPort.setIPProtocol(.icmp)
      try protocolOfPort.setEthernetLocal(bench.portMAC)
      let cases: [(FilterSpecification, [Int])] = [
        (.udp(local: target), [0, 2, 5]),
        (try .udp(local: target, remote: source), [0, 5]),
        (try .udp(local: target, remote: IPEndpoint("10.9.0.77:4000")!), [2]),
        (try FilterSpecification.udp(local: target).vlan(5), [5]),
        (try FilterSpecification.udp(local: target).vlan(0), [0, 2]),
        (.udp(local: IPEndpoint(target.address, port: 7001)), [1]),
        (.tcp(local: target), [4]),
        (try .tcp(local: target, remote: source), [4]),
        (.udp(local: Self.six.1), [6, 8]),
        (try .udp(local: Self.six.1, remote: Self.six.0), [6]),
        (.tcp(local: Self.six.1), [7]),
        (try .ipProtocol(.icmp), [9]),
        (protocolOfPort, [9]),
        (.udp(local: IPEndpoint("239.1.2.3:7000")!), [11]),
        (.udp(local: IPEndpoint("10.9.0.9:7000")!), []),
      ]
      for (filter, expected) in cases {
        guard let cookie = try kind.add(filter, to: &station) else { continue }
        let came = try LinkFilterTests.arriving(Self.frames(bench), bench, &station)
        #expect(kind.agrees(came, expected), "\(filter.kind) \(filter.local)")
        try station.interface.removeFilter(cookie)
      }
    }
  }

  @Test(arguments: BenchKind.allCases.filter(\.filtersExactly)) func oneConnectionGoesBeforeTheListener(
    _ kind: BenchKind
  ) throws {
    try kind.run { bench in
      var listener = try Station(bench.driver)
      var connection = try Station(bench.driver)
      var rest = try Station(bench.driver)
      try listener.interface.addFilter(.udp(local: Self.four.1))
      try connection.interface.addFilter(.udp(local: Self.four.1, remote: Self.four.0))
      try rest.interface.addFilter(.ethernet(bench.portMAC))
      let frames = Self.frames(bench)
      #expect(try LinkFilterTests.arriving(frames, bench, &rest) == [1, 3, 4, 6, 7, 8, 9, 10])
      #expect(connection.take(2).map(\.bytes) == [frames[0], frames[5]])
      #expect(listener.take(1).map(\.bytes) == [frames[2]])
    }
  }
}
