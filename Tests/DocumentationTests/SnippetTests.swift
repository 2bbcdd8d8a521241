import Compilers
import Foundation
import Testing

/// What the documentation shows compiles, and its first program runs.
@Suite struct SnippetTests {
  static func blocks(of path: String) throws -> [String] {
    let text = try String(contentsOf: Command.root.appending(path: path), encoding: .utf8)
    var blocks: [String] = []
    var current: [Substring]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "```swift" {
        current = []
      } else if line == "```", let lines = current {
        blocks.append(lines.joined(separator: "\n") + "\n")
        current = nil
      } else {
        current?.append(line)
      }
    }
    return blocks
  }

  @Test func theReadmesFirstProgramIsTheOneThatIsTested() throws {
    let program = try String(
      contentsOf: Command.root.appending(path: "Tests/FirstProgram/FirstProgram.swift"), encoding: .utf8)
    #expect(try Self.blocks(of: "README.md").contains(program))
    #expect(program.split(separator: "\n", omittingEmptySubsequences: false).count <= 41)
  }

  @Test func theFirstProgramRuns() throws {
    let result = try Command.run(SwiftCompiler.products.appending(path: "efvi-first-program").path, [])
    #expect(result.status == 0)
    #expect(result.output == "60 bytes: hello, adapter\n")
  }

  static let documents: [String] = {
    let folder = Command.root.appending(path: "Documentation")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".md") }.map { "Documentation/" + $0 }.sorted()
  }()

  @Test(arguments: documents) func snippetsOfTheDocumentationCompile(_ document: String) throws {
    for (number, block) in try Self.blocks(of: document).enumerated() {
      // A snippet is the body of a function, after its imports.
      let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
      let imports = lines.filter { $0.hasPrefix("import ") }
      let body = lines.filter { !$0.hasPrefix("import ") }
      let source =
        (imports + ["func snippet() async throws {"] + body + ["}"]).joined(separator: "\n") + "\n"
      let file = FileManager.default.temporaryDirectory.appending(path: "efvi-snippet-\(getpid())-\(number).swift")
      try source.write(to: file, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(at: file) }
      let result = try SwiftCompiler.typecheck(file.path)
      #expect(result.status == 0, "\(document), block \(number + 1): \(result.output)")
    }
  }
}
