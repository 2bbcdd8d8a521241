/// The 14 bytes that EF10 writes before a packet in its first buffer, little endian.
///
/// +0 hash, +4 outer VLAN or filter id, +6 inner VLAN, +8 packet length without prefix, +10 timestamp in quarter
/// nanoseconds. Present when timestamps, event merging or filter ids are on. Source: facts sheet, section 4.
public enum ReceivePrefix {
  public static let length = 14
  public static let hashOffset = 0
  public static let filterIDOffset = 4
  public static let packetLengthOffset = 8
  public static let timestampOffset = 10
  /// A packet without a timestamp.
  public static let noTimestamp: UInt32 = .max
  /// One second in quarter nanoseconds.
  public static let second: UInt32 = 4_000_000_000

  /// Writes a prefix. `filterID` nil sets the invalid mark (bit 7 of byte 7).
  @inlinable
  public static func store(
    to bytes: UnsafeMutableRawPointer, packetLength: Int, timestamp: UInt32, filterID: UInt16? = nil
  ) {
    bytes.storeBytes(of: 0, toByteOffset: 0, as: UInt32.self)
    bytes.storeBytes(of: (filterID ?? 0).littleEndian, toByteOffset: 4, as: UInt16.self)
    bytes.storeBytes(of: filterID == nil ? 0x80 : 0, toByteOffset: 7, as: UInt8.self)
    bytes.storeBytes(of: 0, toByteOffset: 6, as: UInt8.self)
    bytes.storeBytes(of: UInt16(truncatingIfNeeded: packetLength).littleEndian, toByteOffset: 8, as: UInt16.self)
    bytes.storeBytes(of: timestamp.littleEndian, toByteOffset: 10, as: UInt32.self)
  }

  /// Packet length of a stored prefix, in bytes.
  @inlinable
  public static func packetLength(of bytes: UnsafeRawPointer) -> Int {
    Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
  }

  /// Timestamp of a stored prefix, in quarter nanoseconds.
  @inlinable
  public static func timestamp(of bytes: UnsafeRawPointer) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 10, as: UInt32.self))
  }

  /// Filter id of a stored prefix, nil where it is marked invalid.
  @inlinable
  public static func filterID(of bytes: UnsafeRawPointer) -> UInt16? {
    bytes.load(fromByteOffset: 7, as: UInt8.self) & 0x80 != 0
      ? nil : UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self))
  }
}
