import Compilers
import Foundation
import Testing

/// What the library shows to the dynamic linker.
@Suite struct ExportTests {
  @Test func itExportsTheFunctionsOfTheListAndNothingElse() throws {
    let list = try String(
      contentsOf: Command.root.appending(path: "Emulator/CLibrary/api.tsv"), encoding: .utf8)
    var functions: [String] = []
    for line in list.split(separator: "\n") {
      let columns = line.split(separator: "\t")
      if columns[2] == "function" { functions.append(String(columns[1])) }
    }
    #expect(functions.count == 103)
    let symbols = try Command.run("/usr/bin/env", ["nm", "-D", "--defined-only", Library.file])
    var exported: [String] = []
    for line in symbols.output.split(separator: "\n") {
      if let name = line.split(separator: " ").last { exported.append(String(name)) }
    }
    #expect(exported.sorted() == functions.sorted())
  }

  @Test func programsAskForItByTheNameOfLibciul() throws {
    let section = try Command.run("/usr/bin/env", ["readelf", "-d", Library.file]).output
    #expect(section.contains("Library soname: [libciul.so.1]"))
  }
}
