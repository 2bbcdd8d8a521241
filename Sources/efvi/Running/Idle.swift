import Glibc

/// What to do between polls that found nothing: spin for a while, then sleep for longer and longer.
struct Idle {
  let spins: Bool
  private var empty = 0
  /// Empty polls before the first sleep.
  private let patience: Int

  init(spins: Bool, patience: Int = 20_000) {
    self.spins = spins
    self.patience = patience
  }

  /// Takes the number of events of a poll.
  @inline(__always)
  mutating func after(_ events: Int) {
    guard events == 0 else {
      empty = 0
      return
    }
    guard !spins else { return }
    empty += 1
    // A sleep of 50 microseconds leaves half a ring free at a million frames a second.
    if empty > patience { usleep(empty > 2 * patience ? 500 : 50) }
  }
}
