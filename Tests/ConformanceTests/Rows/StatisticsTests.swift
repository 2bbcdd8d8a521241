import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import Testing

@Suite("Row 13: statistics add up", .tags(.network), .timeLimit(.minutes(1)))
struct StatisticsTests {
  static let drops = [
    "rx_no_descriptor", "rx_filtered", "rx_oversize", "rx_runts", "rx_stopped", "rx_link_down", "rx_wire_dropped",
    "rx_wire_oversize", "rx_wire_truncated", "rx_wire_left",
  ]

  func account(_ bench: any ConformanceBench) -> (delivered: Int, dropped: Int) {
    let now = bench.statistics()
    return (Int(now["rx_delivered"]!), Self.drops.reduce(0) { $0 + Int(now[$1]!) })
  }

  /// Where buffers are lent, frames that are dropped use up those that were posted, and the rest is the wire's drops.
  @Test(arguments: BenchKind.allCases.filter { !$0.lendsBuffers })
  func eachFrameIsInOneCounter(_ kind: BenchKind) throws {
    try kind.run("mtu=1000") { bench in
      var station = try Station(bench.driver, post: 64)
      station.reposts = false
      try station.interface.addFilter(.ethernet(bench.portMAC))
      var sent = 0
      func burst(_ count: Int, _ frame: (Int) -> [UInt8]) {
        for number in 0..<count where bench.send(frame(number)) { sent += 1 }
        _ = eventually {
          bench.service()
          let (delivered, dropped) = account(bench)
          return delivered + dropped == sent
        }
        let (delivered, dropped) = account(bench)
        #expect(delivered + dropped == sent, "\(bench.statistics().nonzero)")
      }
      burst(50) { bench.frame($0) }
      burst(30) { Frame.numbered($0, to: LinkFilterTests.other, from: bench.peerMAC) }
      burst(20) { bench.frame($0, length: 1400) }
      burst(40) { bench.frame($0) }
      if let adapter = Emulator.adapter(of: bench.driver) {
        adapter.setLink(up: false)
        burst(25) { bench.frame($0) }
        adapter.setLink(up: true)
      }
      let before = account(bench)
      // More than any queue holds while nobody looks.
      burst(4000) { bench.frame($0, length: 200) }
      // A shared queue of an X3 goes on; its program is passed over.
      if kind.generation != .x3 { #expect(account(bench).dropped > before.dropped) }
      let now = bench.statistics()
      // An XDP program leaves to the kernel what no filter asks for.
      #expect(now[kind.isXDP ? "rx_wire_left" : "rx_filtered"] == 30)
      #expect(now["rx_oversize"] == 20)
      #expect(now["rx_link_down"] == (kind.hasKnobs ? 25 : 0))
      guard !kind.isExpress else {
        let came = station.take(Int(now["rx_delivered"]!), within: .milliseconds(300)).count
        #expect(kind.generation == .x3 ? came > 500 : came == Int(now["rx_delivered"]!))
        return
      }
      #expect(now["rx_delivered"] == 64)
      #expect(bench.statistics(of: station.interface)["rx_packets"] == 64)
      #expect(bench.statistics(of: station.interface)["rx_bytes"] == 6400)
      #expect(station.take(64).count == 64)
    }
  }

  @Test(arguments: BenchKind.allCases) func countersOnlyGrow(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      var last = bench.statistics()
      for round in 0..<20 {
        for number in 0..<200 {
          _ = bench.send(bench.frame(number))
          if number % 20 == 0 { try station.transmit(bench.answer(number), id: number) }
        }
        if round % 4 == 3 { while station.poll() {} }
        let now = bench.statistics()
        #expect(now.counters.map(\.name) == last.counters.map(\.name))
        for (old, new) in zip(last.counters, now.counters) { #expect(new.value >= old.value, "\(new.name)") }
        last = now
      }
    }
  }
}
