import Foundation

/// The Swift compiler over the modules that this test run was built with.
enum Compiler {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Where the products are: beside the test bundle.
  static let products: URL = {
    var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    for candidate in [folder, root.appending(path: ".build/debug")]
    where FileManager.default.fileExists(atPath: candidate.appending(path: "Modules").path) {
      folder = candidate
      break
    }
    return folder
  }()

  struct Result {
    var status: Int32
    var output: String
  }

  static func run(_ program: String, _ arguments: [String]) throws -> Result {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Result(status: process.terminationStatus, output: String(decoding: data, as: UTF8.self))
  }

  /// Compiles a file as a program outside the package would be, up to the checks of ownership.
  static func typecheck(_ path: String) throws -> Result {
    var arguments = [
      "swiftc", "-emit-sil", "-o", "/dev/null", "-swift-version", "6", "-parse-as-library",
      "-enable-experimental-feature", "Lifetimes", "-I", products.appending(path: "Modules").path,
    ]
    for target in ["CBackendTable", "CLinuxShims", "CEmulatorRegistration"] {
      let map = products.appending(path: "\(target).build/module.modulemap").path
      arguments += ["-Xcc", "-fmodule-map-file=\(map)"]
    }
    for folder in ["CPcap", "CNuma"] { arguments += ["-I", root.appending(path: "Sources/\(folder)").path] }
    return try run("/usr/bin/env", arguments + [path])
  }
}
