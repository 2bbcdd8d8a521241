import CBaseline

/// How long a cache line takes from one core to the other: what everything between threads and processes scales with.
enum CacheLine {
  /// One way, in nanoseconds.
  ///
  /// - Parameter separate: each direction has a line of its own, as a ring does: whoever writes has to take the line from
  ///   the other, who looks at it all the time.
  static func measure(_ cores: Cores, separate: Bool = false) throws -> Sample {
    let batches = 101
    var transfers = [Double](repeating: 0, count: batches)
    guard baseline_line_measure(Int32(cores.there), separate, 2000, UInt32(batches), &transfers) else {
      throw BenchmarkError(reason: "no thread on core \(cores.there)")
    }
    return Sample(values: transfers)
  }
}
