import CBaseline
import Glibc

/// What a reader has to know to judge the figures.
enum Machine {
  static var facts: [(String, String)] {
    [
      ("machine", "\(processor), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores"),
      ("kernel", "\(read("/proc/sys/kernel/ostype")) \(read("/proc/sys/kernel/osrelease"))"),
      ("load", "\(loadBefore) before"), ("date", date), ("command", command),
    ]
  }

  /// Before anything was measured.
  private static let loadBefore = read("/proc/loadavg")

  static func printHeader() {
    for (name, value) in facts { print("\(name.filled(8)) \(value)") }
  }

  /// Since some moment.
  static var seconds: Double { Double(baseline_now()) / 1e9 }

  static var processNumber: Int { Int(getpid()) }

  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// The path of this program.
  static var program: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    return String(decoding: buffer[..<max(0, count)].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  static func remove(_ path: String) { unlink(path) }

  static func flush() { fflush(nil) }

  /// Whether whoever holds the other end of the input has closed it.
  static var isInputOver: Bool {
    var entry = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, 0) > 0 else { return false }
    var byte: UInt8 = 0
    return Glibc.read(0, &byte, 1) <= 0
  }

  /// Bytes of memory that the process has resident.
  static var resident: Int {
    let fields = read("/proc/self/statm").split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  private static var processor: String {
    let line = read("/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.drop { $0 == " " } }.map(String.init) ?? "unknown processor"
  }

  private static var date: String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    let count = strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M UTC", &parts)
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static var command: String {
    let quick = getenv("QUICK").map { "QUICK=\(String(cString: $0)) " } ?? ""
    return quick + (["Benchmarks/run"] + CommandLine.arguments.dropFirst()).joined(separator: " ")
  }

  private static func read(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "?" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var text = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
    while text.last == "\n" { text.removeLast() }
    return text
  }
}
