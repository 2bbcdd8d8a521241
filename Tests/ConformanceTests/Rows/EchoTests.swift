import EtherFabric
import Testing

@Suite("Row 7: no echo of one's own frames", .tags(.network), .timeLimit(.minutes(1)))
struct EchoTests {
  @Test(arguments: BenchKind.allCases) func ownFramesDoNotComeBack(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      var other = try Station(bench.driver)
      try kind.takeAll(bench, &station)
      // A filter of an X4 express has one queue, and the queue one interface.
      let isShared = kind.generation != .x4Express
      if isShared { try other.interface.addFilter(.ethernet(.broadcast)) }
      let group = MACAddress("01:00:5e:01:02:03")!
      let targets = [bench.peerMAC, .broadcast, group, bench.portMAC, MACAddress("02:aa:aa:aa:aa:aa")!]
      for (id, target) in targets.enumerated() {
        try station.transmit(Frame.numbered(id, to: target, from: bench.portMAC), id: id)
      }
      #expect(station.completions(targets.count) == Array(targets.indices))
      #expect(bench.take(4).count == 4)
      #expect(bench.send(Frame.numbered(99, to: .broadcast, from: bench.peerMAC)))
      #expect(station.take(1).map { Frame.number($0.bytes) } == [99])
      if isShared { #expect(other.take(1).map { Frame.number($0.bytes) } == [99]) }
      #expect(bench.counter("rx_packets") == 1)
    }
  }
}
