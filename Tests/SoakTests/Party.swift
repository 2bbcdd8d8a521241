import EtherFabric

/// One user of the cable. All of them take turns on one thread.
protocol Party: AnyObject {
  var name: String { get }
  /// Does one thing.
  func step(_ random: inout Random) throws
  /// Takes what has arrived or completed, and starts nothing. Returns whether there was anything.
  func drain() throws -> Bool
  /// Ends, and says what is not accounted for.
  func finish() throws -> [String]
}

enum Frames {
  /// An address of nobody's port, that a packed-stream receiver filters for.
  static let streamMAC = MACAddress(value: 0x0200_0000_5053)

  /// An address that a set of interfaces filters for.
  static let setMAC = MACAddress(value: 0x0200_0000_5345)

  /// Writes a frame's headers: for the set those of a UDP datagram of some flow, which decides on the member.
  static func write(
    to destination: MACAddress, from source: MACAddress, flow: Int, at start: UnsafeMutableRawPointer, length: Int
  ) {
    writeHeader(to: destination, from: source, at: start)
    guard destination == setMAC, length >= 42 else { return }
    start.storeBytes(of: UInt16(0x0800).bigEndian, toByteOffset: 12, as: UInt16.self)
    let header: [UInt8] = [
      0x45, 0, UInt8((length - 14) >> 8), UInt8((length - 14) & 0xff), 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0,
      UInt8(flow & 0xff), 10, 0, 1, 1, 0x10, 0, 0x20, 0, UInt8((length - 34) >> 8), UInt8((length - 34) & 0xff), 0, 0,
    ]
    header.withUnsafeBytes { (start + 14).copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
  }

  /// Writes an Ethernet header. The rest stays as it is.
  static func writeHeader(to destination: MACAddress, from source: MACAddress, at start: UnsafeMutableRawPointer) {
    destination.store(to: start)
    source.store(to: start + 6)
    start.storeBytes(of: 0x88, toByteOffset: 12, as: UInt8.self)
    start.storeBytes(of: 0xb5, toByteOffset: 13, as: UInt8.self)
  }
}
