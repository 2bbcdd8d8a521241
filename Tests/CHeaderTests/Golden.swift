import Compilers
import Foundation

/// A table beside the tests, one row a line, columns apart by tabs, their names in the first line.
struct Golden {
  let rows: [[String]]

  init(_ path: String) throws {
    let text = try String(contentsOf: Command.root.appending(path: path), encoding: .utf8)
    let lines = text.split(separator: "\n").map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    guard let columns = lines.first?.count, lines.allSatisfy({ $0.count == columns }) else {
      throw CocoaError(.fileReadCorruptFile, userInfo: [NSFilePathErrorKey: path])
    }
    rows = Array(lines.dropFirst())
  }

  static func named(_ name: String) throws -> Golden { try Golden("Tests/CHeaderTests/Golden/\(name).tsv") }

  /// The callables of the C API.
  static func callables() throws -> [Callable] {
    try Golden("Emulator/CLibrary/api.tsv").rows.map { row in
      Callable(number: row[0], name: row[1], kind: row[2], header: row[3], generations: row[4], returns: row[5])
    }
  }
}

struct Callable {
  var number: String
  var name: String
  var kind: String
  var header: String
  var generations: String
  var returns: String
}
