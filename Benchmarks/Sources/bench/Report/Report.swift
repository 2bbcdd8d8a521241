import Glibc

/// What a run found: printed as it comes, and written to files at the end.
final class Report {
  private let directory: String
  private var comparisons: [Comparison] = []
  private var skipped: [(what: String, reason: String)] = []
  private var pictures: [String] = []

  /// - Parameter directory: Where the JSON and the pictures go; made where it does not exist.
  init(directory: String) { self.directory = directory }

  func title(_ text: String) {
    print("\n\(text)")
    print(Table.head())
  }

  func add(_ comparison: Comparison) {
    comparisons.append(comparison)
    print(Table.row(comparison))
    fflush(nil)
  }

  func note(_ text: String) {
    print("  \(text)")
    fflush(nil)
  }

  /// What was asked for and could not be measured. Never silent.
  func skip(_ what: String, _ reason: String) {
    skipped.append((what, reason))
    print("SKIPPED \(what): \(reason)")
    fflush(nil)
  }

  func draw(_ chart: Chart, as name: String) {
    guard chart.hasPoints else { return }
    write(chart.svg, to: "\(name).svg")
    pictures.append("\(name).svg")
  }

  /// Writes the files and says what was not reached.
  func finish() {
    print("")
    let missed = comparisons.filter { $0.verdict == .notMet || $0.verdict == .undecided }
    for comparison in missed {
      print(
        "\(comparison.verdict == .notMet ? "NOT MET" : "undecided"): \(comparison.benchmark), \(comparison.what)"
          + "\(comparison.hasPeer ? " / \(comparison.peer)" : ""): \(comparison.judged.text(2)), aim \(comparison.aim?.text ?? "")"
      )
    }
    for (what, reason) in skipped { print("SKIPPED: \(what): \(reason)") }
    let json = JSON.object([
      ("machine", .object(Machine.facts.map { ($0, .text($1)) })),
      ("comparisons", .list(comparisons.map(\.json))),
      (
        "skipped", .list(skipped.map { .object([("what", .text($0)), ("reason", .text($1))]) })
      ),
    ])
    write(json.written() + "\n", to: "results.json")
    print("Written to \(directory): \((["results.json"] + pictures).joined(separator: ", "))")
  }

  private func write(_ text: String, to name: String) {
    mkdir(directory, 0o755)
    guard let file = fopen("\(directory)/\(name)", "w") else {
      print("\(directory)/\(name) cannot be written: \(String(cString: strerror(errno)))")
      return
    }
    fputs(text, file)
    fclose(file)
  }
}
