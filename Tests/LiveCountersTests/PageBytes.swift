import CLinuxShims
import Glibc
import LiveCounters
import Testing

/// A file of memory with given bytes, as another process might leave one.
final class PageFile {
  let descriptor: Int32

  init(_ bytes: [UInt8], isSealed: Bool = true) throws {
    descriptor = efvi_page_create("test-page", bytes.count)
    try #require(descriptor >= 0)
    try #require(bytes.isEmpty || pwrite(descriptor, bytes, bytes.count, 0) == bytes.count)
    if isSealed { try #require(efvi_page_seal(descriptor) == 0) }
  }

  deinit { close(descriptor) }

  /// Nil where the page is read.
  var refusal: PageRefusal? {
    do throws(PageRefusal) {
      _ = try LivePage(descriptor: descriptor, process: 1)
      return nil
    } catch {
      return error
    }
  }
}

/// A page of two groups, and its bytes.
enum Sample {
  static let groups = [
    CounterGroup(
      "port", instances: 1,
      fields: [
        CounterDefinition("rx_packets", unit: "packets", help: "frames that came"),
        CounterDefinition("rx_bytes", unit: "bytes", help: "bytes of these"),
        CounterDefinition("level", unit: "", help: "how full it is", kind: .gauge),
      ]),
    CounterGroup(
      "interface", instances: 4, fields: [CounterDefinition("tx_packets", unit: "packets", help: "frames \"sent\"")]),
  ]

  static func page(_ device: String = "emu:test:0") -> CounterPage { CounterPage(device: device, groups: groups) }

  static func descriptor(_ page: CounterPage) throws -> Int32 {
    guard case .shared(let descriptor) = page.location else { throw Hidden() }
    return descriptor
  }

  static func bytes() throws -> [UInt8] {
    let page = page()
    let descriptor = try descriptor(page)
    var status = stat()
    fstat(descriptor, &status)
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    try #require(pread(descriptor, &bytes, bytes.count, 0) == bytes.count)
    return bytes
  }

  struct Hidden: Error {}
}

extension [UInt8] {
  /// Overwrites a word of the page.
  func with<Value: FixedWidthInteger>(_ value: Value, at offset: Int) -> [UInt8] {
    var bytes = self
    for index in 0..<(Value.bitWidth / 8) { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    return bytes
  }
}
