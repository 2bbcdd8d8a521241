import EmulatedAdapter
import EtherFabric
import Testing

@Suite("Row 9: without a descriptor a frame is dropped and counted", .tags(.network), .timeLimit(.minutes(1)))
struct NoDescriptorTests {
  @Test(arguments: BenchKind.ef10) func nothingIsKeptForLater(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver, post: 0, room: 8)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      for number in 0..<600 { #expect(bench.send(bench.frame(number))) }
      try station.post(0..<8)
      #expect(bench.send(bench.frame(1000)))
      #expect(station.take(1).map { Frame.number($0.bytes) } == [1000])
      #expect(bench.counter("rx_no_descriptor") == 600)
      #expect(bench.statistics(of: station.interface)["rx_no_descriptor"] == 600)
    }
  }

  @Test(arguments: BenchKind.ef10) func theRingHoldsWhatWasPosted(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver, post: 16)
      station.reposts = false
      try station.interface.addFilter(.ethernet(bench.portMAC))
      for number in 0..<40 { #expect(bench.send(bench.frame(number))) }
      bench.service()
      #expect(station.take(16).map { Frame.number($0.bytes) } == Array(0..<16))
      try station.post(0..<16)
      #expect(bench.send(bench.frame(50)))
      #expect(station.take(1).map { Frame.number($0.bytes) } == [50])
      // Without a buffer a wire that writes to posted ones drops the frame itself.
      let counter = kind.lendsBuffers ? "rx_wire_dropped" : "rx_no_descriptor"
      #expect(bench.counter(counter) == 24)
    }
  }

  @Test(arguments: BenchKind.ef10) func descriptorsThatEndWithinAFrameCutIt(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver, post: 0, room: 8)
      station.interface.receiveBufferLength = 128
      station.reposts = false
      try station.post(0..<8)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      #expect(bench.send(bench.frame(1, length: 1200)))
      #expect(
        eventually {
          station.poll()
          return !station.others.isEmpty
        })
      #expect(station.others == [.receiveTruncated(queue: station.interface.label)])
      #expect(bench.statistics(of: station.interface)["rx_truncated"] == 1)
    }
  }
}
