import Glibc

/// Spreads sends over time.
struct Pacer {
  /// Nanoseconds for one frame; nil for no limit.
  private let gap: Double?
  private let start = MonotonicClock.now()

  init(rate: Double?) { gap = rate.map { 1e9 / $0 } }

  /// Frames that may go out now after `sent`, at most `burst`.
  @inline(__always)
  func allowance(sent: UInt64, burst: Int, now: UInt64) -> Int {
    guard let gap else { return burst }
    // The first frame is due at once.
    let due = Double(now - start) / gap + 1 - Double(sent)
    return due < 1 ? 0 : Int(min(due, Double(burst)))
  }

  /// Sleeps where the next frame is due late enough, for a hundredth of a second at most so that signals are seen.
  func wait(sent: UInt64, now: UInt64) {
    guard let gap else { return }
    let left = Double(sent) * gap - Double(now - start)
    if left > 200_000 { usleep(UInt32(min((left - 100_000) / 1000, 10_000))) }
  }
}
