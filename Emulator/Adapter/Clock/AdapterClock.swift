import Glibc

/// The adapter's clock: the system's, or one that a test sets. Nanoseconds since the epoch.
struct AdapterClock {
  var isManual = false
  var manualNow: UInt64 = 0
  var isSet = true
  var isInSync = true
  /// When the next time-sync event is due; four a second.
  var nextSync: UInt64 = 0

  static let syncInterval: UInt64 = 250_000_000

  @inline(__always)
  func now() -> UInt64 {
    guard !isManual else { return manualNow }
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// Splits a time into what EF10 events carry.
  @inline(__always)
  static func parts(_ time: UInt64) -> (seconds: UInt32, quarters: UInt32) {
    (UInt32(truncatingIfNeeded: time / 1_000_000_000), UInt32(truncatingIfNeeded: time % 1_000_000_000) << 2)
  }
}
