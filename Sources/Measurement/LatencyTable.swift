/// The output of sfnt-pingpong: comments, a header and a row for each message size, with TABs.
public struct LatencyTable: Sendable {
  /// Comment lines in front of the header.
  public var comments: [(name: String, value: String)]

  /// A table whose comments begin with what changes the meaning of the columns.
  public init(
    reporting: LatencyReporting, percentile: Double = 99, comments: [(name: String, value: String)] = []
  ) {
    let isWhole = percentile == percentile.rounded() && percentile.magnitude < 1000
    let percentileText = isWhole ? String(Int(percentile)) : String(percentile)
    self.comments = comments
    self.comments.append(("percentile=" + percentileText, ""))
    self.comments.append(("reporting", reporting.label))
  }

  /// Comment lines and header, each ended by a newline.
  public var head: String {
    var text = ""
    for (name, value) in comments {
      text += value.isEmpty ? "# \(name)\n" : "# \(name): \(value)\n"
    }
    return text + "#\t" + Self.columns.joined(separator: "\t") + "\n"
  }

  /// The row of one message size in bytes, ended by a newline.
  public func row(size: Int, _ summary: LatencySummary) -> String {
    let figures = [
      summary.mean, summary.minimum, summary.median, summary.maximum, summary.percentile, summary.standardDeviation,
      Int64(summary.iterations),
    ]
    return "\t\(size)\t" + figures.map(String.init).joined(separator: "\t") + "\n"
  }

  public static let columns = ["size", "mean", "min", "median", "max", "%ile", "stddev", "iter"]
}
