import EtherFabric
import Testing

@Suite("Row 15: the same frames give the same buffers and events", .tags(.network), .timeLimit(.minutes(1)))
struct SameEverywhereTests {
  struct Record: Equatable {
    var arrivals: [Arrival] = []
    var sent: [[UInt8]] = []
    var completed: [Int] = []
    var others: [Event] = []
    var statistics: [UInt64?] = []
  }

  static let port = MACAddress("02:00:00:00:00:0a")!
  static let group = MACAddress("01:00:5e:00:00:01")!
  static let peer = MACAddress("02:00:00:00:00:0c")!

  static func frames(to: MACAddress, from: MACAddress) -> [[UInt8]] {
    let (source, target) = TransportFilterTests.four
    var frames = VLANTagTests.stacks.enumerated().map { Frame.numbered($0, to: to, from: from, tags: $1, length: 300) }
    frames += [14, 17, 59, 60, 61, 1513, 1514].map { Frame.numbered($0, to: to, from: from, length: $0) }
    frames.append(Frame.udp(to: to, from: from, source, target))
    frames.append(Frame.udp(to: to, from: from, TransportFilterTests.six.0, TransportFilterTests.six.1))
    frames.append(Frame.tcp(to: to, from: from, source, target))
    var bad = Frame.udp(to: to, from: from, source, target)
    bad[45] ^= 4
    frames.append(bad)
    bad[20] ^= 4
    frames.append(bad)
    frames.append(Frame.numbered(1, to: .broadcast, from: from))
    frames.append(Frame.numbered(2, to: Self.group, from: from, tags: [VLANTag(control: 9)]))
    var state: UInt32 = 7
    for index in 0..<40 {
      let noise = (0..<(20 + index * 30)).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
      }
      frames.append(Frame.ethernet(to: to, from: from, type: [0x0800, 0x86dd, 0x0806, 0x88b5][index % 4], noise))
    }
    return frames
  }

  func record(_ kind: BenchKind) throws -> Record {
    var record = Record()
    try kind.run("mtu=1500,mac=\(Self.port)") { bench in
      var station = try Station(bench.driver, post: 0, room: 504)
      station.interface.receiveBufferLength = 600
      try station.post(0..<504)
      try kind.takeAll(bench, &station, groups: [Self.group])
      let incoming = Self.frames(to: Self.port, from: Self.peer)
      for frame in incoming { #expect(bench.send(frame)) }
      record.arrivals = station.take(incoming.count)
      let outgoing = Self.frames(to: Self.peer, from: Self.port)
      for (id, frame) in outgoing.enumerated() { try station.transmit(frame, id: id, push: id % 7 == 0) }
      station.interface.transmitPush()
      record.sent = bench.take(outgoing.count)
      record.completed = station.completions(outgoing.count)
      record.others = station.others
      let names = ["rx_packets", "rx_bytes", "rx_checksum_errors", "tx_packets", "tx_bytes", "tx_dropped"]
      record.statistics = names.map { bench.statistics(of: station.interface)[$0] }
    }
    return record
  }

  @Test(arguments: BenchKind.allCases) func asOverTheCable(_ kind: BenchKind) throws {
    var reference = try record(BenchKind(wire: .cable, generation: kind.generation))
    let frames = Self.frames(to: Self.port, from: Self.peer)
    #expect(reference.arrivals.map(\.bytes) == frames.map(Frame.padded))
    #expect(reference.completed == Array(frames.indices))
    let other = try record(kind)
    #expect(other.arrivals == reference.arrivals)
    #expect(other.sent == reference.sent)
    if !kind.countsInterfaces { reference.statistics = other.statistics }
    #expect(other == reference)
  }
}
