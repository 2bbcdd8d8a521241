import Compilers
import Foundation
import Testing

/// The list of callables is complete, and the headers have what it says where it says.
@Suite struct ListTests {
  @Test func everyCallableIsListedOnce() throws {
    let callables = try Golden.callables()
    #expect(callables.map(\.number) == (1...207).map(String.init))
    #expect(Set(callables.map(\.name)).count == 207)
    let kinds = Dictionary(grouping: callables, by: \.kind).mapValues(\.count)
    #expect(kinds == ["function": 103, "inline": 28, "macro": 76])
    #expect(Set(callables.map(\.header)) == Set(Headers.names))
    let generations = /-|S|E?T?U?A?/
    for callable in callables {
      #expect(callable.generations.wholeMatch(of: generations) != nil, "\(callable)")
      #expect(!callable.generations.isEmpty && !callable.returns.isEmpty, "\(callable)")
    }
  }

  /// A function is looked for in the library, an inline function is in the object file, a macro is in neither.
  @Test(arguments: Headers.few) func everyNameIsOfItsKindInItsHeader(_ dialect: Headers.Dialect) throws {
    for (header, callables) in Dictionary(grouping: try Golden.callables(), by: \.header) {
      var source = "#include <etherfabric/\(header)>\n"
      let names = callables.filter { $0.kind != "macro" }.map(\.name)
      for callable in callables {
        source += "#\(callable.kind == "macro" ? "ifndef" : "ifdef") \(callable.name)\n"
        source += "#error \(callable.name) is no \(callable.kind)\n#endif\n"
      }
      source += "typedef void (*address)(void);\nextern const address addresses[];\nconst address addresses[] = {"
      source += (names.map { "(address)&\($0)" } + ["0"]).joined(separator: ", ") + "};\n"
      let symbols = try Headers.withScratch { folder in
        let file = folder.appending(path: "addresses.c")
        try source.write(to: file, atomically: true, encoding: .utf8)
        let object = folder.appending(path: "addresses.o").path
        let compiled = try dialect([
          "-Wno-deprecated-declarations", "-Wno-cast-function-type", "-c", file.path, "-o", object,
        ])
        #expect(compiled.status == 0, "\(header): \(compiled.output)")
        return try Command.run("/usr/bin/env", ["nm", object]).output.split(separator: "\n")
      }
      for callable in callables where callable.kind != "macro" {
        let kinds = symbols.filter { $0.hasSuffix(" \(callable.name)") || demangled($0) == callable.name }.map(kind)
        #expect(kinds == [callable.kind == "function" ? "U" : "t"], "\(callable.name) in \(header)")
      }
    }
  }

  private func kind(_ line: Substring) -> Substring { line.split(separator: " ").dropLast().last ?? "" }

  /// C++ gives static functions the names `_ZL`, length, name, arguments.
  private func demangled(_ line: Substring) -> String? {
    guard let symbol = line.split(separator: " ").last, let match = symbol.wholeMatch(of: /_ZL(\d+)(.*)/),
      let length = Int(match.1)
    else { return nil }
    return String(match.2.prefix(length))
  }
}
