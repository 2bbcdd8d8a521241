import EtherFabric
import Glibc

/// An IPv6 address, as frames carry it.
public struct IPv6Address: Hashable, Sendable, LosslessStringConvertible {
  /// First eight bytes, first byte on the wire most significant.
  public let high: UInt64
  /// Last eight bytes.
  public let low: UInt64

  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads sixteen bytes.
  @inlinable
  public init(load bytes: UnsafeRawPointer) {
    high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  /// Writes sixteen bytes.
  @inlinable
  public func store(to bytes: UnsafeMutableRawPointer) {
    bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
    bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
  }

  /// `2001:db8::1`, without zone or brackets; nil for anything else.
  public init?(_ text: String) {
    var address = in6_addr()
    guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
    self = withUnsafeBytes(of: address) { IPv6Address(load: $0.baseAddress!) }
  }

  /// `::`.
  @inlinable
  public var isUnspecified: Bool { high == 0 && low == 0 }

  /// `ff00::/8`.
  @inlinable
  public var isMulticast: Bool { high >> 56 == 0xff }

  /// `ff02::1`, every node of the link.
  public static let allNodes = IPv6Address(high: 0xff02_0000_0000_0000, low: 1)

  /// The group that neighbour solicitations for this address go to.
  @inlinable
  public var solicitedNode: IPv6Address {
    IPv6Address(high: 0xff02_0000_0000_0000, low: 0x1_ff00_0000 | low & 0xff_ffff)
  }

  /// The interface identifier made from `mac`, below `fe80::/64`.
  @inlinable
  public init(linkLocalFor mac: EthernetAddress) {
    let flipped = mac.value ^ 0x0200_0000_0000
    self.init(high: 0xfe80_0000_0000_0000, low: (flipped >> 24) << 40 | 0xff_fe00_0000 | flipped & 0xff_ffff)
  }

  public var description: String {
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { bytes in
      store(to: bytes.baseAddress!)
      return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
        inet_ntop(AF_INET6, bytes.baseAddress!, text.baseAddress!, socklen_t(text.count))
        return String(cString: text.baseAddress!)
      }
    }
  }
}
