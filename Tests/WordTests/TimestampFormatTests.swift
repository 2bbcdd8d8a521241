import EtherFabricFormats
import Testing

/// Stamps in both formats with corrections, as the genuine library resolved them after a sync in second 1000.
@Suite struct TimestampFormatTests {
  struct Golden: Sendable {
    /// Ticks of the sync.
    var sync: UInt32 = 0
    /// Ticks that the library adds.
    var correction: Int32
    var raw: UInt32
    /// Nil where the stamp is refused.
    var seconds: UInt32?
    var nanoseconds: UInt32 = 0
    var fraction: UInt16 = 0
  }

  static let quarters = [
    Golden(correction: -1, raw: 0, seconds: 999, nanoseconds: 999_999_999, fraction: 0xc000),
    Golden(correction: -1, raw: 1, seconds: 1000),
    Golden(correction: -1, raw: 1_800_000_000, seconds: 1000, nanoseconds: 449_999_999, fraction: 0xc000),
    Golden(correction: -1, raw: 1_800_000_037, seconds: nil),
    Golden(correction: -1, raw: 3_600_000_001, seconds: nil),
    Golden(correction: -10, raw: 4_000_000_000, seconds: 999, nanoseconds: 999_999_997, fraction: 0x8000),
    Golden(correction: -10, raw: 4_000_000_019, seconds: 1000, nanoseconds: 2, fraction: 0x4000),
    Golden(correction: -38, raw: 0, seconds: 999, nanoseconds: 999_999_990, fraction: 0x8000),
    Golden(correction: -38, raw: 37, seconds: 999, nanoseconds: 999_999_999, fraction: 0xc000),
    Golden(correction: -38, raw: 38, seconds: 1000),
    Golden(correction: -38, raw: 998, seconds: 1000, nanoseconds: 240),
    Golden(correction: -38, raw: 1_800_000_037, seconds: 1000, nanoseconds: 449_999_999, fraction: 0xc000),
    Golden(correction: -38, raw: 1_800_000_998, seconds: nil),
    Golden(correction: -38, raw: 3_600_000_039, seconds: 999, nanoseconds: 900_000_000, fraction: 0x4000),
    Golden(correction: -38, raw: 4_000_000_040, seconds: 1000, nanoseconds: 0, fraction: 0x8000),
    Golden(correction: -998, raw: 0, seconds: 999, nanoseconds: 999_999_750, fraction: 0x8000),
    Golden(correction: -998, raw: 998, seconds: 1000),
    Golden(correction: -998, raw: 3_600_000_039, seconds: nil),
    Golden(sync: 3_959_422_976, correction: -38, raw: 0, seconds: 1000, nanoseconds: 999_999_990, fraction: 0x8000),
    Golden(sync: 3_959_422_976, correction: -38, raw: 38, seconds: 1001),
    Golden(
      sync: 3_959_422_976, correction: -38, raw: 3_959_422_976, seconds: 1000, nanoseconds: 989_855_734,
      fraction: 0x8000),
    Golden(
      sync: 3_959_422_976, correction: -38, raw: 4_000_000_021, seconds: 1000, nanoseconds: 999_999_995,
      fraction: 0xc000),
  ]

  static let fractions = [
    Golden(correction: 0, raw: 0, seconds: 1000),
    Golden(correction: 0, raw: 1, seconds: 1000, nanoseconds: 7, fraction: 0x7359),
    Golden(correction: 0, raw: 13, seconds: 1000, nanoseconds: 96, fraction: 0xdb88),
    Golden(correction: 0, raw: 1 << 26, seconds: nil),
    Golden(correction: 0, raw: 134_217_727, seconds: 999, nanoseconds: 999_999_992, fraction: 0x8ca6),
    Golden(correction: 0, raw: 0x399_9998, seconds: 1000, nanoseconds: 449_999_988, fraction: 0x143e),
    Golden(correction: 0, raw: 0x399_9999, seconds: nil),
    Golden(correction: 0, raw: 0x733_3334, seconds: nil),
    Golden(correction: 0, raw: 0x733_3340, seconds: 999, nanoseconds: 900_000_095, fraction: 0x5e10),
    // Above the 27 bits nothing counts but the mark of a missing stamp.
    Golden(correction: 0, raw: 0x1000_0001, seconds: 1000, nanoseconds: 7, fraction: 0x7359),
    Golden(correction: -12, raw: 0, seconds: 999, nanoseconds: 999_999_910, fraction: 0x97d1),
    Golden(correction: -12, raw: 12, seconds: 1000),
    Golden(correction: -12, raw: 0x399_999a, seconds: 1000, nanoseconds: 449_999_913, fraction: 0x92c1),
    Golden(correction: -12, raw: 0x399_99a5, seconds: nil),
    Golden(correction: 5, raw: 134_217_727, seconds: 1000, nanoseconds: 29, fraction: 0xcd65),
    Golden(correction: 5, raw: 0x733_3333, seconds: 999, nanoseconds: 900_000_035, fraction: 0xc346),
    Golden(sync: 59 << 21, correction: 0, raw: 11, seconds: 1001, nanoseconds: 81, fraction: 0xf4d5),
    Golden(sync: 59 << 21, correction: 0, raw: 59 << 21, seconds: 1000, nanoseconds: 921_875_000),
    Golden(sync: 59 << 21, correction: 0, raw: 110_310_196, seconds: nil),
    Golden(sync: 59 << 21, correction: 0, raw: 110_310_197, seconds: 1000, nanoseconds: 821_875_013, fraction: 0x693a),
    Golden(sync: 59 << 21, correction: -12, raw: 11, seconds: 1000, nanoseconds: 999_999_992, fraction: 0x8ca6),
    Golden(sync: 59 << 21, correction: -12, raw: 12, seconds: 1001),
  ]

  @Test(arguments: quarters) func aStampInQuartersIsResolvedAsTheLibraryDoes(_ golden: Golden) {
    check(golden, .quarterNanoseconds)
  }

  @Test(arguments: fractions) func aBinaryStampIsResolvedAsTheLibraryDoes(_ golden: Golden) {
    check(golden, .fraction27)
  }

  private func check(_ golden: Golden, _ format: TimestampFormat) {
    let time = TimestampWindow.rebuild(
      minor: format.minor(golden.raw, correction: golden.correction), format: format, syncSeconds: 1000,
      syncMinor: golden.sync)
    #expect(time?.seconds == golden.seconds)
    guard let time else { return }
    let parts = format.nanoseconds(time.minor)
    #expect(parts.whole == golden.nanoseconds && parts.fraction == golden.fraction)
  }

  @Test func aMissingStampHasItsMark() {
    #expect([0x8000_0000, 0xffff_ffff, 0x8000_0001].allSatisfy { TimestampFormat.fraction27.isMissing($0) })
    #expect(!TimestampFormat.fraction27.isMissing(0x7fff_ffff))
    #expect(TimestampFormat.quarterNanoseconds.isMissing(0xffff_ffff))
    #expect(!TimestampFormat.quarterNanoseconds.isMissing(0xffff_fffe))
  }

  @Test func nanosecondsAreRoundedDownToTicks() {
    let binary = TimestampFormat.fraction27
    #expect(binary.ticks(nanoseconds: 0) == 0 && binary.ticks(nanoseconds: 500_000_000) == 1 << 26)
    #expect(binary.ticks(nanoseconds: 999_999_999) == 134_217_727 && binary.ticks(nanoseconds: 7) == 0)
    #expect(TimestampFormat.quarterNanoseconds.ticks(nanoseconds: 999_999_999) == 3_999_999_996)
    for nanoseconds in stride(from: UInt32(0), to: 1_000_000_000, by: 7_654_321) {
      let back = binary.nanoseconds(binary.ticks(nanoseconds: nanoseconds)).whole
      #expect(back <= nanoseconds && nanoseconds - back <= 8)
    }
  }

  @Test func aSyncKeepsSixBitsOfEitherFormat() {
    let binary = ManagementEventWord.timeSync(
      seconds: 1000, minor: 59 << 21 | 0x1f_ffff, format: .fraction27, clockSet: true, inSync: true)
    #expect(binary == 0xc001_aef0_0000_03e8)
    #expect(ManagementEventWord(word: binary).syncMinor(.fraction27) == 59 << 21)
    let quarters = ManagementEventWord.timeSync(
      seconds: 1000, minor: 3_959_422_976 + 5, format: .quarterNanoseconds, clockSet: true, inSync: true)
    #expect(quarters == binary)
    #expect(ManagementEventWord(word: quarters).syncMinor(.quarterNanoseconds) == 3_959_422_976)
  }
}
