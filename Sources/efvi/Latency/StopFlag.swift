import Glibc
import Synchronization

/// Tells threads that spin to end.
final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  /// Also true after Ctrl-C.
  var isSet: Bool { flag.load(ordering: .relaxed) || Interrupt.happened }

  /// Only after `set`.
  var isSetByItself: Bool { flag.load(ordering: .acquiring) }

  func set() { flag.store(true, ordering: .releasing) }
}

/// Ctrl-C and a polite kill: the first asks the program to finish, the second ends it.
enum Interrupt {
  private static let count = Atomic<Int>(0)

  static var happened: Bool { count.load(ordering: .relaxed) > 0 }

  /// From here on SIGINT and SIGTERM are only noted.
  static func watch() {
    // The static is made here: a signal handler must not be the first to touch it.
    _ = happened
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        if Interrupt.count.add(1, ordering: .relaxed).newValue > 1 { _exit(128 + number) }
      }
    }
  }
}

/// What a thread that polls does when nothing has come: it spins, and lets others run where it must.
struct Spinner {
  private var idle = 0
  private let limit: Int

  /// With a core for each thread, `limit` polls pass before the first yield.
  init(sharesCore: Bool) { limit = sharesCore ? 1 : 20_000 }

  mutating func spin() {
    idle &+= 1
    if idle >= limit {
      idle = 0
      sched_yield()
    }
  }
}

/// Nanoseconds of the monotonic clock.
@inline(__always)
func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
}
