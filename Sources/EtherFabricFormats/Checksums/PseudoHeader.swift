/// The version of the IP header in front of a transport header: the C calls' `af`.
public enum IPFamily: UInt8, Sendable, CaseIterable {
  /// `AF_INET`
  case ipv4
  /// `AF_INET6`
  case ipv6
}

extension InternetChecksum {
  /// A sum that starts with the IPv4 pseudo header: both addresses of `header` (20 bytes are read), protocol, length.
  @inlinable @inline(__always)
  public init(ipv4 header: UnsafeRawPointer, protocol number: UInt8, length: UInt16) {
    self.init()
    let addresses = header.loadUnaligned(fromByteOffset: 12, as: UInt64.self)
    sum = (addresses & 0xffff_ffff) &+ (addresses >> 32)
    add(field: UInt16(number))
    add(field: length)
  }

  /// A sum that starts with the IPv6 pseudo header: both addresses of `header` (40 bytes are read), protocol, length.
  @inlinable @inline(__always)
  public init(ipv6 header: UnsafeRawPointer, protocol number: UInt8, length: UInt16) {
    self.init()
    add(header + 8, count: 32)
    add(field: UInt16(number))
    add(field: length)
  }
}

extension UnsafeRawPointer {
  /// The big-endian 16-bit field at `offset`.
  @inlinable @inline(__always)
  func field16(_ offset: Int) -> UInt16 {
    UInt16(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  /// The byte at `offset`.
  @inlinable @inline(__always)
  func field8(_ offset: Int) -> UInt8 {
    load(fromByteOffset: offset, as: UInt8.self)
  }
}
