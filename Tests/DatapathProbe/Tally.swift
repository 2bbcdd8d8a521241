import DatapathCounter

/// What one kind of call cost over all its calls.
struct Tally {
  private var counts = datapath_counts()

  /// Runs `body` and adds what it counted.
  @inline(__always)
  mutating func count<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let before = datapath_counts_now()
    let result = try body()
    let after = datapath_counts_now()
    counts.allocations &+= after.allocations &- before.allocations
    counts.retains &+= after.retains &- before.retains
    counts.releases &+= after.releases &- before.releases
    return result
  }

  func line(_ name: String, packets: Int) {
    print(
      "\(name) packets=\(packets) allocations=\(counts.allocations) retains=\(counts.retains)"
        + " releases=\(counts.releases)")
  }
}

/// Shows that the counters count: one object, one more reference to it.
final class Control {
  nonisolated(unsafe) static var kept: [Control] = []

  static func run() {
    var tally = Tally()
    tally.count {
      let control = Control()
      kept.append(control)
      kept.append(control)
      kept.removeAll()
    }
    tally.line("control", packets: 1)
  }
}
