import EtherFabric
import Glibc

extension EtherFabricError {
  /// An error of a call that returned a negative errno.
  static func call(_ operation: String, _ result: Int32, _ reason: String, remedy: String) -> EtherFabricError {
    EtherFabricError(operation, errno: -result, reason: "\(reason): \(text(of: -result))", remedy: remedy)
  }

  /// An error of a C library call that has just set `errno`.
  static func system(_ operation: String, _ reason: String, remedy: String) -> EtherFabricError {
    call(operation, -Glibc.errno, reason, remedy: remedy)
  }

  private static func text(of errno: Int32) -> String {
    String(cString: strerror(errno))
  }
}

/// A point in monotonic time that bounds a wait.
struct Deadline {
  private let end: ContinuousClock.Instant

  init(after timeout: Duration) { end = ContinuousClock.now + timeout }

  var isPast: Bool { ContinuousClock.now >= end }

  /// What `poll` takes: milliseconds rounded up, 0 when past.
  var pollMilliseconds: Int32 {
    let left = ContinuousClock.now.duration(to: end)
    guard left > .zero else { return 0 }
    let (seconds, attoseconds) = left.components
    guard seconds < 1_000_000 else { return 1_000_000_000 }
    return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}

/// Waits until `descriptor` has one of `events`; false at the deadline.
func wait(_ descriptor: Int32, for events: Int32, until deadline: Deadline) -> Bool {
  while true {
    var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    let count = poll(&entry, 1, deadline.pollMilliseconds)
    if count > 0 { return true }
    if deadline.isPast { return false }
  }
}
