import Glibc

/// What the process has mapped.
enum MemoryMap {
  /// Whether all of a range can be read and written. The driver would find out when it pins the pages.
  static func isWritable(_ start: UnsafeRawPointer, count: Int) -> Bool {
    let first = UInt(bitPattern: start)
    let (end, overflows) = first.addingReportingOverflow(UInt(count))
    guard !overflows, let file = fopen("/proc/self/maps", "r") else { return !overflows }
    defer { fclose(file) }
    var covered = first
    var line: UnsafeMutablePointer<CChar>?
    var room = 0
    defer { free(line) }
    while covered < end, getline(&line, &room, file) > 0, let text = line {
      var rest: UnsafeMutablePointer<CChar>?
      let low = UInt(strtoul(text, &rest, 16))
      guard let dash = rest, dash.pointee == CChar(bitPattern: UInt8(ascii: "-")) else { continue }
      let high = UInt(strtoul(dash + 1, &rest, 16))
      guard high > covered else { continue }
      // " rw"
      guard low <= covered, let flags = rest, flags[1] == CChar(bitPattern: UInt8(ascii: "r")),
        flags[2] == CChar(bitPattern: UInt8(ascii: "w"))
      else { return false }
      covered = high
    }
    return covered >= end
  }
}
