import Glibc

/// A line on the terminal that follows the run, twice a second. Nothing where standard error is no terminal.
struct Progress {
  private let isShown: Bool
  private var next: UInt64 = 0
  private var lastCount: UInt64 = 0
  private var lastTime: UInt64 = 0
  private var width = 0

  init(quiet: Bool = false) { isShown = !quiet && isatty(STDERR_FILENO) == 1 }

  /// Shows how far the run is, where it is time to.
  @inline(__always)
  mutating func update(_ count: UInt64, now: UInt64, _ what: String) {
    if isShown, now >= next { show(count, now: now, what) }
  }

  private mutating func show(_ count: UInt64, now: UInt64, _ what: String) {
    if lastTime != 0 {
      let rate = Double(count &- lastCount) / (Double(now - lastTime) / 1e9)
      let line = "\(count) \(what), \(Report.decimal(rate)) /s"
      Output.note("\r" + line + String(repeating: " ", count: max(0, width - line.count)))
      width = line.count
    }
    lastCount = count
    lastTime = now
    next = now + 500_000_000
  }

  /// Clears the line, before totals are printed.
  mutating func clear() {
    if width > 0 { Output.note("\r" + String(repeating: " ", count: width) + "\r") }
    width = 0
  }
}
