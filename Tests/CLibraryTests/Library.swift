import Compilers
import Foundation
import Testing

/// The built library, and the tool beside it.
enum Library {
  /// Beside the running test, or beside its bundle.
  static let products: URL = {
    let running = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }.map { URL(fileURLWithPath: $0) }
    let places = ([running] + bundles).map { $0.deletingLastPathComponent() }
    let found = places.first { FileManager.default.fileExists(atPath: $0.appending(path: "libciul.so").path) }
    return found ?? Command.root.appending(path: ".build/debug")
  }()

  static var file: String { products.appending(path: "libciul.so").path }
  static var tool: String { products.appending(path: "efvi").path }
}

/// A program of `Programs`, compiled against our headers and linked to our library.
final class Program {
  private let folder: URL
  private let path: String

  /// - Parameter language: C, or the same text as C++.
  convenience init(_ name: String, _ language: CCompiler.Language = .c) throws {
    try self.init(name, sources: ["CLibraryTests/Programs/\(name).c"], language)
  }

  /// - Parameter sources: files below `Tests`.
  init(
    _ name: String, sources: [String], flags: [String] = [], _ language: CCompiler.Language = .c
  ) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "efvi-program-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // The name that programs of libciul ask for.
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(path: "libciul.so.1").path, withDestinationPath: Library.file)
    path = folder.appending(path: name).path
    let compiler = try #require(CCompiler.installed(language).first)
    let compiled = try compiler(
      [
        "-std=\(language == .c ? "gnu17" : "c++17")", "-O1", "-Wall", "-Wextra", "-Werror",
        "-Wno-deprecated-declarations",
        "-I", Command.root.appending(path: "Emulator/CLibrary/include").path, "-o", path,
      ] + flags + sources.map { Command.root.appending(path: "Tests/\($0)").path } + [
        "-L", Library.products.path, "-lciul", "-lpthread",
      ])
    try #require(compiled.status == 0, "\(compiled.output)")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var file: String { path }
  /// Where the library is under the name that programs ask for.
  var libraryFolder: String { folder.path }

  /// Runs it to its end. One that hangs is killed.
  func run(_ device: String, _ arguments: [String] = []) throws -> Command.Outcome {
    try Command.run(
      "/usr/bin/env",
      ["LD_LIBRARY_PATH=\(folder.path)", "EFVI_DEVICE=\(device)", "timeout", "-s", "KILL", "120", path] + arguments)
  }
}
