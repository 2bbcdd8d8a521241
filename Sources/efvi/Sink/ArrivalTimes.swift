/// The times at which frames arrived, by the adapter's clock: nanoseconds since the epoch.
struct ArrivalTimes {
  private(set) var stamped: UInt64 = 0
  private(set) var unstamped: UInt64 = 0
  private var first: UInt64 = 0
  private var last: UInt64 = 0
  private var smallest = Int64.max
  private var largest = Int64.min

  @inline(__always)
  mutating func take(_ time: UInt64?) {
    guard let time else {
      unstamped += 1
      return
    }
    if stamped == 0 {
      first = time
    } else {
      let gap = Int64(bitPattern: time &- last)
      smallest = min(smallest, gap)
      largest = max(largest, gap)
    }
    stamped += 1
    last = time
  }

  /// Frames stamped, the first and the last time, and the gaps between frames.
  func add(to report: inout Report) {
    var rows: [(name: String, value: Report.Value)] = [
      ("stamped", .integer(stamped)), ("unstamped", .integer(unstamped)),
    ]
    if stamped > 0 {
      rows.append(("first", .text(Self.text(first))))
      rows.append(("last", .text(Self.text(last))))
    }
    if stamped > 1 {
      rows.append(("gap_min", .measure(Double(smallest), unit: "ns")))
      rows.append(("gap_mean", .measure(Double(Int64(bitPattern: last &- first)) / Double(stamped - 1), unit: "ns")))
      rows.append(("gap_max", .measure(Double(largest), unit: "ns")))
    }
    report.add("timestamps", rows)
  }

  /// Seconds and nine digits of nanoseconds.
  static func text(_ time: UInt64) -> String {
    let digits = String(time % 1_000_000_000)
    return "\(time / 1_000_000_000)." + String(repeating: "0", count: 9 - digits.count) + digits
  }
}
