/// Rebuilds a full time from a receive prefix's sub-second stamp and the last time-sync event.
///
/// A stamp is good within -0.1 s and +0.45 s of the sync, both ends excluded. Quarter nanoseconds throughout.
/// Source: facts sheet, section 4; golden values in the tests.
public enum TimestampWindow {
  /// Seconds and quarter nanoseconds, or nil outside the window.
  @inlinable
  public static func rebuild(
    quarters: UInt32, syncSeconds: UInt32, syncQuarters: UInt32
  ) -> (seconds: UInt32, quarters: UInt32)? {
    var minor = quarters
    var second = syncSeconds
    // The adapter may overrun a second by a few ticks before it carries.
    if minor >= ReceivePrefix.second { minor &-= ReceivePrefix.second }
    var ahead = Int64(minor) - Int64(syncQuarters)
    let half = Int64(ReceivePrefix.second) / 2
    if ahead > half { ahead -= Int64(ReceivePrefix.second) }
    if ahead < -half { ahead += Int64(ReceivePrefix.second) }
    guard ahead > -400_000_000, ahead < 1_800_000_000 else { return nil }
    if minor < syncQuarters, ahead >= 0 { second &+= 1 }
    if minor > syncQuarters, ahead < 0 { second &-= 1 }
    return (second, minor)
  }
}
