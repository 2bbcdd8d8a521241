import EtherFabric
import Glibc
import Synchronization

/// What the adapters saw, appended at the end of the process to the file that `EFVI_REPORT` names: `efvi run` shows it.
/// A process that a signal ends writes none; its live counters tell the rest.
enum ExitReport {
  static let variable = "EFVI_REPORT"

  /// Adapters stay open until then.
  private static let drivers = Mutex<[String: Driver]>([:])

  static func add(_ driver: Driver) {
    guard getenv(variable) != nil else { return }
    let isFirst = drivers.withLock { drivers in
      defer { drivers[driver.identity.device] = driver }
      return drivers.isEmpty
    }
    if isFirst { atexit { ExitReport.write() } }
  }

  private static func write() {
    guard let path = getenv(variable) else { return }
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var text = drivers.withLock { $0.sorted { $0.key < $1.key } }.map { device, driver in
      "process \(getpid()) \(program), \(device)\n"
        + driver.statistics().nonzero.text().split(separator: "\n").map { "  \($0)\n" }.joined()
    }.joined()
    // One write, so that the reports of several processes do not mix.
    text.withUTF8 { bytes in _ = Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
  }

  private static var program: String {
    var name = [UInt8](repeating: 0, count: 64)
    let descriptor = open("/proc/self/comm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "?" }
    defer { close(descriptor) }
    let count = read(descriptor, &name, name.count)
    return String(decoding: name.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self)
  }
}
