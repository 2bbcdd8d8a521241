import EtherFabric
import Testing

@Suite("Row 4: nothing above MTU + 18 is handed up", .tags(.network), .timeLimit(.minutes(1)))
struct OversizeTests {
  @Test(arguments: BenchKind.allCases) func largerFramesAreDroppedAndCounted(_ kind: BenchKind) throws {
    try kind.run("mtu=1000") { bench in
      #expect(bench.driver.mtu == 1000)
      var station = try Station(bench.driver)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      let lengths = [1000, 1014, 1018, 1019, 1020, 1514]
      for (number, length) in lengths.enumerated() { #expect(bench.send(bench.frame(number, length: length))) }
      #expect(bench.send(bench.frame(9)))
      let expected = [0, 1, 2].map { bench.frame($0, length: lengths[$0]) } + [bench.frame(9)]
      #expect(station.take(4).map(\.bytes) == expected)
      #expect(bench.counter("rx_oversize") == 3)
    }
  }

  @Test(arguments: BenchKind.allCases) func aTagCountsAsPartOfTheFrame(_ kind: BenchKind) throws {
    try kind.run("mtu=1000") { bench in
      var station = try Station(bench.driver)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      let tag = [VLANTag(control: 3)]
      for (number, length) in [1018, 1019].enumerated() {
        #expect(bench.send(bench.frame(number, length: length, tags: tag)))
      }
      #expect(bench.send(bench.frame(2)))
      #expect(station.take(2).map(\.bytes) == [bench.frame(0, length: 1018, tags: tag), bench.frame(2)])
      #expect(bench.counter("rx_oversize") == 1)
    }
  }

  @Test(arguments: BenchKind.ef10) func largeFramesOfTheMTUTakeSeveralBuffers(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver, post: 0, room: 8)
      station.interface.receiveBufferLength = 512
      try station.post(0..<8)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      #expect(bench.send(bench.frame(1, length: 1514)))
      let flags: [ReceiveFlags] = [[.startOfPacket, .continues], .continues, []]
      #expect(station.take(1) == [Arrival(bytes: bench.frame(1, length: 1514), flags: flags)])
    }
  }
}
