import Glibc

/// The checksums of `etherfabric/checksum.h` over headers given by pointer and payloads in pieces.
///
/// Every result is the value to store natively in the header, as the C calls return it. The checksum field that the
/// header already has is ignored. Lengths come from the headers, not from the payload: UDP's own length, the IPv4
/// total length, or the IPv6 payload length (extension headers are not allowed for); a caller that hands in a shorter
/// payload gets the checksum of what it handed in. Headers are read in full: an IPv4 header of its own length, 40
/// bytes of IPv6, 8 of UDP, a TCP header of its own length.
public enum Checksum {
  /// `ef_ip_checksum`: the checksum of an IPv4 header, options included.
  @inlinable @inline(__always)
  public static func ipv4Header(_ header: UnsafeRawPointer) -> UInt16 {
    var sum = InternetChecksum()
    sum.add(header, count: 10)
    sum.add(header + 12, count: Int(header.field8(0) & 0x0f) * 4 - 12)
    return sum.value
  }

  /// `ef_udp_checksum`: the checksum of a UDP datagram over IPv4; never 0.
  @inlinable
  public static func udpOverIPv4(
    ipHeader: UnsafeRawPointer, udpHeader: UnsafeRawPointer, payload: UnsafeBufferPointer<iovec>
  ) -> UInt16 {
    var sum = InternetChecksum(ipv4: ipHeader, protocol: 17, length: udpHeader.field16(4))
    sum.add(udpHeader, count: 6)
    sum.add(payload)
    return sum.udpValue
  }

  /// `ef_udp_checksum_ip6`: the checksum of a UDP datagram over IPv6; never 0.
  @inlinable
  public static func udpOverIPv6(
    ipHeader: UnsafeRawPointer, udpHeader: UnsafeRawPointer, payload: UnsafeBufferPointer<iovec>
  ) -> UInt16 {
    var sum = InternetChecksum(ipv6: ipHeader, protocol: 17, length: udpHeader.field16(4))
    sum.add(udpHeader, count: 6)
    sum.add(payload)
    return sum.udpValue
  }

  /// `ef_udp_checksum_ipx`: the checksum of a UDP datagram over the IP version named; never 0.
  @inlinable
  public static func udp(
    over family: IPFamily, ipHeader: UnsafeRawPointer, udpHeader: UnsafeRawPointer,
    payload: UnsafeBufferPointer<iovec>
  ) -> UInt16 {
    switch family {
    case .ipv4: udpOverIPv4(ipHeader: ipHeader, udpHeader: udpHeader, payload: payload)
    case .ipv6: udpOverIPv6(ipHeader: ipHeader, udpHeader: udpHeader, payload: payload)
    }
  }

  /// `ef_tcp_checksum`: the checksum of a TCP segment over IPv4.
  @inlinable
  public static func tcpOverIPv4(
    ipHeader: UnsafeRawPointer, tcpHeader: UnsafeRawPointer, payload: UnsafeBufferPointer<iovec>
  ) -> UInt16 {
    var sum = InternetChecksum(ipv4: ipHeader, protocol: 6, length: ipv4PayloadLength(ipHeader))
    sum.addTCPHeaderWithoutChecksum(tcpHeader)
    sum.add(payload)
    return sum.value
  }

  /// `ef_tcp_checksum_ip6`: the checksum of a TCP segment over IPv6.
  @inlinable
  public static func tcpOverIPv6(
    ipHeader: UnsafeRawPointer, tcpHeader: UnsafeRawPointer, payload: UnsafeBufferPointer<iovec>
  ) -> UInt16 {
    var sum = InternetChecksum(ipv6: ipHeader, protocol: 6, length: ipHeader.field16(4))
    sum.addTCPHeaderWithoutChecksum(tcpHeader)
    sum.add(payload)
    return sum.value
  }

  /// `ef_tcp_checksum_ipx`: the checksum of a TCP segment over the IP version named.
  @inlinable
  public static func tcp(
    over family: IPFamily, ipHeader: UnsafeRawPointer, tcpHeader: UnsafeRawPointer,
    payload: UnsafeBufferPointer<iovec>
  ) -> UInt16 {
    switch family {
    case .ipv4: tcpOverIPv4(ipHeader: ipHeader, tcpHeader: tcpHeader, payload: payload)
    case .ipv6: tcpOverIPv6(ipHeader: ipHeader, tcpHeader: tcpHeader, payload: payload)
    }
  }

  /// `ef_icmpv6_checksum`: the checksum of an ICMPv6 message. Only type and code (2 bytes) are read at `icmpHeader`;
  /// the payload begins after the checksum field.
  @inlinable
  public static func icmpv6(
    ipHeader: UnsafeRawPointer, icmpHeader: UnsafeRawPointer, payload: UnsafeBufferPointer<iovec>
  ) -> UInt16 {
    var sum = InternetChecksum(ipv6: ipHeader, protocol: 58, length: ipHeader.field16(4))
    sum.add(icmpHeader, count: 2)
    sum.add(payload)
    return sum.value
  }

  @inlinable
  static func ipv4PayloadLength(_ header: UnsafeRawPointer) -> UInt16 {
    header.field16(2) &- UInt16(header.field8(0) & 0x0f) * 4
  }
}

extension InternetChecksum {
  /// Adds the pieces of a scattered payload in order.
  @inlinable
  public mutating func add(_ pieces: UnsafeBufferPointer<iovec>) {
    for piece in pieces where piece.iov_len > 0 {
      guard let base = piece.iov_base else { continue }
      add(base, count: piece.iov_len)
    }
  }

  @inlinable
  mutating func addTCPHeader(_ header: UnsafeRawPointer) {
    add(header, count: Int(header.field8(12) >> 4) * 4)
  }

  @inlinable
  mutating func addTCPHeaderWithoutChecksum(_ header: UnsafeRawPointer) {
    addTCPHeader(header)
    // Adding the complement of a word takes it out of a ones' complement sum.
    sum &+= UInt64(~header.loadUnaligned(fromByteOffset: 16, as: UInt16.self))
  }
}
