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

  /// Writes an Ethernet header. The rest stays as it is.
  static func writeHeader(to destination: MACAddress, from source: MACAddress, at start: UnsafeMutableRawPointer) {
    destination.store(to: start)
    source.store(to: start + 6)
    start.storeBytes(of: 0x88, toByteOffset: 12, as: UInt8.self)
    start.storeBytes(of: 0xb5, toByteOffset: 13, as: UInt8.self)
  }
}
