import EtherFabric
import NetworkLab
import Testing

@Suite("Row 5: no transmit completion is lost", .tags(.network), .timeLimit(.minutes(1)))
struct CompletionTests {
  /// Sends frames and expects every completion, in order, and each frame in one counter.
  func sends(_ count: Int, length: Int = 100, _ bench: any ConformanceBench, _ station: inout Station) throws {
    let before = bench.driver.statistics()
    let own = station.interface.statistics()
    for id in 0..<count {
      try station.transmit(bench.answer(id, length: length), id: id, push: false)
      if id % 50 == 49 || id == count - 1 {
        station.interface.transmitPush()
        station.poll()
      }
    }
    #expect(station.completions(count) == Array(0..<count))
    let change = bench.driver.statistics().difference(since: before)
    let names = ["tx_packets", "tx_congested", "tx_link_down", "tx_oversize", "tx_failed"]
    #expect(names.reduce(0) { $0 + Int(change[$1] ?? 0) } == count, "\(change.nonzero)")
    let mine = station.interface.statistics().difference(since: own)
    #expect(Int(mine["tx_packets"]! + mine["tx_dropped"]!) == count, "\(mine.nonzero)")
    #expect(mine["tx_packets"] == change["tx_packets"])
    #expect(mine["tx_bytes"] == change["tx_bytes"])
    #expect(station.interface.transmitFillLevel == 0)
    #expect(station.others.isEmpty)
  }

  /// After the trouble, frames pass.
  func recovers(_ bench: any ConformanceBench, _ station: inout Station) throws {
    while bench.receive(within: .zero) != nil {}
    try station.transmit(bench.answer(4711), id: 1)
    #expect(station.completions(1) == [1])
    var frames: [[UInt8]] = []
    while let frame = bench.receive(within: frames.isEmpty ? .seconds(2) : .zero) { frames.append(frame) }
    #expect(frames == [bench.answer(4711)])
  }

  @Test(arguments: BenchKind.allCases) func portDown(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      try bench.setPort(up: false)
      try sends(200, bench, &station)
      #expect(bench.counter("tx_packets") == 0)
      try bench.setPort(up: true)
      try recovers(bench, &station)
    }
  }

  @Test(arguments: BenchKind.allCases) func peerDown(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      try bench.setPeer(up: false)
      try sends(200, bench, &station)
      if bench.kind.tellsOfLostCarrier { #expect(bench.counter("tx_packets") == 0) }
      try bench.setPeer(up: true)
      try recovers(bench, &station)
    }
  }

  @Test(arguments: BenchKind.allCases) func aboveTheMTU(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      try sends(100, length: 1519, bench, &station)
      #expect(bench.counter("tx_oversize") == 100)
      if !kind.isExpress {
        try sends(10, length: 9000, bench, &station)
        #expect(bench.counter("tx_oversize") == 110)
      }
      try recovers(bench, &station)
    }
  }

  @Test(arguments: BenchKind.allCases) func goodAndLargeFramesMixed(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      for id in 0..<40 {
        try station.transmit(bench.answer(id, length: id % 3 == 1 ? 1600 : 200), id: id, push: false)
      }
      station.interface.transmitPush()
      #expect(station.completions(40) == Array(0..<40))
      let good = (0..<40).filter { $0 % 3 != 1 }
      #expect(bench.take(good.count).map { Frame.number($0) } == good)
    }
  }

  @Test(arguments: BenchKind.allCases) func congestion(_ kind: BenchKind) throws {
    if kind.wire == .tap {
      try Test.cancel("a TAP hands each frame to the stack within the system call: nothing fills")
    }
    try kind.run { bench in
      var station = try Station(bench.driver)
      // In memory a ring fills that nobody reads; at the kernel a peer with a smaller MTU refuses with ENOBUFS.
      if let bench = bench as? PacketBench { try bench.pair.setMTU(.kernel, 1000) }
      for _ in 0..<3 { try sends(300, length: 1400, bench, &station) }
      #expect(bench.counter("tx_congested") > 100)
      if let bench = bench as? PacketBench { try bench.pair.setMTU(.kernel, 1500) }
      while bench.receive(within: .zero) != nil {}
      try recovers(bench, &station)
    }
  }

  @Test func anInterfaceThatIsGone() throws {
    try BenchKind.packet.run { bench in
      var station = try Station(bench.driver)
      try (bench as! PacketBench).pair.delete()
      try sends(100, bench, &station)
      #expect(!bench.driver.isLinkUp)
      #expect(bench.counter("tx_packets") == 0)
    }
  }
}
