import Glibc

/// What the system tells of processes.
enum ProcessIdentity {
  /// Clock ticks from boot to the start of a process; nil where there is none of this number.
  static func start(of process: String) -> UInt64? { status(of: process)?.start }

  /// Whether a process of this start still runs: one that has ended and is not yet forgotten does not.
  static func isRunning(_ process: String, since start: UInt64) -> Bool {
    guard let status = status(of: process) else { return false }
    return status.start == start && ![UInt8(ascii: "Z"), UInt8(ascii: "X")].contains(status.state)
  }

  private static func status(of process: String) -> (state: UInt8, start: UInt64)? {
    // The name in brackets may hold anything, also blanks and brackets.
    guard let text = contents(of: "/proc/\(process)/stat"), let end = text.lastIndex(of: UInt8(ascii: ")")) else {
      return nil
    }
    let fields = text[(end + 1)...].split(separator: UInt8(ascii: " "))
    // The third field of the file is the first here, the 22nd is the start.
    guard fields.count > 19, let state = fields[0].first,
      let start = UInt64(String(decoding: fields[19], as: UTF8.self))
    else { return nil }
    return (state, start)
  }

  /// The number that a process has in the innermost of its namespaces.
  static func innerNumber(of process: Int32) -> Int32? {
    guard let text = contents(of: "/proc/\(process)/status") else { return nil }
    for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: Array("NSpid:".utf8)) {
      return line.split(whereSeparator: { $0 == 9 || $0 == 32 }).last.flatMap {
        Int32(String(decoding: $0, as: UTF8.self))
      }
    }
    return process
  }

  /// The name of this process, as `ps` shows it.
  static var program: String {
    let name = contents(of: "/proc/self/comm") ?? []
    return String(decoding: name.prefix { $0 >= 32 && $0 != 127 }, as: UTF8.self)
  }

  private static func contents(of path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = read(file, &bytes, bytes.count)
    return count > 0 ? Array(bytes[..<count]) : nil
  }
}
