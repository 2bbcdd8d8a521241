import Foundation

/// A C or C++ compiler of this system.
package struct CCompiler: Sendable, CustomStringConvertible {
  package enum Language: String, Sendable {
    case c
    case cPlusPlus = "c++"
  }

  package let path: String
  package let language: Language
  package var description: String { path }

  /// All that are installed for a language, each once. There is one at least: Swift's own toolchain has Clang.
  package static func installed(_ language: Language) -> [CCompiler] {
    let names = language == .c ? ["cc", "gcc", "clang"] : ["c++", "g++", "clang++"]
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    var seen: Set<String> = []
    var found: [CCompiler] = []
    for name in names {
      for folder in folders {
        let path = "\(folder)/\(name)"
        guard FileManager.default.isExecutableFile(atPath: path) else { continue }
        // What a name stands for is found by following it: cc may be gcc. Clang is clang++ by its name, so the
        // languages are told apart before.
        if seen.insert(URL(filePath: path).resolvingSymlinksInPath().path).inserted {
          found.append(CCompiler(path: path, language: language))
        }
        break
      }
    }
    return found
  }

  /// Compiles as this language, whatever the names of the files end in.
  package func callAsFunction(_ arguments: [String]) throws -> Command.Outcome {
    try Command.run(path, ["-x", language.rawValue] + arguments)
  }
}
