import EmulatedAdapter
import EtherFabric
import Testing

@Suite("Row 10: the event queue is bounded, and says when it overflowed", .tags(.network), .timeLimit(.minutes(1)))
struct EventOverflowTests {
  @Test(arguments: BenchKind.ef10) func aQueueThatNobodyReadsOverflows(_ kind: BenchKind) throws {
    try kind.run { bench in
      let options = InterfaceOptions(receiveCapacity: 2048, eventCapacity: 512)
      var station = try Station(bench.driver, post: 2040, options: options)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      for number in 0..<700 {
        #expect(bench.send(bench.frame(number)))
        bench.service()
      }
      #expect(
        eventually {
          bench.service()
          return bench.counter("rx_delivered") == 700
        })
      for _ in 0..<3 { station.poll() }
      #expect(station.others == [.overflow, .overflow, .overflow])
      #expect(station.arrivals.isEmpty)
      #expect(bench.statistics(of: station.interface)["event_overflows"] == 700 - 512)

      guard kind.hasKnobs else { return }
      try station.interface.reinitializeEventQueue()
      let ids = try station.interface.reinitializeReceiveQueue()
      #expect(ids.count == 2040)
      try station.post(0..<504)
      station.others = []
      #expect(bench.send(bench.frame(1)))
      #expect(station.take(1).map { Frame.number($0.bytes) } == [1])
      #expect(station.others.isEmpty)
    }
  }

  @Test(arguments: BenchKind.ef10) func aQueueThatIsReadInTimeDoesNot(_ kind: BenchKind) throws {
    try kind.run { bench in
      let options = InterfaceOptions(receiveCapacity: 2048, eventCapacity: 512)
      var station = try Station(bench.driver, post: 1000, options: options)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      for start in stride(from: 0, to: 1200, by: 400) {
        for number in start..<start + 400 { #expect(bench.send(bench.frame(number))) }
        #expect(
          eventually {
            bench.service()
            return bench.counter("rx_delivered") == start + 400
          })
        #expect(station.take(400).map { Frame.number($0.bytes) } == Array(start..<start + 400))
      }
      #expect(station.others.isEmpty)
    }
  }
}
