/// A 48-bit Ethernet address.
public struct MACAddress: Hashable, Sendable, LosslessStringConvertible {
  /// The address in the low 48 bits, first byte on the wire in the most significant position.
  public let value: UInt64

  /// The low 48 bits of `value`.
  @inlinable
  public init(value: UInt64) { self.value = value & 0xffff_ffff_ffff }

  /// Six bytes in wire order; nil for another count.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 6 else { return nil }
    value = bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// `00:0f:53:01:02:03`, also with `-`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
    guard parts.count == 6 else { return nil }
    var value: UInt64 = 0
    for part in parts {
      guard (1...2).contains(part.count), part.first != "+", let byte = UInt8(part, radix: 16) else { return nil }
      value = value << 8 | UInt64(byte)
    }
    self.value = value
  }

  public static let broadcast = MACAddress(value: 0xffff_ffff_ffff)

  /// The group bit: broadcast and multicast addresses.
  @inlinable
  public var isMulticast: Bool { value & 0x0100_0000_0000 != 0 }

  /// The byte at `index` in wire order.
  @inlinable
  public func byte(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: value >> UInt64(40 - 8 * index)) }

  /// The six bytes in wire order.
  public var bytes: [UInt8] { (0..<6).map(byte) }

  /// Writes the six bytes in wire order.
  @inlinable
  public func store(to bytes: UnsafeMutableRawPointer) {
    bytes.storeBytes(of: UInt32(truncatingIfNeeded: value >> 16).bigEndian, as: UInt32.self)
    bytes.storeBytes(of: UInt16(truncatingIfNeeded: value).bigEndian, toByteOffset: 4, as: UInt16.self)
  }

  /// Reads six bytes in wire order.
  @inlinable
  public init(load bytes: UnsafeRawPointer) {
    value =
      UInt64(UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))) << 16
      | UInt64(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)))
  }

  public var description: String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined(separator: ":")
  }
}
