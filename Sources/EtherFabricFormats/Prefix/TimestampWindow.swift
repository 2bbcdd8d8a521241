/// Rebuilds a full time from a receive prefix's sub-second stamp and the last time-sync event.
///
/// A stamp is good within -0.1 s and +0.45 s of the sync, both ends excluded. Source: facts sheet, section 4; golden
/// values in the tests.
public enum TimestampWindow {
  /// Seconds and ticks, or nil outside the window.
  /// - Parameters:
  ///   - minor: ticks within a second, as `TimestampFormat.minor` gives them.
  ///   - syncMinor: ticks of the sync, of which the event has the upper six bits.
  @inlinable
  public static func rebuild(
    minor: UInt32, format: TimestampFormat, syncSeconds: UInt32, syncMinor: UInt32
  ) -> (seconds: UInt32, minor: UInt32)? {
    let second = Int64(format.ticksPerSecond)
    var ahead = Int64(minor) &- Int64(syncMinor)
    if ahead > second >> 1 { ahead &-= second }
    if ahead < -(second >> 1) { ahead &+= second }
    let (early, late): (Int64, Int64) =
      format == .quarterNanoseconds ? (400_000_000, 1_800_000_000) : (0xcc_cccc, 0x399_9999)
    guard ahead > -early, ahead < late else { return nil }
    if minor < syncMinor, ahead >= 0 { return (syncSeconds &+ 1, minor) }
    if minor > syncMinor, ahead < 0 { return (syncSeconds &- 1, minor) }
    return (syncSeconds, minor)
  }

  /// The same for an uncorrected stamp in quarter nanoseconds.
  @inlinable
  public static func rebuild(
    quarters: UInt32, syncSeconds: UInt32, syncQuarters: UInt32
  ) -> (seconds: UInt32, quarters: UInt32)? {
    let format = TimestampFormat.quarterNanoseconds
    guard
      let time = rebuild(
        minor: format.minor(quarters, correction: 0), format: format, syncSeconds: syncSeconds, syncMinor: syncQuarters)
    else { return nil }
    return (time.seconds, time.minor)
  }
}
