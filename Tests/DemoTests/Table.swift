import Testing

/// A table in sfnt-pingpong's form, read back.
struct Table {
  struct Row: Equatable {
    let size, mean, min, median, max, percentile, stddev, iter: Int64
  }

  static let header = "#\tsize\tmean\tmin\tmedian\tmax\t%ile\tstddev\titer"

  let comments: [Substring]
  let rows: [Row]

  /// The lines of a whole output that are a table's.
  init(_ output: String) throws {
    let lines = output.split(separator: "\n")
    comments = lines.filter { $0.hasPrefix("# ") }
    rows = try lines.filter { $0.hasPrefix("\t") }.map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).dropFirst()
      let values = try fields.map { try #require(Int64($0), "\(line)") }
      try #require(values.count == 8, "\(line)")
      return Row(
        size: values[0], mean: values[1], min: values[2], median: values[3], max: values[4], percentile: values[5],
        stddev: values[6], iter: values[7])
    }
  }

  /// What must hold for any row.
  func check() {
    for row in rows {
      #expect(0 < row.min && row.min <= row.median && row.median <= row.percentile && row.percentile <= row.max)
      #expect(row.min <= row.mean && row.mean <= row.max && row.stddev >= 0 && row.iter > 0)
    }
  }
}
