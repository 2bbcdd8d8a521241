import EtherFabricFormats
import Testing

@testable import EtherFabric

/// What an adapter grants about its stamps: format, corrections, and whether syncs tell the state of the clock. All
/// values as the genuine library gives them.
@Suite struct StampFormatTests {
  private func bench(_ grant: @escaping (inout InterfaceGrant) -> Void) throws -> Bench {
    try Bench(
      options: InterfaceOptions(flags: [.receiveTimestamps, .transmitTimestamps]), prefixLength: 14, grant: grant)
  }

  private func arrival(_ bench: inout Bench, _ raw: UInt32) -> Result<Timestamp, TimestampError> {
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { room in
      ReceivePrefix.store(to: room.baseAddress!, packetLength: 60, timestamp: raw)
      do throws(TimestampError) {
        return .success(try bench.interface.receiveTimestamp(room.baseAddress!))
      } catch {
        return .failure(error)
      }
    }
  }

  private func departure(_ bench: inout Bench, _ low: UInt64, _ high: UInt64) throws -> Event.TransmitTimestamp {
    try bench.send(1)
    let events = bench.after(low, high)
    guard events.count == 1, case .transmitTimestamp(let stamp) = events[0] else {
      throw EtherFabricError("test", errno: 0, reason: "\(events)", remedy: "")
    }
    return stamp
  }

  static let roundings: [(granted: Int, seconds: UInt64, nanoseconds: UInt32, fraction: UInt16)] = [
    (0, 1000, 100, 0), (-1, 1000, 99, 0xc000), (-2, 1000, 100, 0), (-3, 1000, 99, 0xc000), (-12, 1000, 97, 0x8000),
    (-40, 1000, 90, 0x8000), (-1000, 999, 999_999_850, 0x8000),
  ]

  @Test(arguments: roundings)
  func aCorrectionInQuartersIsRoundedByHalfANanosecond(
    _ golden: (granted: Int, seconds: UInt64, nanoseconds: UInt32, fraction: UInt16)
  ) throws {
    var bench = try bench { $0.receiveStampCorrection = golden.granted }
    _ = bench.after(0xc001_a030_0000_03e8)
    #expect(
      arrival(&bench, 400)
        == .success(
          Timestamp(
            seconds: golden.seconds, nanoseconds: golden.nanoseconds, fraction: golden.fraction,
            sync: [.clockSet, .inSync])))
    // A missing stamp stays missing.
    #expect(arrival(&bench, .max) == .failure(.noTimestamp))
  }

  @Test func aBinaryCorrectionIsNotRounded() throws {
    var bench = try bench {
      $0.timestampFormat = .fraction27
      $0.receiveStampCorrection = -12
    }
    _ = bench.after(0xc001_aee0_0000_03e8)
    #expect(
      arrival(&bench, 11)
        == .success(Timestamp(seconds: 1000, nanoseconds: 999_999_992, fraction: 0x8ca6, sync: .inSync)))
    #expect(arrival(&bench, 12) == .success(Timestamp(seconds: 1001, nanoseconds: 0, sync: .inSync)))
    #expect(arrival(&bench, 0x8000_0000) == .failure(.noTimestamp))
    #expect(arrival(&bench, 110_310_197) == .failure(.notSynchronised))
    #expect(arrival(&bench, 12) == .failure(.notSynchronised))
  }

  static let binarySends: [(low: UInt64, high: UInt64, seconds: UInt32, nanoseconds: UInt32, fraction: UInt16)] = [
    (0x2000_0000_5100_0000, 0x2000_0000_5200_1234, 1_593_840_180, 178, 0),
    (0x2000_0000_5100_0001, 0x2000_0000_5200_1234, 1_593_840_180, 185, 0x7000),
    (0x2000_0400_5100_0000, 0x2000_4000_5200_1234, 1_593_840_180, 500_000_178, 0),
    (0x2000_07ff_5100_ffff, 0x2000_0000_5200_1233, 1_593_840_180, 170, 0x8000),
    (0x2000_07ff_5100_ffe0, 0x2000_0000_5200_1233, 1_593_840_179, 999_999_939, 0x9000),
    (0x2000_07ff_5100_ffff, 0x2000_0000_5200_1235, 1_593_840_182, 170, 0x8000),
    (0x2000_0400_5100_0000, 0x2000_8000_5200_1234, 0, 178, 0),
  ]

  @Test(arguments: binarySends)
  func aBinaryTransmitStampIsResolvedAsTheLibraryDoes(
    _ golden: (low: UInt64, high: UInt64, seconds: UInt32, nanoseconds: UInt32, fraction: UInt16)
  ) throws {
    var bench = try bench {
      $0.timestampFormat = .fraction27
      $0.transmitStampCorrection = 178 * 4
    }
    _ = bench.after(0xc001_a770_5f00_1234)
    let stamp = try departure(&bench, golden.low, golden.high)
    #expect(stamp.seconds == golden.seconds && stamp.nanoseconds == golden.nanoseconds)
    #expect(stamp.fraction == golden.fraction && stamp.sync == [.clockSet, .inSync])
  }

  static let corrected: [(correction: Int, low: UInt64, seconds: UInt32, nanoseconds: UInt32)] = [
    (712, 0x2000_7735_5100_9403, 1_593_840_180, 500_000_178), (712, 0x2000_ee6b_5100_27ff, 1_593_840_181, 177),
    (712, 0x2000_ee6b_5100_2538, 1_593_840_181, 0), (712, 0x2000_ee6b_5100_2537, 1_593_840_180, 999_999_999),
    (715, 0x2000_ee6b_5100_2804, 1_593_840_181, 179), (3, 0x2000_0000_5100_0000, 1_593_840_180, 0),
    (4, 0x2000_ee6b_5100_27ff, 1_593_840_181, 0), (-20, 0x2000_ee6b_5100_2804, 1_593_840_180, 999_999_996),
  ]

  @Test(arguments: corrected)
  func aTransmitCorrectionIsWholeNanoseconds(
    _ golden: (correction: Int, low: UInt64, seconds: UInt32, nanoseconds: UInt32)
  ) throws {
    var bench = try bench { $0.transmitStampCorrection = golden.correction }
    _ = bench.after(0xc001_a770_5f00_1234)
    let stamp = try departure(&bench, golden.low, 0x2000_0000_5200_1234)
    #expect(stamp.seconds == golden.seconds && stamp.nanoseconds == golden.nanoseconds)
  }

  /// The library gives 73.741819 ms into the next second: it takes a negative sum for a large one.
  @Test func differentFromTheLibraryANegativeCorrectionBorrowsASecond() throws {
    var bench = try bench { $0.transmitStampCorrection = -20 }
    _ = bench.after(0xc001_a770_5f00_1234)
    let stamp = try departure(&bench, 0x2000_0000_5100_0000, 0x2000_0000_5200_1234)
    #expect(stamp.seconds == 1_593_840_179 && stamp.nanoseconds == 999_999_995)
  }

  @Test func aStaleSyncMakesTransmitStampsZeroToo() throws {
    var bench = try bench { _ in }
    _ = bench.after(0xc001_a010_0000_03e8)
    #expect(arrival(&bench, 2_000_000_000) == .failure(.notSynchronised))
    let stale = try departure(&bench, 0x2000_0000_5100_0064, 0x2000_0000_5200_03e8)
    #expect(stale.seconds == 0 && stale.nanoseconds == 0 && stale.sync == .clockSet)
    _ = bench.after(0xc001_a020_0000_03e9)
    let good = try departure(&bench, 0x2000_0000_5100_0064, 0x2000_0000_5200_03e9)
    #expect(good.seconds == 1001 && good.nanoseconds == 25 && good.sync == .inSync)
  }

  @Test func withoutReportsTheClockCountsAsSetAndInSync() throws {
    for bits in 0..<4 as Range<UInt64> {
      let word = 0xc001_a000_0000_03e8 | bits << 36
      var silent = try bench { $0.reportsClockState = false }
      var telling = try bench { _ in }
      #expect(!silent.interface.reportsClockState && telling.interface.reportsClockState)
      _ = silent.after(word)
      _ = telling.after(word)
      #expect(try arrival(&silent, 400).get().sync == [.clockSet, .inSync])
      #expect(try arrival(&telling, 400).get().sync == ClockFlags(rawValue: UInt8(bits)))
      #expect(
        try departure(&telling, 0x2000_0000_5100_0064, 0x2000_0000_5200_03e8).sync == ClockFlags(rawValue: UInt8(bits)))
    }
  }

  @Test func theErrorsHaveTheLibrarysNumbers() {
    #expect(TimestampError.noTimestamp.errno == 61)
    #expect(TimestampError.notSynchronised.errno == 45 && TimestampError.neverSynchronised.errno == 45)
  }

  private func times<Old: DeprecatedTimes & ~Copyable>(
    _ interface: inout Old, _ raw: UInt32
  ) -> (plain: [UInt64]?, flagged: [UInt64], error: Int32?) {
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { room in
      ReceivePrefix.store(to: room.baseAddress!, packetLength: 60, timestamp: raw)
      let plain = interface.receiveTime(room.baseAddress!).map { [$0.seconds, UInt64($0.nanoseconds)] }
      do throws(TimestampError) {
        let flagged = try interface.receiveTimeWithSyncFlags(room.baseAddress!)
        return (plain, [flagged.seconds, UInt64(flagged.nanoseconds), UInt64(flagged.sync.rawValue)], nil)
      } catch {
        return (plain, [], error.errno)
      }
    }
  }

  @Test func theDeprecatedFormsTellLess() throws {
    var bench = try bench { _ in }
    let never = times(&bench.interface, 400)
    #expect(never.plain == nil && never.error == 45)
    _ = bench.after(0xc001_a010_0000_03e8)
    let good = times(&bench.interface, 403)
    #expect(good.plain == [1000, 100] && good.flagged == [1000, 100, 1])
    let none = times(&bench.interface, .max)
    #expect(none.plain == nil && none.error == 61)
  }
}

/// Deprecated calls behind a protocol: used here, they are no reason for a warning.
private protocol DeprecatedTimes: ~Copyable {
  mutating func receiveTime(_ buffer: UnsafeRawPointer) -> (seconds: UInt64, nanoseconds: UInt32)?
  mutating func receiveTimeWithSyncFlags(
    _ buffer: UnsafeRawPointer
  ) throws(TimestampError) -> (seconds: UInt64, nanoseconds: UInt32, sync: ClockFlags)
}

extension VirtualInterface: DeprecatedTimes {}
