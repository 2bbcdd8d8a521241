import EtherFabric
import Testing

@Suite("Row 11: the link goes down and comes back in mid-traffic", .tags(.network), .timeLimit(.minutes(1)))
struct LinkTests {
  enum End: CaseIterable { case port, peer }

  @Test(arguments: BenchKind.allCases, End.allCases) func downAndUp(_ kind: BenchKind, _ end: End) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      var arrived: [Int] = []
      var left: [Int] = []
      var sent = 0
      func traffic(_ range: Range<Int>) throws {
        for number in range {
          if bench.send(bench.frame(number)) { sent += 1 }
          try station.transmit(bench.answer(number), id: number)
          station.poll()
        }
      }
      func collect(expecting last: Int?) {
        _ = eventually(last == nil ? .milliseconds(20) : .seconds(2)) {
          station.poll()
          arrived += station.arrivals.compactMap { Frame.number($0.bytes) }
          station.arrivals = []
          while let frame = bench.receive(within: .zero) { left.append(Frame.number(frame) ?? -1) }
          return last != nil && arrived.last == last && left.last == last
        }
      }
      for round in 0..<3 {
        let start = round * 300
        #expect(bench.driver.isLinkUp)
        try traffic(start..<start + 100)
        collect(expecting: start + 99)
        if end == .port { try bench.setPort(up: false) } else { try bench.setPeer(up: false) }
        #expect(!bench.driver.isLinkUp)
        try traffic(start + 100..<start + 200)
        collect(expecting: nil)
        if end == .port { try bench.setPort(up: true) } else { try bench.setPeer(up: true) }
        #expect(bench.driver.isLinkUp)
        try traffic(start + 200..<start + 300)
        collect(expecting: start + 299)
      }
      let good = (0..<900).filter { $0 / 100 % 3 != 1 }
      #expect(arrived == good)
      #expect(left == good)
      #expect(station.completions(900) == Array(0..<900))
      #expect(station.others.isEmpty)
      let isTold = end == .port || bench.kind.tellsOfLostCarrier
      if isTold { #expect(bench.counter("tx_packets") == good.count) }
    }
  }
}
