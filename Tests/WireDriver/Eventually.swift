import Glibc

/// Polls `condition` until it holds or the time is over.
public func eventually(_ timeout: Duration = .seconds(5), _ condition: () throws -> Bool) rethrows -> Bool {
  let end = ContinuousClock.now + timeout
  while ContinuousClock.now < end {
    if try condition() { return true }
    usleep(2000)
  }
  return try condition()
}
