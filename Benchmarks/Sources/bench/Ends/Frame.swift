import EtherFabric

/// The frame of all benchmarks: UDP over IPv4 to 10.9.0.1:9000, with the checksum of the IPv4 header and none of UDP.
/// An adapter that is to fill checksums fills in both.
struct Frame: @unchecked Sendable {
  /// An address that no interface has: the kernel drops such a frame early, for every sender alike.
  static let nobody = MACAddress(value: 0x0200_0000_0000)

  let bytes: UnsafeMutablePointer<UInt8>

  /// A frame in memory of its own, until `free()`.
  init(length: Int, destination: MACAddress, source: MACAddress) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(length, 64), alignment: 64)
    Self.store(to: memory, length: length, destination: destination, source: source)
    bytes = memory.assumingMemoryBound(to: UInt8.self)
  }

  func free() { UnsafeMutableRawPointer(bytes).deallocate() }

  static func store(
    to frame: UnsafeMutableRawPointer, length: Int, destination: MACAddress, source: MACAddress
  ) {
    frame.initializeMemory(as: UInt8.self, repeating: 0, count: length)
    destination.store(to: frame)
    source.store(to: frame + 6)
    func field(_ offset: Int, _ value: Int) {
      frame.storeBytes(of: UInt16(value).bigEndian, toByteOffset: offset, as: UInt16.self)
    }
    field(12, 0x0800)
    field(14, 0x4500)
    field(16, length - 14)
    field(22, 0x4011)
    field(26, 0x0a09)
    field(28, 2)
    field(30, 0x0a09)
    field(32, 1)
    field(34, 9001)
    field(36, 9000)
    field(38, length - 34)
    let words = stride(from: 14, to: 34, by: 2).map { Int(frame.load(fromByteOffset: $0, as: UInt16.self).bigEndian) }
    let sum = words.reduce(0, +)
    field(24, ~((sum & 0xffff) + sum >> 16) & 0xffff)
    for index in 42..<length {
      frame.storeBytes(of: UInt8(truncatingIfNeeded: index), toByteOffset: index, as: UInt8.self)
    }
  }
}
