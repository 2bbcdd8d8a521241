import Glibc

/// Nanoseconds of clocks, as plain numbers for loops.
enum MonotonicClock {
  /// Since some moment in the past; never goes back.
  @inline(__always)
  static func now() -> UInt64 { read(CLOCK_MONOTONIC) }

  /// Since the epoch.
  static func wallClock() -> UInt64 { read(CLOCK_REALTIME) }

  @inline(__always)
  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
