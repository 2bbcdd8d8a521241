/// A row each second: what came in it.
struct RateRows {
  private var next: UInt64
  private var lastTime: UInt64
  private let start: UInt64
  private var last: (frames: UInt64, bytes: UInt64) = (0, 0)
  private let isOn: Bool
  private var hasHeading = false
  private let label: String

  init(start: UInt64, isOn: Bool, isEmulated: Bool) {
    self.start = start
    self.isOn = isOn
    label = isEmulated ? " (emulated)" : ""
    lastTime = start
    next = start + 1_000_000_000
  }

  @inline(__always)
  mutating func update(now: UInt64, frames: UInt64, bytes: UInt64) {
    if isOn, now >= next { row(now: now, frames: frames, bytes: bytes) }
  }

  private mutating func row(now: UInt64, frames: UInt64, bytes: UInt64) {
    if !hasHeading { Output.write("# second\tframes/s\tMbit/s\(label)\n") }
    hasHeading = true
    let span = Double(now - lastTime) / 1e9
    let rate = UInt64((Double(frames - last.frames) / span).rounded())
    let megabits = Double(bytes - last.bytes) * 8 / 1e6 / span
    Output.write("\((now - start) / 1_000_000_000)\t\(rate)\t\(Report.decimal(megabits))\n")
    last = (frames, bytes)
    lastTime = now
    while next <= now { next += 1_000_000_000 }
  }
}
