import EtherFabric
import Glibc

/// A directory with the library under the name by which programs ask for it, and the report that it writes.
struct LibraryPlace {
  private let folder: String
  var reportFile: String { folder + "/report" }

  /// - Throws: `ENOENT` where the library is not beside the tool.
  init() throws(EtherFabricError) {
    let library = try Self.library()
    var template = Array("\(Self.variable("TMPDIR") ?? "/tmp")/efvi-run-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Self.refused("no temporary directory", errno) }
    folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    for name in ["libciul.so.1", "libciul.so"] {
      guard symlink(library, folder + "/" + name) == 0 else { throw Self.refused("no link in \(folder)", errno) }
    }
  }

  /// The environment of the program.
  func environment(device: String?, reports: Bool) -> [String: String] {
    let path = Self.variable("LD_LIBRARY_PATH").map { folder + ":" + $0 } ?? folder
    var environment = ["LD_LIBRARY_PATH": path]
    if let device { environment[DeviceVariable.name] = device }
    if reports { environment["EFVI_REPORT"] = reportFile }
    return environment
  }

  /// What the library wrote at the end of each process, and the last counters of those that could not.
  func report(_ observer: RunObserver) -> String {
    let written = report
    let text = written + observer.text(besides: written)
    return text.isEmpty ? "efvi: the program opened no adapter\n" : "what the adapters saw (emulated)\n" + text
  }

  private var report: String {
    guard let file = fopen(reportFile, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  func remove() {
    for name in ["libciul.so.1", "libciul.so", "report"] { unlink(folder + "/" + name) }
    rmdir(folder)
  }

  /// The library that was built with the tool.
  private static func library() throws(EtherFabricError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let tool = String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    let path = tool.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/libciul.so"
    guard access(path, R_OK) == 0 else {
      throw EtherFabricError(
        "efvi run", errno: errno, reason: "there is no \(path)",
        remedy: "Build it beside the tool: `swift build --product ciul`, in the same configuration.")
    }
    return path
  }

  private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  private static func refused(_ what: String, _ code: Int32) -> EtherFabricError {
    EtherFabricError("efvi run", errno: code, reason: what, remedy: "Set TMPDIR to a directory that can be written to.")
  }
}
