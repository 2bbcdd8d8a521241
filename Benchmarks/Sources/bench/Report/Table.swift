/// The columns of the table on standard output.
enum Table {
  static func head() -> String {
    line(
      "what", "ours", "unit", "peer", "theirs", "ratio", "aim", "", "conditions")
  }

  static func row(_ comparison: Comparison) -> String {
    let ratio = comparison.ratio.map { value in
      value.text(2) + (comparison.ratioSpread.map { " (\($0.text(2)))" } ?? "")
    }
    let conditions = comparison.conditions
    return line(
      comparison.what, figure(comparison.ours), comparison.unit, comparison.peer,
      comparison.hasPeer ? figure(comparison.theirs) : "", ratio ?? "", comparison.aim?.text ?? "",
      comparison.verdict?.rawValue ?? "", "EMULATED; \(conditions.wire), \(conditions.mode), \(conditions.pinning)")
  }

  /// The median, and the distance between the quartiles in brackets.
  private static func figure(_ sample: Sample) -> String {
    let digits = sample.median < 10 ? 3 : sample.median < 1000 ? 1 : 0
    guard sample.values.count > 1 else { return sample.median.text(digits) }
    return "\(sample.median.text(digits)) (\(sample.spread.text(digits)))"
  }

  private static func line(
    _ what: String, _ ours: String, _ unit: String, _ peer: String, _ theirs: String, _ ratio: String, _ aim: String,
    _ verdict: String, _ conditions: String
  ) -> String {
    [
      what.filled(46), ours.padded(15), unit.filled(5), peer.filled(26), theirs.padded(15), ratio.padded(12),
      aim.padded(8), verdict.filled(9), conditions,
    ].joined(separator: " ")
  }
}
