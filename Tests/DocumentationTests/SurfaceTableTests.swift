import Compilers
import Foundation
import Testing

/// `Documentation/Surfaces.md` against the code.
@Suite struct SurfaceTableTests {
  private func text(_ path: String) throws -> String {
    try String(contentsOf: Command.root.appending(path: path), encoding: .utf8)
  }

  private func headers() throws -> String {
    let folder = "Sources/CEtherFabric/Shims"
    return try FileManager.default.contentsOfDirectory(atPath: Command.root.appending(path: folder).path)
      .map { try text("\(folder)/\($0)") }.joined()
  }

  @Test func theTableIsWhatTheCodeHas() throws {
    let callables = try text("Emulator/CLibrary/api.tsv").split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t").map(String.init)
    }
    let named = Dictionary(
      try APITable.rows(under: "Callables").flatMap { row in row.names.map { ($0, !row.symbols.isEmpty) } },
      uniquingKeysWith: { first, _ in first })
    let shims = try headers()
    let code = try APITable.sources("Sources/EtherFabric", "Sources/HardwareBackend").values.joined()
    let exported = Set(try text("Emulator/CLibrary/Exports/ciul.map").matches(of: /(\w+);/).map { String($0.output.1) })
    let expected = callables.map { row in
      let name = row[1]
      let call = "ciul_\(name)("
      let emulated = named[name] == true ? "yes" : "-"
      let hardware = !shims.contains(call) ? "-" : code.contains(call) ? "called" : "shim"
      let c = row[2] != "function" ? "header" : exported.contains(name) ? "function" : "-"
      return "| `\(name)` | \(emulated) | \(hardware) | \(c) |"
    }
    #expect(expected.count == 207)
    let table = try text("Documentation/Surfaces.md").split(separator: "\n").filter { $0.hasPrefix("| `") }.map(
      String.init)
    #expect(table == expected)
  }
}
