import Foundation

/// Runs the program that opens one device, with a libciul of the test's choice.
enum Opener {
  static func open(_ device: String, _ environment: [String: String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "HardwareOpener")
    process.arguments = [device]
    var all = ProcessInfo.processInfo.environment
    for name in ["EFVI_LIBCIUL", "EFVI_LIBCIUL_VERSION", "EFVI_DEVICE", "LD_LIBRARY_PATH"] { all[name] = nil }
    process.environment = all.merging(environment) { $1 }
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}

/// A library with the functions of libciul, of which one tells a version and the others return -ENOENT.
final class FakeLibrary {
  let folder: URL
  var path: String { folder.appending(path: "libciul.so.1").path }

  init(version: String, without missing: String? = nil) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "fake-ciul-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let table = try String(contentsOf: root.appending(path: "Emulator/CLibrary/api.tsv"), encoding: .utf8)
    let rows = table.split(separator: "\n").dropFirst().map { $0.split(separator: "\t") }
    var source = ""
    for row in rows where row[2] == "function" && !row[5].contains("in no library") && row[1] != missing ?? "" {
      let isText = row[1].hasSuffix("_str")
      source +=
        isText ? "const char *\(row[1])(void) { return \"\(version)\"; }\n" : "long \(row[1])(void) { return -2; }\n"
    }
    let file = folder.appending(path: "ciul.c")
    try source.write(to: file, atomically: true, encoding: .utf8)
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments = ["clang", "-w", "-fno-builtin", "-shared", "-fPIC", "-o", path, file.path]
    try compiler.run()
    compiler.waitUntilExit()
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}
