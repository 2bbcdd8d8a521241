import Compilers
import Foundation
import Testing

/// What the manifest makes of a tree of headers, in a copy of it.
@Suite(.timeLimit(.minutes(3))) struct HeaderPlacesTests {
  /// A package of the manifest alone, and trees beside it.
  final class Copy {
    let folder = FileManager.default.temporaryDirectory.appending(path: "places-\(UUID().uuidString)")
    var package: URL { folder.appending(path: "package") }

    init() throws {
      try FileManager.default.createDirectory(
        at: package.appending(path: "Sources/CEtherFabric"), withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: Command.root.appending(path: "Package.swift"), to: package.appending(path: "Package.swift"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A tree with headers at a place in it.
    func tree(_ name: String, _ place: String) throws -> URL {
      let tree = folder.appending(path: name)
      let headers = tree.appending(path: place).appending(path: "etherfabric")
      try FileManager.default.createDirectory(at: headers, withIntermediateDirectories: true)
      try "// none".write(to: headers.appending(path: "ef_vi.h"), atomically: true, encoding: .utf8)
      return tree
    }

    /// The names of the targets, as SwiftPM reads them now.
    func targets(home: String) throws -> Set<String> {
      let outcome = try Command.run(
        "/usr/bin/env",
        [
          "ONLOAD_HOME=\(home)", "swift", "package", "--package-path", package.path, "--manifest-cache", "none",
          "dump-package",
        ])
      #expect(outcome.status == 0, "\(outcome.output)")
      let start = outcome.output.firstIndex(of: "{") ?? outcome.output.startIndex
      let json = try JSONSerialization.jsonObject(with: Data(outcome.output[start...].utf8)) as? [String: Any]
      return Set((json?["targets"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String })
    }

    /// The include paths that were written down.
    var flags: String {
      get throws {
        let trees = package.appending(path: "Sources/CEtherFabric/Trees")
        return try FileManager.default.contentsOfDirectory(atPath: trees.path).sorted().map {
          try String(contentsOf: trees.appending(path: $0).appending(path: "onload.pc"), encoding: .utf8)
        }.joined()
      }
    }
  }

  static let backend: Set = ["CEtherFabric", "CLibciul", "HardwareBackend", "CHardwareRegistration"]

  @Test(arguments: ["src/include", "usr/include", "include", ""]) func eachLayoutIsFound(_ place: String) throws {
    let copy = try Copy()
    let tree = try copy.tree("a tree", place)
    let targets = try copy.targets(home: tree.path)
    #expect(targets.isSuperset(of: Self.backend))
    #expect(!targets.contains("CiulLibrary"))
    let path = place.isEmpty ? tree.path : tree.appending(path: place).path
    #expect(try copy.flags.contains("-I" + path.replacing(" ", with: "\\ ")))
  }

  @Test func withoutHeadersThereIsNothingOfIt() throws {
    let copy = try Copy()
    for home in ["", "/no/such/tree"] {
      let targets = try copy.targets(home: home)
      #expect(targets.isDisjoint(with: Self.backend))
      #expect(targets.contains("CiulLibrary"))
    }
    #expect(throws: (any Error).self) { try copy.flags }
  }

  @Test func vendorIsLookedAtAndTheEnvironmentGoesFirst() throws {
    let copy = try Copy()
    let vendored = try copy.tree("vendored", "src/include")
    try FileManager.default.createDirectory(
      at: copy.package.appending(path: "Vendor"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: copy.package.appending(path: "Vendor/onload"), withDestinationURL: vendored)
    #expect(try copy.targets(home: "").isSuperset(of: Self.backend))
    #expect(try copy.flags.contains(vendored.path))
    let other = try copy.tree("other", "include")
    #expect(try copy.targets(home: other.path).isSuperset(of: Self.backend))
    #expect(try copy.flags.contains(other.path))
  }
}
