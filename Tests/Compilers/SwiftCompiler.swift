import Foundation

/// The Swift compiler over the modules that this test run was built with.
package enum SwiftCompiler {
  /// Where the products are: beside the test bundle.
  package static let products: URL = {
    var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    for candidate in [folder, Command.root.appending(path: ".build/debug")]
    where FileManager.default.fileExists(atPath: candidate.appending(path: "Modules").path) {
      folder = candidate
      break
    }
    return folder
  }()

  /// Compiles a file as a program outside the package would be, up to the checks of ownership.
  package static func typecheck(_ path: String) throws -> Command.Outcome {
    var arguments = [
      "swiftc", "-emit-sil", "-o", "/dev/null", "-swift-version", "6", "-parse-as-library",
      "-enable-experimental-feature", "Lifetimes", "-I", products.appending(path: "Modules").path,
    ]
    for target in ["CBackendTable", "CLinuxShims", "CEmulatorRegistration"] {
      let map = products.appending(path: "\(target).build/module.modulemap").path
      arguments += ["-Xcc", "-fmodule-map-file=\(map)"]
    }
    for folder in ["CPcap", "CNuma"] { arguments += ["-I", Command.root.appending(path: "Sources/\(folder)").path] }
    return try Command.run("/usr/bin/env", arguments + [path])
  }
}
