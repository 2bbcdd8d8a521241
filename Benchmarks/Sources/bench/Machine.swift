import Glibc

/// What a reader has to know to judge the figures.
enum Machine {
  static func printHeader() {
    print("machine  \(processor), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores")
    print("kernel   \(read("/proc/sys/kernel/ostype")) \(read("/proc/sys/kernel/osrelease"))")
    print("load     \(read("/proc/loadavg")) (before)")
    print("date     \(date)")
    print("command  \(command)")
    print("")
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
