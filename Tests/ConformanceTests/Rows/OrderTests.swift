import EtherFabric
import Testing

@Suite("Row 6: order is kept", .tags(.network), .timeLimit(.minutes(1)))
struct OrderTests {
  static let lengths = [60, 1514, 64, 900, 61, 300]

  @Test(arguments: BenchKind.allCases) func received(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      for start in stride(from: 0, to: 2000, by: 100) {
        let frames = (start..<start + 100).map { bench.frame($0, length: Self.lengths[$0 % 6]) }
        for frame in frames { #expect(bench.send(frame)) }
        #expect(station.take(100).map(\.bytes) == frames)
      }
    }
  }

  @Test(arguments: BenchKind.allCases) func sent(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      var next = 0
      for batch in [1, 2, 3, 4, 5, 31, 32, 33, 64, 100, 1, 50, 64, 65] {
        let numbers = Array(next..<next + batch)
        for number in numbers {
          try station.transmit(bench.answer(number, length: Self.lengths[number % 6]), id: number, push: false)
        }
        station.interface.transmitPush()
        #expect(bench.take(batch) == numbers.map { bench.answer($0, length: Self.lengths[$0 % 6]) })
        #expect(station.completions(batch) == numbers)
        next += batch
      }
    }
  }

  @Test(arguments: BenchKind.allCases) func ofEachQueueWhenTwoSend(_ kind: BenchKind) throws {
    try kind.run { bench in
      var first = try Station(bench.driver)
      var second = try Station(bench.driver)
      for round in 0..<30 {
        for step in 0..<5 {
          try first.transmit(bench.answer(round * 5 + step), id: round * 5 + step, push: step == 4)
          try second.transmit(bench.answer(10_000 + round * 5 + step), id: round * 5 + step, push: step % 2 == 0)
        }
      }
      second.interface.transmitPush()
      let numbers = bench.take(300).compactMap { Frame.number($0) }
      #expect(numbers.filter { $0 < 10_000 } == Array(0..<150))
      #expect(numbers.filter { $0 >= 10_000 } == Array(10_000..<10_150))
      #expect(first.completions(150) == Array(0..<150))
      #expect(second.completions(150) == Array(0..<150))
    }
  }

  @Test(arguments: BenchKind.allCases) func withTheAdaptersOwnThread(_ kind: BenchKind) throws {
    try kind.run("service=thread") { bench in
      var station = try Station(bench.driver)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      for start in stride(from: 0, to: 500, by: 50) {
        for number in start..<start + 50 {
          #expect(bench.send(bench.frame(number)))
          try station.transmit(bench.answer(number), id: number)
        }
        #expect(station.take(50).map { Frame.number($0.bytes) } == Array(start..<start + 50))
        #expect(station.completions(50) == Array(start..<start + 50))
        #expect(bench.take(50).map { Frame.number($0) } == Array(start..<start + 50))
      }
    }
  }
}
