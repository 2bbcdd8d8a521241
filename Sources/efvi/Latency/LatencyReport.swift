import ArgumentParser
import Foundation
import Measurement

/// Prints the table, or collects it for JSON, and writes the files of a measurement.
final class LatencyReport {
  private let options: LatencyOutput
  private let isSingle: Bool
  private var document = LatencyDocument()
  private var lost = 0
  private var damaged = 0
  private var unanswered: [Int] = []

  /// - Parameter isSingle: one size is measured, so that the histogram's name needs none.
  init(_ options: LatencyOutput, isSingle: Bool) {
    self.options = options
    self.isSingle = isSingle
  }

  /// Prints what comes before the first row.
  func begin(_ comments: [(name: String, value: String)]) {
    let table = LatencyTable(reporting: options.reporting, percentile: options.percentile, comments: comments)
    document.comments = comments.map { LatencyDocument.Comment(name: $0.name, value: $0.value) }
    document.reporting = options.reporting.label
    document.percentile = options.percentile
    if !options.json { StandardOutput.write(table.head) }
  }

  /// Prints the row of a size and writes its files.
  func add(size: Int, _ outcome: PingOutcome) throws {
    lost += outcome.lost
    damaged += outcome.damaged
    let figures = outcome.roundTrips.map(options.reporting.figure)
    if let summary = LatencySummary(figures, percentile: options.percentile) {
      document.rows.append(LatencyDocument.Row(size: size, summary, outcome))
      let table = LatencyTable(reporting: options.reporting)
      if !options.json { StandardOutput.write(table.row(size: size, summary)) }
    } else if !outcome.wasInterrupted {
      unanswered.append(size)
    }
    comment(size, outcome)
    if let raw = options.raw { try RawFigures(prefix: raw).write(figures, size: size) }
    if let path = options.histogram, !figures.isEmpty {
      try PercentileFile(path: path, size: isSingle ? nil : size).write(figures)
    }
  }

  private func comment(_ size: Int, _ outcome: PingOutcome) {
    guard !options.json, outcome.lost + outcome.damaged + outcome.late > 0 else { return }
    var text = "# size \(size): \(outcome.lost) lost, \(outcome.damaged) damaged, \(outcome.late) late"
    if let first = outcome.firstDamage { text += "; first damage: \(first)" }
    StandardOutput.write(text + "\n")
  }

  /// Prints a line on all sizes together.
  func note(_ text: String) {
    let parts = text.split(separator: ": ", maxSplits: 1).map(String.init)
    document.comments.append(LatencyDocument.Comment(name: parts[0], value: parts.count > 1 ? parts[1] : ""))
    if !options.json { StandardOutput.write("# \(text)\n") }
  }

  /// Prints the totals. Throws the exit code: 3 where bytes came back damaged, 1 where a size got no answer, 130
  /// after Ctrl-C.
  func finish(wasInterrupted: Bool) throws {
    document.wasInterrupted = wasInterrupted
    let total = document.rows.reduce(0) { $0 + $1.iter }
    if options.json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      StandardOutput.write(String(decoding: try encoder.encode(document), as: UTF8.self) + "\n")
    } else {
      let interrupted = wasInterrupted ? ", interrupted" : ""
      StandardOutput.write("# total: \(total) round trips, \(lost) lost, \(damaged) damaged\(interrupted)\n")
    }
    if damaged > 0 { StandardError.write("Error: \(damaged) messages came back with other bytes than were sent.\n") }
    for size in unanswered { StandardError.write("Error: no message of \(size) bytes came back as it was sent.\n") }
    if damaged > 0 { throw ExitStatus.verification }
    if !unanswered.isEmpty { throw ExitStatus.failure }
    if wasInterrupted { throw ExitCode(130) }
  }
}

/// `--json`: the table as one object.
struct LatencyDocument: Encodable {
  struct Comment: Encodable {
    let name: String
    let value: String
  }

  /// Nanoseconds.
  struct Row: Encodable {
    let size, iter, lost, damaged, late: Int
    let mean, min, median, max, percentile, stddev: Int64

    init(size: Int, _ summary: LatencySummary, _ outcome: PingOutcome) {
      self.size = size
      iter = summary.iterations
      (lost, damaged, late) = (outcome.lost, outcome.damaged, outcome.late)
      (mean, min, median, max) = (summary.mean, summary.minimum, summary.median, summary.maximum)
      (percentile, stddev) = (summary.percentile, summary.standardDeviation)
    }
  }

  var unit = "ns"
  var comments: [Comment] = []
  var reporting = ""
  var percentile = 0.0
  var rows: [Row] = []
  var wasInterrupted = false
}
