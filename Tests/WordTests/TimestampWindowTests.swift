import EtherFabricFormats
import Testing

/// Stamps around a time sync, as the genuine library resolved them.
@Suite struct TimestampWindowTests {
  struct Golden: Sendable {
    var sync: UInt32
    var raw: UInt32
    /// Seconds, with the sync at 1000; nil where it is refused.
    var seconds: UInt32?
    var nanoseconds: UInt32 = 0
    /// Quarters of a nanosecond beyond.
    var quarters: UInt32 = 0
  }

  static let onTheSecond = [
    Golden(sync: 0, raw: 0, seconds: 1000),
    Golden(sync: 0, raw: 1, seconds: 1000, quarters: 1),
    Golden(sync: 0, raw: 400, seconds: 1000, nanoseconds: 100),
    Golden(sync: 0, raw: 4000, seconds: 1000, nanoseconds: 1000),
    Golden(sync: 0, raw: 1_799_999_999, seconds: 1000, nanoseconds: 449_999_999, quarters: 3),
    Golden(sync: 0, raw: 1_800_000_000, seconds: nil),
    Golden(sync: 0, raw: 3_600_000_000, seconds: nil),
    Golden(sync: 0, raw: 3_600_000_001, seconds: 999, nanoseconds: 900_000_000, quarters: 1),
    Golden(sync: 0, raw: 3_999_999_999, seconds: 999, nanoseconds: 999_999_999, quarters: 3),
  ]

  static let inTheMiddle = [
    Golden(sync: 1_946_157_056, raw: 1_946_157_056, seconds: 1000, nanoseconds: 486_539_264),
    Golden(sync: 1_946_157_056, raw: 1_946_157_055, seconds: 1000, nanoseconds: 486_539_263, quarters: 3),
    Golden(sync: 1_946_157_056, raw: 1_546_157_057, seconds: 1000, nanoseconds: 386_539_264, quarters: 1),
    Golden(sync: 1_946_157_056, raw: 1_546_157_056, seconds: nil),
    Golden(sync: 1_946_157_056, raw: 3_746_157_055, seconds: 1000, nanoseconds: 936_539_263, quarters: 3),
    Golden(sync: 1_946_157_056, raw: 3_746_157_056, seconds: nil),
  ]

  static let beforeTheNext = [
    Golden(sync: 3_959_422_976, raw: 3_959_422_976, seconds: 1000, nanoseconds: 989_855_744),
    Golden(sync: 3_959_422_976, raw: 3_999_999_999, seconds: 1000, nanoseconds: 999_999_999, quarters: 3),
    Golden(sync: 3_959_422_976, raw: 0, seconds: 1001),
    Golden(sync: 3_959_422_976, raw: 40, seconds: 1001, nanoseconds: 10),
    Golden(sync: 3_959_422_976, raw: 1_759_422_975, seconds: 1001, nanoseconds: 439_855_743, quarters: 3),
    Golden(sync: 3_959_422_976, raw: 1_759_422_976, seconds: nil),
  ]

  static let overrun = [
    Golden(sync: 3_959_422_976, raw: 4_000_000_000, seconds: 1001),
    Golden(sync: 3_959_422_976, raw: 4_000_000_007, seconds: 1001, nanoseconds: 1, quarters: 3),
    Golden(sync: 3_959_422_976, raw: 4_000_000_015, seconds: 1001, nanoseconds: 3, quarters: 3),
    Golden(sync: 3_959_422_976, raw: 4_000_000_021, seconds: 1001, nanoseconds: 5, quarters: 1),
  ]

  @Test(arguments: onTheSecond + inTheMiddle + beforeTheNext + overrun)
  func aStampIsResolvedAsTheLibraryDoes(_ golden: Golden) {
    check(golden)
  }

  /// The library gives a time in the second before with such stamps, 74 ms off.
  static let beyondTheOverrun = [
    Golden(sync: 3_959_422_976, raw: 4_000_000_022, seconds: 1001, nanoseconds: 5, quarters: 2),
    Golden(sync: 3_959_422_976, raw: 4_100_000_000, seconds: 1001, nanoseconds: 25_000_000),
  ]

  @Test(arguments: beyondTheOverrun)
  func differentFromTheLibraryAStampBeyondTheOverrunStillCarriesItsSecond(_ golden: Golden) {
    check(golden)
  }

  private func check(_ golden: Golden) {
    let time = TimestampWindow.rebuild(quarters: golden.raw, syncSeconds: 1000, syncQuarters: golden.sync)
    #expect(time?.seconds == golden.seconds)
    guard let time else { return }
    #expect(time.quarters == golden.nanoseconds * 4 + golden.quarters)
  }
}
