import Glibc
import Synchronization

/// When a size has been measured enough.
struct PingLimits: Sendable {
  var minimumIterations = 1000
  var maximumIterations = 1_000_000
  var minimumTime: Duration = .seconds(1)
  var maximumTime: Duration = .seconds(3)
  var warmUps = 1000
  /// How long an answer may take before it counts as lost.
  var patience: Duration = .milliseconds(100)
}

/// Round trips that a running ping-pong has done, for whoever shows progress.
final class PingProgress: Sendable {
  let size = Atomic<Int>(0)
  let iterations = Atomic<Int>(0)
}

/// What came of one size.
struct PingOutcome: Sendable {
  /// In nanoseconds, in the order of time.
  var roundTrips: [Int64] = []
  /// Messages that were not answered in time.
  var lost = 0
  /// Answers with other bytes than were sent.
  var damaged = 0
  /// Answers to an earlier message.
  var late = 0
  /// What was wrong with the first damaged answer.
  var firstDamage: String?
  var wasInterrupted = false
}

/// Measures one message size.
struct PingRun {
  let size: Int
  let limits: PingLimits
  let stop: StopFlag
  let sharesCore: Bool
  let progress: PingProgress

  /// - Parameter history: that of the link, which goes from one size to the next.
  func run<Link: PingLink & ~Copyable>(_ link: inout Link, _ history: inout PingHistory) throws -> PingOutcome {
    progress.size.store(size, ordering: .relaxed)
    progress.iterations.store(0, ordering: .relaxed)
    var outcome = PingOutcome()
    for _ in 0..<limits.warmUps where !stop.isSet {
      _ = try exchange(over: &link, &outcome, &history)
    }
    let (minimum, maximum) = (limits.minimumTime.nanoseconds, limits.maximumTime.nanoseconds)
    outcome.roundTrips.reserveCapacity(min(limits.maximumIterations, 1 << 20))
    let start = monotonicNanoseconds()
    while true {
      let elapsed = monotonicNanoseconds() - start
      let count = outcome.roundTrips.count
      if count >= limits.maximumIterations || elapsed >= maximum { break }
      if count >= limits.minimumIterations && elapsed >= minimum { break }
      if stop.isSet {
        outcome.wasInterrupted = true
        break
      }
      if let time = try exchange(over: &link, &outcome, &history) { outcome.roundTrips.append(time) }
      progress.iterations.store(count, ordering: .relaxed)
    }
    return outcome
  }

  /// One message and its answer; the time between, or nil where none came.
  private func exchange<Link: PingLink & ~Copyable>(
    over link: inout Link, _ outcome: inout PingOutcome, _ history: inout PingHistory
  ) throws -> Int64? {
    if history.isAmbiguous { try awaitLate(over: &link, &outcome, &history) }
    let payload = try link.payload
    PingPattern.fill(payload, count: size, sequence: history.next())
    try link.prepare(size)
    var spinner = Spinner(sharesCore: sharesCore)
    let start = monotonicNanoseconds()
    let end = start + limits.patience.nanoseconds
    try link.send(size)
    while true {
      guard let answer = try link.poll() else {
        spinner.spin()
        if monotonicNanoseconds() > end || stop.isSet {
          history.lose(size: size)
          if !stop.isSet { outcome.lost += 1 }
          return nil
        }
        continue
      }
      let time = monotonicNanoseconds() - start
      defer { link.release() }
      if answer.count == size, size == 0 || memcmp(answer.baseAddress!, payload, size) == 0 { return time }
      if history.takeLate(answer) {
        outcome.late += 1
        continue
      }
      outcome.damaged += 1
      if outcome.firstDamage == nil {
        outcome.firstDamage = PingPattern.difference(answer, UnsafeRawBufferPointer(start: payload, count: size))
      }
      return nil
    }
  }

  /// Waits once more for answers that could not be told from the next one.
  private func awaitLate<Link: PingLink & ~Copyable>(
    over link: inout Link, _ outcome: inout PingOutcome, _ history: inout PingHistory
  ) throws {
    let end = monotonicNanoseconds() + limits.patience.nanoseconds
    var spinner = Spinner(sharesCore: sharesCore)
    while history.isAmbiguous, monotonicNanoseconds() < end, !stop.isSet {
      guard let answer = try link.poll() else {
        spinner.spin()
        continue
      }
      defer { link.release() }
      if history.takeLate(answer) { outcome.late += 1 }
    }
    history.endWaiting()
  }
}

extension Duration {
  /// Whole nanoseconds.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
