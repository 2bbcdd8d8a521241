import EtherFabric
import Testing

@Suite("Row 1: transmit pads to 60", .tags(.network), .timeLimit(.minutes(1)))
struct TransmitPaddingTests {
  @Test(arguments: BenchKind.allCases) func shortFramesArePaddedWithZeros(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      let lengths = [14, 15, 17, 42, 46, 59, 60, 61, 100]
      for (index, length) in lengths.enumerated() {
        try station.transmit(bench.answer(index, length: length), id: index)
        #expect(bench.receive(within: .seconds(2)) == Frame.padded(bench.answer(index, length: length)))
      }
      #expect(station.completions(lengths.count) == Array(lengths.indices))
      #expect(bench.counter("tx_bytes") == 7 * 60 + 61 + 100)
    }
  }

  @Test(arguments: BenchKind.allCases) func whatWasInTheBufferBeforeDoesNotLeak(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      for id in [0, Station.transmitSlots] {
        let length = id == 0 ? 1500 : 20
        try station.transmit(bench.answer(1, length: length), id: id)
        #expect(bench.receive(within: .seconds(2)) == Frame.padded(bench.answer(1, length: length)))
        _ = station.completions(1)
      }
    }
  }

  @Test(arguments: BenchKind.allCases) func shortFramesArriveAsSixtyBytes(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      for length in [20, 59, 60] {
        #expect(bench.send(bench.frame(1, length: length)))
        let got = station.take(1)
        #expect(got.map(\.bytes) == [Frame.padded(bench.frame(1, length: length))])
      }
    }
  }
}
