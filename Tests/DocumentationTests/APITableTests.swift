import Compilers
import Foundation
import Testing

/// The tables of `Documentation/API.md` against the code: every C name is there, the Swift name exists, and the test
/// that is named looks at it.
@Suite struct APITableTests {
  static let headings = ["Callables", "VI flags", "Event types", "Protection-domain flags", "Capabilities"]

  /// Of the whole API: name by name.
  @Test func everyCallableHasARow() throws {
    let list = try String(contentsOf: Command.root.appending(path: "Emulator/CLibrary/api.tsv"), encoding: .utf8)
    let names = list.split(separator: "\n").compactMap { line -> String? in
      let cells = line.split(separator: "\t")
      return cells.count > 2 && Int(cells[0]) != nil ? String(cells[1]) : nil
    }
    #expect(names.count == 207)
    let rows = try APITable.rows(under: "Callables").flatMap(\.names)
    #expect(rows.count == 207)
    #expect(Set(names).symmetricDifference(rows).sorted() == [])
  }

  @Test(arguments: [("VI flags", 33), ("Event types", 16), ("Protection-domain flags", 9), ("Capabilities", 58)])
  func everyFlagEventAndCapabilityHasARow(_ heading: String, _ count: Int) throws {
    let names = try APITable.rows(under: heading).flatMap(\.names)
    #expect(Set(names).count == count)
    #expect(names.count == count)
  }

  @Test(arguments: headings) func noRowIsWithoutATestOrAReason(_ heading: String) throws {
    let rows = try APITable.rows(under: heading)
    #expect(!rows.isEmpty)
    for row in rows {
      #expect(!row.tests.isEmpty || row.reason.count > 10, "\(row.names)")
      #expect(!row.symbols.isEmpty || row.reason.count > 10, "\(row.names) has neither a Swift name nor a reason")
    }
  }

  @Test(arguments: headings) func theSwiftNamesAreDeclared(_ heading: String) throws {
    let code = try APITable.sources("Sources", "Emulator").values.joined(separator: "\n")
    for row in try APITable.rows(under: heading) {
      for symbol in row.symbols {
        let name = APITable.bareName(symbol)
        let isDeclared = ["func", "var", "let", "case", "init", "struct", "enum", "class", "subscript"].contains {
          code.contains("\($0) \(name)") || code.contains("\($0) `\(name)`")
        }
        #expect(isDeclared || name == "init" || code.contains(", \(name),"), "\(symbol) of \(row.names)")
      }
    }
  }

  @Test(arguments: headings) func theTestsExistAndUseTheSwiftName(_ heading: String) throws {
    let files = try APITable.sources("Tests")
    for row in try APITable.rows(under: heading) {
      for test in row.tests {
        let places = files.filter { $0.value.contains("func \(test)(") }
        #expect(!places.isEmpty, "\(test) of \(row.names) is no test")
        // A file of tests shares what it looks at; a capability is one of a list that is looked at as a whole.
        guard heading != "Capabilities", let symbol = row.symbols.first else { continue }
        let name = APITable.bareName(symbol)
        #expect(
          name == "init" || places.contains { $0.value.contains(name) || sees($0.key, name, files) },
          "\(test) never uses \(symbol) of \(row.names)")
      }
    }
  }

  /// Whether a helper beside the test uses the name.
  private func sees(_ path: String, _ name: String, _ files: [String: String]) -> Bool {
    let folder = path.split(separator: "/").prefix(2).joined(separator: "/") + "/"
    return files.contains { $0.key.hasPrefix(folder) && $0.value.contains(name) }
  }
}
