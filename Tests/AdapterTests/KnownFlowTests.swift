import EmulatedAdapter
import EtherFabric
import Testing

/// Frames of a flow that the adapter has seen take a shorter way. It leads where the filter table says, whatever has
/// become of the filters since.
@Suite struct KnownFlowTests {
  private static let interfaces = 3

  private static func address(_ host: UInt32) -> IPAddress { IPAddress("10.0.0.\(host)")! }

  /// Filters from the most to the least specific, on what the flows have.
  private static func filters(_ mac: MACAddress) throws -> [FilterSpecification] {
    try [
      .udp(local: IPEndpoint("10.0.0.2:8192")!, remote: IPEndpoint("10.0.0.1:4096")!),
      .udp(local: IPEndpoint("10.0.0.2:8192")!, remote: IPEndpoint("10.0.0.1:4097")!),
      .udp(local: IPEndpoint("10.0.0.2:8192")!), .tcp(local: IPEndpoint("10.0.0.2:8192")!), FlowFrame.feed,
      .ethernet(mac), .ethernet(FlowFrame.group), .unicastMismatch, .multicastMismatch, .blockKernel,
    ]
  }

  private static func flows(_ mac: MACAddress) -> [FlowFrame] {
    let plain = FlowFrame(to: mac)
    return [
      plain, FlowFrame(to: mac, port: 4097), plain.with { $0.ipProtocol = 6 }, plain.with { $0.destinationPort = 8193 },
      FlowFrame.multicast(), FlowFrame(to: MACAddress("02:00:00:00:00:77")!), plain.with { $0.isFragment = true },
      plain.with { $0.payload = 0 },
    ]
  }

  private static func key(_ flow: FlowFrame) -> FrameKey {
    func ip(_ value: UInt32) -> IPAddress {
      IPAddress("\(value >> 24).\(value >> 16 & 0xff).\(value >> 8 & 0xff).\(value & 0xff)")!
    }
    return FrameKey(
      destinationMAC: flow.to, etherType: 0x0800, source: ip(flow.source), destination: ip(flow.destination),
      ipProtocol: flow.ipProtocol, isFragment: flow.isFragment, sourcePort: flow.sourcePort,
      destinationPort: flow.destinationPort)
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func theyGoWhereTheTableSays(_ seed: UInt64) throws {
    let rig = try Rig()
    let far = try RawInterface(rig.left)
    let mac = rig.right.macAddress
    let near = try (0..<Self.interfaces).map { _ in try RawInterface(rig.right) }
    for interface in near { interface.post(256) }
    var used = [Int](repeating: 0, count: Self.interfaces)
    let table = FilterTable(hardwareMAC: mac)
    let (filters, flows) = (try Self.filters(mac), Self.flows(mac))
    var added: [(interface: Int, cookie: FilterCookie, shadow: FilterCookie)] = []
    var random = Sequence(seed: seed)
    var taken = 0
    for _ in 0..<120 {
      let interface = random.below(Self.interfaces)
      if added.isEmpty || random.below(10) < 6 {
        let filter = filters[random.below(filters.count)]
        if let cookie = try? near[interface].addFilter(filter) {
          added.append((interface, cookie, try table.insert(filter, interface: UInt32(interface))))
        }
      } else {
        let removed = added.remove(at: random.below(added.count))
        try rig.right.remove(removed.cookie, interface: near[removed.interface].grant.resource)
        try table.remove(removed.shadow, interface: UInt32(removed.interface))
      }
      // Twice: the second frame of a flow is of a known one.
      for flow in flows + flows {
        far.send(flow.bytes)
        _ = far.events()
        var recipients = [FilterRecipient](repeating: FilterRecipient(interface: 0, filterID: 0), count: 8)
        let count = table.matcher.match(Self.key(flow), into: &recipients, capacity: 8).count
        let came = near.map { $0.frames().count }
        let expected = (0..<Self.interfaces).map { number in recipients[..<count].count { $0.interface == number } }
        #expect(came == expected, "\(flow) with \(added.map(\.cookie))")
        taken += count
        for number in 0..<Self.interfaces { used[number] += came[number] }
      }
      for number in 0..<Self.interfaces {
        near[number].post(used[number] & ~7)
        used[number] &= 7
      }
    }
    #expect(taken > 500)
  }

  /// A small generator of the test's own.
  private struct Sequence {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 }
    mutating func below(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }
}
