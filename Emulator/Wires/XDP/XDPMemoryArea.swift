import CLinuxShims
import EmulatedAdapter
import Glibc

/// The mapping of this process that memory is part of, as /proc/self/maps lists it.
struct XDPMemoryArea {
  private(set) var area = xdp_memory_area()

  /// Throws where the memory is no single mapping that can be had twice: shared, and writable.
  init(_ base: UnsafeMutableRawPointer, byteCount: Int) throws(UserMemoryRefusal) {
    let start = UInt64(UInt(bitPattern: base))
    guard let file = fopen("/proc/self/maps", "re") else { throw .kernel(step: "list mappings", errno: errno) }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 8192)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      // start-end rwxs offset device inode name
      let words = text.split(separator: " ", maxSplits: 3)
      guard words.count == 4, let dash = words[0].firstIndex(of: "-"),
        let first = UInt64(words[0][..<dash], radix: 16),
        let end = UInt64(words[0][words[0].index(after: dash)...], radix: 16),
        let offset = UInt64(words[2], radix: 16), first <= start, start < end
      else { continue }
      guard words[1].hasSuffix("s") else { throw .privateMapping }
      guard words[1].hasPrefix("rw") else { throw .readOnly }
      guard start + UInt64(byteCount) <= end else { throw .severalMappings }
      area = xdp_memory_area(start: first, end: end, offset: offset)
      return
    }
    throw .unmapped
  }
}
