import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Time-sync events, and transmit timestamps put together from three words.
@Suite struct TransmitTimestampTests {
  /// A VI with transmit timestamps and eight packets under way, its clock at 0x5f001234.
  private func bench(sync: UInt64? = 0xc001_a770_5f00_1234, sent: Int = 8) throws -> Bench {
    var bench = try Bench(options: InterfaceOptions(flags: .transmitTimestamps))
    try bench.send(sent)
    if let sync { #expect(bench.after(sync).isEmpty) }
    return bench
  }

  private func stamped(
    _ id: UInt32, _ seconds: UInt32, _ nanoseconds: UInt32, quarters: UInt16 = 0,
    _ sync: ClockFlags = [.clockSet, .inSync]
  ) -> Event {
    .transmitTimestamp(
      Event.TransmitTimestamp(
        id: RequestID(id), seconds: seconds, nanoseconds: nanoseconds, fraction: quarters << 14, queue: 0, sync: sync))
  }

  @Test func threeWordsAreOneEvent() throws {
    var bench = try bench()
    let event = bench.after(0x2000_0000_0000_0000, 0x2000_7735_5100_9403, 0x2000_0000_5200_1234)
    #expect(event == [stamped(200, 0x5f00_1234, 500_000_000, quarters: 3)])
    guard case .transmitTimestamp(let stamp) = event[0] else { return }
    #expect(stamp.fraction == 0xc000)
    // There is nothing to unbundle: the poll returned the space.
    #expect(bench.interface.transmitFillLevel == 7)
  }

  @Test func theWordsMayComeInDifferentPolls() throws {
    var bench = try bench()
    #expect(bench.after(0x2000_0000_0000_0000).isEmpty)
    #expect(bench.after(0x2000_0000_5100_0001).isEmpty)
    // Bit 14 of the high part tells where it was taken, and a second on is a second on.
    #expect(bench.after(0x2000_4000_5200_1235) == [stamped(200, 0x5f00_1235, 0, quarters: 1)])
  }

  static let resolved: [(low: UInt64, high: UInt64, seconds: UInt32, nanoseconds: UInt32, quarters: UInt16)] = [
    (0x2000_ee6b_5100_27ff, 0x2000_0000_5200_1233, 0x5f00_1233, 999_999_999, 3),
    // Two behind the sync the sixteen bits wrap.
    (0x2000_0000_5100_0190, 0x2000_0000_5200_1232, 0x5f01_1232, 100, 0),
    (0x2000_ee6b_5100_2804, 0x2000_0000_5200_1234, 0x5f00_1235, 1, 0),
    (0x2000_ffff_5100_ffff, 0x2000_0000_5200_1234, 0x5f00_1235, 73_741_823, 3),
  ]

  @Test(arguments: resolved)
  func theSecondComesFromTheSync(
    _ golden: (low: UInt64, high: UInt64, seconds: UInt32, nanoseconds: UInt32, quarters: UInt16)
  ) throws {
    var bench = try bench()
    #expect(
      bench.after(golden.low, golden.high) == [
        stamped(200, golden.seconds, golden.nanoseconds, quarters: golden.quarters)
      ])
  }

  static let rollovers: [(sync: UInt64, high: UInt64, seconds: UInt32)] = [
    (0xc001_a770_5f01_0000, 0x2000_0000_5200_ffff, 0x5f00_ffff),
    (0xc001_a770_5f01_0000, 0x2000_0000_5200_0000, 0x5f01_0000),
    (0xc001_a770_5f00_ffff, 0x2000_0000_5200_0000, 0x5f01_0000),
  ]

  @Test(arguments: rollovers)
  func theSecondRollsOverItsSixteenBits(_ golden: (sync: UInt64, high: UInt64, seconds: UInt32)) throws {
    var bench = try bench(sync: golden.sync)
    #expect(bench.after(0x2000_0000_5100_0000, golden.high) == [stamped(200, golden.seconds, 0)])
  }

  @Test func anInvalidStampIsZeroAndKeepsItsFlags() throws {
    var bench = try bench()
    #expect(bench.after(0x2000_0000_5100_0064, 0x2000_8000_5200_1234) == [stamped(200, 0, 0)])
  }

  @Test func beforeASyncAStampIsZero() throws {
    var bench = try bench(sync: nil)
    #expect(bench.after(0x2000_7735_5100_9400, 0x2000_0000_5200_1234) == [stamped(200, 0, 0, [])])
  }

  @Test func cutThroughShowsInTheEvent() throws {
    var bench = try bench()
    let events = bench.after(
      0x2000_0000_1100_0000, 0x2000_0000_1200_0190, 0x2000_0000_1300_1234, 0x2000_0000_5100_0190,
      0x2000_0000_5200_1234)
    let kinds = events.map { event in
      guard case .transmitTimestamp(let stamp) = event else { return Bool?.none }
      #expect(stamp.queue == 0 && stamp.sync == [.clockSet, .inSync])
      return stamp.wasCutThrough
    }
    #expect(kinds == [true, false])
  }

  @Test func fragmentsArePassedAndTheIndexIsNotUsed() throws {
    var bench = try bench(sent: 0)
    try bench.transmitVector([(0x1000, 10), (0x2000, 20), (0x3000, 30)], id: 77)
    try bench.interface.transmit(DMAAddress(rawValue: 0x4000), length: 60, id: 78)
    #expect(bench.after(0x2000_0000_0000_0002, 0x2000_0000_5100_0000, 0x2000_0000_5200_1234).count == 1)
    #expect(bench.interface.transmitFillLevel == 1)
    #expect(bench.after(0x2000_0000_0000_0003, 0x2000_0000_5100_0000, 0x2000_0000_5200_1234).count == 1)
    #expect(bench.interface.transmitFillLevel == 0)
  }

  @Test func anUnknownTypeIsCountedAndPassed() throws {
    var bench = try bench()
    #expect(bench.after(0x2000_0000_7700_0000).isEmpty)
    #expect(bench.interface.eventCounts.unknown == 1 && bench.interface.transmitFillLevel == 8)
  }

  @Test func aSyncBetweenTwoStampsWaitsForTheNextPoll() throws {
    var bench = try bench()
    bench.post(0x2000_0000_0000_0000, 0x2000_0000_5100_0000, 0x2000_0000_5200_1234)
    bench.post(0xc001_a000_5f00_1235, 0x2000_0000_0000_0001, 0x2000_0000_5100_0000, 0x2000_0000_5200_1235)
    #expect(bench.poll() == [stamped(200, 0x5f00_1234, 0)])
    #expect(bench.interface.eventIndex == 4)
    #expect(bench.poll() == [stamped(201, 0x5f00_1235, 0, [])])
  }

  static let syncs: [(word: UInt64, seconds: UInt32, quarters: UInt32, flags: UInt8)] = [
    (0xc001_a3b0_5f00_0001, 0x5f00_0001, 939_524_096, 3), (0xc001_aec0_5f00_0000, 0x5f00_0000, 3_959_422_976, 0),
    (0xc001_aed0_5f00_0000, 0x5f00_0000, 3_959_422_976, 1), (0xc001_aee0_5f00_0000, 0x5f00_0000, 3_959_422_976, 2),
    (0xc001_aef0_5f00_0000, 0x5f00_0000, 3_959_422_976, 3),
  ]

  @Test(arguments: syncs)
  func aSyncSetsTheClock(_ golden: (word: UInt64, seconds: UInt32, quarters: UInt32, flags: UInt8)) throws {
    var bench = try Bench()
    #expect(bench.after(golden.word).isEmpty)
    let state = bench.interface.state.pointee
    #expect(state.syncSeconds == golden.seconds && state.syncMinor == golden.quarters)
    #expect(state.syncFlags == golden.flags && state.isSynchronised)
    #expect(bench.interface.eventCounts.timeSyncs == 1)
  }
}
