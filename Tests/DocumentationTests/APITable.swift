import Compilers
import Foundation

/// The tables of `Documentation/API.md`: what there is of ef_vi, by its C name.
enum APITable {
  struct Row: Sendable {
    /// The C name, or names that stand for one thing.
    var names: [String]
    /// Swift names; empty where there is none.
    var symbols: [String]
    /// Test functions; empty where a reason stands instead.
    var tests: [String]
    /// Why there is no Swift name, or no test of its own.
    var reason: String
  }

  /// The rows under a heading, in order.
  static func rows(under heading: String) throws -> [Row] {
    let text = try String(contentsOf: Command.root.appending(path: "Documentation/API.md"), encoding: .utf8)
    var isInside = false
    var rows: [Row] = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("## ") { isInside = line == "## \(heading)" }
      guard isInside, line.hasPrefix("| `") else { continue }
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 4 else { continue }
      let shown = code(in: cells[3])
      rows.append(
        Row(
          names: code(in: cells[0]), symbols: code(in: cells[1]), tests: shown,
          reason: shown.isEmpty ? cells[3] : ""))
    }
    return rows
  }

  /// The words between backquotes.
  private static func code(in cell: String) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
      .map { String($0.element) }
  }

  /// All Swift files under some folders, by path.
  static func sources(_ folders: String...) throws -> [String: String] {
    var files: [String: String] = [:]
    for folder in folders {
      let root = Command.root.appending(path: folder)
      for case let path as String in FileManager.default.enumerator(atPath: root.path) ?? .init() {
        guard path.hasSuffix(".swift"), !path.contains(".build") else { continue }
        files["\(folder)/\(path)"] = try String(contentsOf: root.appending(path: path), encoding: .utf8)
      }
    }
    return files
  }

  /// The last part of a name such as `VirtualInterface.transmit(_:length:id:)`, without its arguments.
  static func bareName(_ symbol: String) -> String {
    let name = symbol.split(separator: "(").first.map(String.init) ?? symbol
    return name.split(separator: ".").last.map(String.init) ?? name
  }
}
