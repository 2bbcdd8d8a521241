/// A 48-bit Ethernet address, as frames carry it.
public struct EthernetAddress: Hashable, Sendable, LosslessStringConvertible {
  /// The address in the low 48 bits, first byte on the wire in the most significant position.
  public let value: UInt64

  /// The low 48 bits of `value`.
  @inlinable
  public init(value: UInt64) { self.value = value & 0xffff_ffff_ffff }

  /// Reads six bytes.
  @inlinable
  public init(load bytes: UnsafeRawPointer) {
    let head = UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))
    let tail = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self))
    value = UInt64(head) << 16 | UInt64(tail)
  }

  /// Writes six bytes.
  @inlinable
  public func store(to bytes: UnsafeMutableRawPointer) {
    bytes.storeBytes(of: UInt32(truncatingIfNeeded: value >> 16).bigEndian, as: UInt32.self)
    bytes.storeBytes(of: UInt16(truncatingIfNeeded: value).bigEndian, toByteOffset: 4, as: UInt16.self)
  }

  /// `00:0f:53:01:02:03`, one or two hexadecimal digits a byte; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 6 else { return nil }
    var value: UInt64 = 0
    for part in parts {
      guard part.utf8.count <= 2, part.utf8.first != UInt8(ascii: "+"), let byte = UInt8(part, radix: 16)
      else { return nil }
      value = value << 8 | UInt64(byte)
    }
    self.value = value
  }

  public static let broadcast = EthernetAddress(value: 0xffff_ffff_ffff)

  /// The group bit: broadcast and multicast addresses.
  @inlinable
  public var isMulticast: Bool { value & 0x0100_0000_0000 != 0 }

  /// The group address that IPv4 multicast to `group` goes to.
  @inlinable
  public init(multicast group: IPv4Address) {
    self.init(value: 0x0100_5e00_0000 | UInt64(group.value & 0x7f_ffff))
  }

  /// The group address that IPv6 multicast to `group` goes to.
  @inlinable
  public init(multicast group: IPv6Address) {
    self.init(value: 0x3333_0000_0000 | group.low & 0xffff_ffff)
  }

  public var description: String {
    [40, 32, 24, 16, 8, 0].map { shift in
      let byte = UInt8(truncatingIfNeeded: value >> shift)
      return (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined(separator: ":")
  }
}
