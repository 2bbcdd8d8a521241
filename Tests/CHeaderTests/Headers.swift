import Compilers
import Foundation
import Testing

/// The headers under test, and programs over them.
enum Headers {
  static let names = [
    "base.h", "capabilities.h", "checksum.h", "ef_vi.h", "efct_vi.h", "memreg.h", "packedstream.h", "pd.h", "pio.h",
    "timer.h", "vi.h",
  ]
  static let folder = Command.root.appending(path: "Emulator/CLibrary/include")
  static let all = names.map { "#include <etherfabric/\($0)>\n" }.joined()

  /// A compiler with the language to be compiled.
  struct Dialect: Sendable, CustomTestStringConvertible {
    var compiler: CCompiler
    var standard: String
    var testDescription: String { "\(compiler) -std=\(standard)" }

    func callAsFunction(_ arguments: [String]) throws -> Command.Outcome {
      try compiler(
        ["-std=\(standard)", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", Headers.folder.path] + arguments)
    }
  }

  static func dialects(c: [String], cPlusPlus: [String]) -> [Dialect] {
    CCompiler.installed(.c).flatMap { compiler in c.map { Dialect(compiler: compiler, standard: $0) } }
      + CCompiler.installed(.cPlusPlus).flatMap { compiler in
        cPlusPlus.map { Dialect(compiler: compiler, standard: $0) }
      }
  }

  /// One of each compiler.
  static let usual = dialects(c: ["gnu17"], cPlusPlus: ["c++17"])

  /// One compiler of each language, for what no compiler decides.
  static let few = [CCompiler.Language.c, .cPlusPlus].compactMap { language in
    usual.first { $0.compiler.language == language }
  }

  /// Compiles a source and runs it: what it wrote, or what the compiler said.
  static func output(_ source: String, _ dialect: Dialect) throws -> String {
    try withScratch { folder in
      let file = folder.appending(path: "program.c")
      try source.write(to: file, atomically: true, encoding: .utf8)
      return try output(of: file, dialect, folder)
    }
  }

  static func output(of file: URL, _ dialect: Dialect, _ folder: URL) throws -> String {
    let program = folder.appending(path: "program").path
    let compiled = try dialect([file.path, "-o", program])
    guard compiled.status == 0 else { return compiled.output }
    let ran = try Command.run(program)
    return ran.status == 0 ? ran.output : ran.output + "ended with \(ran.status)\n"
  }

  static func withScratch<Value>(_ body: (URL) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "efvi-headers-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
