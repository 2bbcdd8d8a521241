/// An IPv4 or IPv6 address.
public struct IPAddress: Hashable, Sendable {
  /// First eight bytes of an IPv6 address, first byte on the wire most significant; 0 for IPv4.
  public let high: UInt64
  /// Last eight bytes of an IPv6 address, or the IPv4 address in the low 32 bits.
  public let low: UInt64
  /// Whether this is an IPv6 address. `::1.2.3.4` and `1.2.3.4` are different addresses.
  public let isIPv6: Bool

  /// An IPv4 address as a number: `127.0.0.1` is 0x7f00_0001.
  @inlinable
  public init(ipv4 value: UInt32) {
    high = 0
    low = UInt64(value)
    isIPv6 = false
  }

  /// An IPv4 address from its four bytes in the order they are written.
  @inlinable
  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    self.init(ipv4: UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d))
  }

  /// An IPv6 address as two halves, first byte on the wire most significant.
  @inlinable
  public init(ipv6High high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
    isIPv6 = true
  }

  /// 4 or 16 bytes in network order; nil for another count.
  public init?(bytes: some Collection<UInt8>) {
    switch bytes.count {
    case 4:
      self.init(ipv4: bytes.reduce(0) { $0 << 8 | UInt32($1) })
    case 16:
      self.init(
        ipv6High: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
        low: bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) })
    default:
      return nil
    }
  }

  /// The IPv4 address as a number, or nil for IPv6.
  public var ipv4: UInt32? { isIPv6 ? nil : UInt32(truncatingIfNeeded: low) }

  /// 4 or 16 bytes in network order.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    if isIPv6 {
      for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: high >> shift)) }
      for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: low >> shift)) }
    } else {
      for shift in stride(from: 24, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: low >> shift)) }
    }
    return bytes
  }

  /// `224.0.0.0/4` or `ff00::/8`.
  @inlinable
  public var isMulticast: Bool { isIPv6 ? high >> 56 == 0xff : low >> 28 == 0xe }

  /// `255.255.255.255`.
  @inlinable
  public var isBroadcast: Bool { !isIPv6 && low == 0xffff_ffff }

  /// `0.0.0.0` or `::`.
  @inlinable
  public var isUnspecified: Bool { high == 0 && low == 0 }
}
