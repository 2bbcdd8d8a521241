import EtherFabric
import Testing

@Suite("Row 2: a VLAN tag is where it was, byte for byte", .tags(.network), .timeLimit(.minutes(1)))
struct VLANTagTests {
  static let stacks: [[VLANTag]] = [
    [], [VLANTag(control: 5)], [VLANTag(control: 0)], [VLANTag(control: 0xe000)], [VLANTag(control: 0xfffe)],
    [VLANTag(type: 0x88a8, control: 0x3064)], [VLANTag(type: 0x88a8, control: 100), VLANTag(control: 0x6007)],
    [VLANTag(control: 7), VLANTag(control: 8)],
  ]

  @Test(arguments: BenchKind.allCases) func received(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      for (number, tags) in Self.stacks.enumerated() {
        for length in [64, 200, 1514] {
          let frame = bench.frame(number, length: length, tags: tags)
          #expect(bench.send(frame))
          #expect(station.take(1).map(\.bytes) == [frame], "\(tags)")
        }
      }
    }
  }

  @Test(arguments: BenchKind.allCases) func sent(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      for (number, tags) in Self.stacks.enumerated() {
        let frame = bench.answer(number, length: 300, tags: tags)
        try station.transmit(frame, id: number)
        #expect(bench.receive(within: .seconds(2)) == frame, "\(tags)")
      }
    }
  }

  @Test(arguments: BenchKind.allCases) func aTagDoesNotHideAChecksum(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      let ends = (IPEndpoint("10.9.0.1:5")!, IPEndpoint("10.9.0.2:6")!)
      var frame = Frame.udp(to: bench.portMAC, from: bench.peerMAC, tags: [VLANTag(control: 9)], ends.0, ends.1)
      #expect(bench.send(frame))
      #expect(station.take(1) == [Arrival(bytes: frame, flags: [.startOfPacket])])
      frame[frame.count - 1] ^= 1
      #expect(bench.send(frame))
      #expect(station.take(1) == [Arrival(bytes: frame, flags: [.startOfPacket], discard: .checksumBad)])
    }
  }
}
