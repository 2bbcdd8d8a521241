import Compilers
import Foundation
import Testing

/// The shims against the list of callables.
@Suite(.timeLimit(.minutes(1))) struct CompletenessTests {
  static func shims() throws -> String {
    let folder = Command.root.appending(path: "Sources/CEtherFabric/Shims")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
    }.joined()
  }

  static func callables() throws -> [[String]] {
    let list = try String(contentsOf: Command.root.appending(path: "Emulator/CLibrary/api.tsv"), encoding: .utf8)
    return list.split(separator: "\n").dropFirst().map { $0.split(separator: "\t").map(String.init) }
  }

  /// An attribute, and two functions that no library has.
  static let without: Set = ["EF_VI_ALIGN", "ef_filter_spec_set_user_mark", "ef_filter_spec_set_user_flag"]

  @Test func everyCallableHasAShimAndThereIsNoOther() throws {
    let names = try Self.callables().map { $0[1] }.filter { !Self.without.contains($0) }
    let defined = try Self.shims().matches(of: /static inline [^;{]*?ciul_(\w+)\(/).map { String($0.output.1) }
    #expect(names.count == 204)
    #expect(Set(defined).symmetricDifference(names).sorted() == [])
    #expect(defined.count == names.count)
  }

  @Test func theTableHasTheFunctionsOfTheLibrary() throws {
    let header = try String(
      contentsOf: Command.root.appending(path: "Sources/CEtherFabric/Library.h"), encoding: .utf8)
    let listed = header.matches(of: /each\((\w+)\)/).map { String($0.output.1) }
    let functions = try Self.callables().filter { $0[2] == "function" }.map { $0[1] }.filter {
      !Self.without.contains($0)
    }
    #expect(listed == functions)
  }

  @Test(arguments: CCompiler.installed(.c)) func theHeadersCompileWithoutAWarning(_ compiler: CCompiler) throws {
    let module = try ShimModule()
    let source = module.folder.appending(path: "all.c")
    try "#include \"\(Command.root.path)/Sources/CEtherFabric/CEtherFabric.h\"\nint main(void) { return 0; }\n".write(
      to: source, atomically: true, encoding: .utf8)
    let outcome = try compiler([
      "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-Wno-deprecated-declarations", "-Wno-unknown-pragmas",
      "-fsyntax-only",
      "-I\(module.folder.path)", source.path,
    ])
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
