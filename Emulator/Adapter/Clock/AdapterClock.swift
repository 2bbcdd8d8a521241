import Glibc

/// The adapter's clock: the system's, or one that a test sets. Nanoseconds since the epoch.
struct AdapterClock {
  var isManual = false
  var manualNow: UInt64 = 0
  var isSet = true
  var isInSync = true
  /// Frames are stamped with this clock even where the wire has stamps.
  var stampsFrames = false
  /// The time in the last time-sync event.
  var lastSync: UInt64 = 0

  /// Four a second.
  static let syncInterval: UInt64 = 250_000_000
  /// A stamp that lies further back than this is out of the window of the last sync.
  static let syncWindow: UInt64 = 90_000_000

  @inline(__always)
  func isSyncDue(_ time: UInt64) -> Bool {
    time >= lastSync &+ Self.syncInterval || time &+ Self.syncWindow < lastSync
  }

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
