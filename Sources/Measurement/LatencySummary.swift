/// What a latency figure stands for.
public enum LatencyReporting: Sendable, Equatable {
  /// Half of each round trip, the convention of sfnt-pingpong.
  case halfRoundTrip
  /// The whole round trip, `--rtt`.
  case roundTrip

  /// The text of the `reporting` comment.
  public var label: String {
    switch self {
    case .halfRoundTrip: "1/2 RTT"
    case .roundTrip: "RTT"
    }
  }

  /// The figure for a round trip of `nanoseconds`, halved by integer division.
  @inlinable
  public func figure(_ nanoseconds: Int64) -> Int64 {
    self == .halfRoundTrip ? nanoseconds / 2 : nanoseconds
  }
}

/// The columns of sfnt-pingpong over the figures of one message size. All in integer nanoseconds.
public struct LatencySummary: Sendable, Equatable {
  public let mean: Int64
  public let minimum: Int64
  /// The figure at index n / 2 in order of size: the upper of the two middle ones.
  public let median: Int64
  public let maximum: Int64
  /// The figure at index n * p / 100, the last one at most.
  public let percentile: Int64
  /// Over n - 1, around the truncated mean, truncated; 0 for a single figure.
  public let standardDeviation: Int64
  /// Figures.
  public let iterations: Int

  /// Summarises `figures`; nil where there are none. `percentile` counts from 0 to 100 and is clamped to that.
  public init?(_ figures: [Int64], percentile: Double = 99) {
    guard !figures.isEmpty else { return nil }
    let sorted = figures.sorted()
    let count = sorted.count
    let mean = sorted.reduce(0, &+) / Int64(count)
    self.mean = mean
    minimum = sorted[0]
    median = sorted[count >> 1]
    maximum = sorted[count - 1]
    let share = percentile.isNaN ? 0 : min(max(percentile, 0), 100)
    self.percentile = sorted[min(Int(Double(count) * share / 100), count - 1)]
    iterations = count
    guard count > 1 else {
      standardDeviation = 0
      return
    }
    let squares = sorted.reduce(0.0) { sum, figure in
      let distance = Double(figure - mean)
      return sum + distance * distance
    }
    standardDeviation = Int64((squares / Double(count - 1)).squareRoot())
  }

  /// Summarises round trips in nanoseconds, each turned into its figure first.
  public init?(roundTrips: [Int64], reporting: LatencyReporting, percentile: Double = 99) {
    self.init(roundTrips.map(reporting.figure), percentile: percentile)
  }
}
