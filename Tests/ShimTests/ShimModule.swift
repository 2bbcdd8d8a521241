import Compilers
import Foundation

/// CEtherFabric as a build with headers has it, in a folder of the test's own: against the headers of this project.
final class ShimModule {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "shims-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "etherfabric"),
      withDestinationURL: Command.root.appending(path: "Emulator/CLibrary/include/etherfabric"))
    let header = Command.root.appending(path: "Sources/CEtherFabric/CEtherFabric.h").path
    try "module CEtherFabric [system] { header \"\(header)\" export * }\n".write(
      to: folder.appending(path: "module.modulemap"), atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static let programs = Command.root.appending(path: "Tests/ShimTests/Programs")

  /// An object of the Swift calls.
  func swiftObject() throws -> URL {
    let object = folder.appending(path: "swift.o")
    let outcome = try Command.run(
      "/usr/bin/env",
      [
        "swiftc", "-O", "-parse-as-library", "-emit-object", "-module-cache-path", folder.path, "-Xcc",
        "-I\(folder.path)", "-Xcc", "-fmodule-map-file=\(folder.path)/module.modulemap",
        Self.programs.appending(path: "calls.swift").path, "-o", object.path,
      ])
    guard outcome.status == 0 else { throw Refusal(text: outcome.output) }
    return object
  }

  /// An object of the C calls, by Swift's own Clang.
  func cObject() throws -> URL {
    let object = folder.appending(path: "c.o")
    let outcome = try Command.run(
      "/usr/bin/env",
      [
        "clang", "-O2", "-fPIC", "-fomit-frame-pointer", "-I\(folder.path)", "-c",
        Self.programs.appending(path: "calls.c").path, "-o", object.path,
      ])
    guard outcome.status == 0 else { throw Refusal(text: outcome.output) }
    return object
  }

  /// What an object wants of others.
  static func undefined(_ object: URL) throws -> [String] {
    try Command.run("/usr/bin/env", ["nm", "--undefined-only", object.path]).output.split(separator: "\n").compactMap {
      $0.split(separator: " ").last.map(String.init)
    }
  }

  /// Instructions by function, without what fills up to an alignment.
  static func instructions(_ object: URL) throws -> [String: [String]] {
    let text = try Command.run("/usr/bin/env", ["objdump", "-d", "--no-show-raw-insn", object.path]).output
    var functions: [String: [String]] = [:]
    var name = ""
    for line in text.split(separator: "\n") {
      if line.hasSuffix(">:"), let start = line.firstIndex(of: "<") {
        name = String(line[line.index(after: start)...].dropLast(2))
      } else if let tab = line.firstIndex(of: "\t") {
        let words = line[tab...].split { $0 == " " || $0 == "\t" }
        let isFilling = words.contains { $0.hasPrefix("nop") } || words.first == "xchg" || words.first == "endbr64"
        if !isFilling { functions[name, default: []].append(words.joined(separator: " ")) }
      }
    }
    return functions
  }

  struct Refusal: Error {
    let text: String
  }
}
