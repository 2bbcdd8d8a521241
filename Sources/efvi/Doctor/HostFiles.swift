import Glibc

/// The kernel's small files, of this host or below a folder that looks like one.
struct HostFiles {
  let root: String

  /// The whole of a small file, without blanks at its ends; nil where it cannot be read.
  func text(_ path: String) -> String? {
    guard let file = fopen(root + path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = fread(&bytes, 1, bytes.count, file)
    let isBlank = { (byte: UInt8) in byte == 32 || byte == 10 || byte == 9 || byte == 0 }
    let body = bytes[..<count].drop(while: isBlank)
    let end = body.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? body.startIndex
    return String(decoding: body[..<end], as: UTF8.self)
  }

  func exists(_ path: String) -> Bool { access(root + path, F_OK) == 0 }

  func canUse(_ path: String) -> Bool { access(root + path, R_OK | W_OK) == 0 }

  /// Names in a folder, in order.
  func names(_ path: String) -> [String] {
    guard let folder = opendir(root + path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// The last part of what a link points to; nil where it is none.
  func linkName(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink(root + path, &buffer, buffer.count)
    guard count > 0 else { return nil }
    let target = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return target.split(separator: "/").last.map(String.init)
  }
}
