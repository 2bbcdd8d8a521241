import ArgumentParser

/// When a run is over.
struct RunLimit {
  enum Stop: Equatable {
    case count
    case time
    case signal(Int32)

    var text: String {
      switch self {
      case .count: "count reached"
      case .time: "time is up"
      case .signal(let number): number == 2 ? "interrupted" : "terminated"
      }
    }
  }

  let count: UInt64?
  let start: UInt64
  private let deadline: UInt64?

  init(count: UInt64?, seconds: Double?) {
    self.count = count
    start = MonotonicClock.now()
    let end = start
    deadline = seconds.map { end &+ UInt64(min($0, 1e9) * 1e9) }
  }

  /// Why the run is over after `done` frames, nil where it goes on.
  @inline(__always)
  func stop(after done: UInt64, now: UInt64) -> Stop? {
    if let count, done >= count { return .count }
    if let signal = Interruption.signal { return .signal(signal) }
    if let deadline, now >= deadline { return .time }
    return nil
  }

  /// The exit status for this end: an interrupt is the usual end of a run without bounds.
  func status(for stop: Stop) -> ExitCode {
    guard case .signal(let signal) = stop, count != nil || deadline != nil else { return .success }
    return ExitStatus.interrupted(by: signal)
  }
}
