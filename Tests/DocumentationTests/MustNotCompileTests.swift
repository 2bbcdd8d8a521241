import Compilers
import Foundation
import Testing

/// Misuse of buffers and frames is refused by the compiler: each file of Tests/MustNotCompile says on its first line
/// what the compiler must answer.
@Suite struct MustNotCompileTests {
  static let folder = Command.root.appending(path: "Tests/MustNotCompile")

  static let files: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".swift") }.sorted()
  }()

  @Test func theFolderIsThere() {
    #expect(Self.files.count >= 10)
  }

  @Test(arguments: files) func misuseIsRefused(_ file: String) throws {
    let path = Self.folder.appending(path: file).path
    let source = try String(contentsOfFile: path, encoding: .utf8)
    let first = try #require(source.split(separator: "\n").first)
    let expected = try #require(first.hasPrefix("// error: ") ? first.dropFirst(10) : nil)
    let result = try SwiftCompiler.typecheck(path)
    #expect(result.status != 0, "it compiled")
    let errors = result.output.split(separator: "\n").filter { $0.contains("error:") }
    #expect(errors.contains { $0.contains(expected) }, "\(result.output)")
    // The misuse must be all that is wrong with the file.
    #expect(!errors.contains { $0.contains("cannot find") || $0.contains("no such module") }, "\(result.output)")
  }
}
