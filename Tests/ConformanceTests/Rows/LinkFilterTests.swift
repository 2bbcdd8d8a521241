import EtherFabric
import Testing

@Suite("Row 8: filtering is the adapter's, by MAC, VLAN, EtherType and group", .tags(.network), .timeLimit(.minutes(1)))
struct LinkFilterTests {
  static let marker: UInt16 = 0x88b6
  static let other = MACAddress("02:99:99:99:99:99")!
  static let group = MACAddress("01:00:5e:01:02:03")!
  static let secondGroup = MACAddress("33:33:00:00:00:07")!

  /// Sends frames and a marker behind them; which of them came, by their place.
  static func arriving(
    _ frames: [[UInt8]], _ bench: any ConformanceBench, _ station: inout Station
  ) throws -> [Int] {
    let marker = Frame.numbered(0, to: .broadcast, from: bench.peerMAC, type: marker)
    let cookie = try station.interface.addFilter(.etherType(Self.marker))
    for frame in frames + [marker] { #expect(bench.send(frame)) }
    let isThere = eventually {
      station.poll()
      return station.arrivals.contains { $0.bytes == marker }
    }
    #expect(isThere)
    defer { station.arrivals = [] }
    try station.interface.removeFilter(cookie)
    return station.arrivals.compactMap { arrival in frames.firstIndex { Frame.padded($0) == arrival.bytes } }
  }

  /// 0 own, 1 another host, 2 broadcast, 3 group, 4 second group, 5 own in VLAN 5, 6 another host in VLAN 5,
  /// 7 group in VLAN 5, 8 own in VLAN 6, 9 own with another EtherType.
  static func frames(_ bench: any ConformanceBench) -> [[UInt8]] {
    let five = [VLANTag(control: 0x2005)]
    let own = bench.portMAC
    let targets: [(MACAddress, [VLANTag], UInt16)] = [
      (own, [], Frame.testType), (other, [], Frame.testType), (.broadcast, [], Frame.testType),
      (group, [], Frame.testType), (secondGroup, [], Frame.testType), (own, five, Frame.testType),
      (other, five, Frame.testType), (group, five, Frame.testType), (own, [VLANTag(control: 6)], Frame.testType),
      (own, [], 0x9000),
    ]
    return targets.enumerated().map { index, target in
      Frame.numbered(index, to: target.0, from: bench.peerMAC, tags: target.1, type: target.2)
    }
  }

  @Test(arguments: BenchKind.allCases) func eachKindTakesItsFrames(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      let own = bench.portMAC
      let cases: [(FilterSpecification, [Int])] = [
        (try .ethernet(own), [0, 5, 8, 9]),
        (try .ethernet(own, vlan: 5), [5]),
        (try .ethernet(own, vlan: 0), [0, 9]),
        (try .ethernet(Self.other), [1, 6]),
        (try .ethernet(.broadcast), [2]),
        (try .ethernet(Self.group), [3, 7]),
        (try .ethernet(Self.group, vlan: 5), [7]),
        (.etherType(0x9000), [9]),
        (try .etherType(Frame.testType).vlan(6), [8]),
        (.unicastAll, [0, 1, 5, 6, 8, 9]),
        (.multicastAll, [2, 3, 4, 7]),
        (.unicastMismatch, [1, 6]),
        (try FilterSpecification.unicastMismatch.vlan(5), [6]),
        (.multicastMismatch, [3, 4, 7]),
        (try FilterSpecification.multicastMismatch.vlan(5), [7]),
      ]
      for (filter, expected) in cases {
        guard let cookie = try kind.add(filter, to: &station) else { continue }
        let came = try Self.arriving(Self.frames(bench), bench, &station)
        #expect(kind.agrees(came, expected), "\(filter.kind): \(came)")
        try station.interface.removeFilter(cookie)
      }
      #expect(kind.agrees(try Self.arriving(Self.frames(bench), bench, &station), []))
    }
  }

  @Test(arguments: BenchKind.ef10) func theMostSpecificFilterWins(_ kind: BenchKind) throws {
    try kind.run { bench in
      var wide = try Station(bench.driver)
      var narrow = try Station(bench.driver)
      try wide.interface.addFilter(.unicastAll)
      try narrow.interface.addFilter(.ethernet(bench.portMAC, vlan: 5))
      #expect(try Self.arriving(Self.frames(bench), bench, &wide) == [0, 1, 6, 8, 9])
      #expect(narrow.take(1).map(\.bytes) == [Self.frames(bench)[5]])
    }
  }

  @Test(arguments: BenchKind.ef10) func groupsAreReplicated(_ kind: BenchKind) throws {
    try kind.run { bench in
      var first = try Station(bench.driver)
      var second = try Station(bench.driver)
      var third = try Station(bench.driver)
      try first.interface.addFilter(.ethernet(Self.group))
      try second.interface.addFilter(.ethernet(Self.group))
      try second.interface.addFilter(.ethernet(Self.secondGroup))
      try third.interface.addFilter(.multicastAll)
      let frames = [Self.group, Self.secondGroup, Self.group].enumerated().map {
        Frame.numbered($0, to: $1, from: bench.peerMAC)
      }
      for frame in frames { #expect(bench.send(frame)) }
      #expect(first.take(2).map(\.bytes) == [frames[0], frames[2]])
      #expect(second.take(3).map(\.bytes) == frames)
      #expect(third.take(3).map(\.bytes) == frames)
      #expect(bench.counter("rx_replicated") == 2 + 1 + 2)
      #expect(bench.counter("rx_delivered") == 3)
      for arrival in second.arrivals { #expect(arrival.flags == [[.startOfPacket, .multicast]]) }
    }
  }

  @Test(arguments: BenchKind.express) func aGroupReachesEveryInterfaceThatMayAsk(_ kind: BenchKind) throws {
    try kind.run { bench in
      var first = try Station(bench.driver)
      var second = try Station(bench.driver)
      try first.interface.addFilter(.ethernet(Self.group))
      guard kind.generation == .x3 else {
        // A filter of an X4 express has one queue, and the queue one interface.
        let error = #expect(throws: EtherFabricError.self) { try second.interface.addFilter(.ethernet(Self.group)) }
        #expect(error?.errno == 1)
        return
      }
      try second.interface.addFilter(.ethernet(Self.group))
      let frames = (0..<3).map { Frame.numbered($0, to: Self.group, from: bench.peerMAC) }
      for frame in frames { #expect(bench.send(frame)) }
      #expect(first.take(3).map(\.bytes) == frames)
      #expect(second.take(3).map(\.bytes) == frames)
      #expect(bench.counter("rx_delivered") == 3)
    }
  }
}
