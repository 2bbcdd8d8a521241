import Glibc

extension Checksum {
  /// `ef_udp_checksum_is_correct`: whether a UDP datagram over IPv4 carries its checksum. A checksum of 0 is judged
  /// like any other value; over IPv4 the caller tests for "none" first.
  @inlinable
  public static func isUDPOverIPv4Correct(
    ipHeader: UnsafeRawPointer, udpHeader: UnsafeRawPointer, payload: UnsafeBufferPointer<iovec>
  ) -> Bool {
    var sum = InternetChecksum(ipv4: ipHeader, protocol: 17, length: udpHeader.field16(4))
    sum.add(udpHeader, count: 8)
    sum.add(payload)
    return sum.folded == 0xffff
  }

  /// `ef_udp_checksum_ip6_is_correct`: whether a UDP datagram over IPv6 carries its checksum.
  @inlinable
  public static func isUDPOverIPv6Correct(
    ipHeader: UnsafeRawPointer, udpHeader: UnsafeRawPointer, payload: UnsafeBufferPointer<iovec>
  ) -> Bool {
    var sum = InternetChecksum(ipv6: ipHeader, protocol: 17, length: udpHeader.field16(4))
    sum.add(udpHeader, count: 8)
    sum.add(payload)
    return sum.folded == 0xffff
  }

  /// `ef_tcp_checksum_is_correct`: whether a TCP segment over IPv4 carries its checksum.
  @inlinable
  public static func isTCPOverIPv4Correct(
    ipHeader: UnsafeRawPointer, tcpHeader: UnsafeRawPointer, payload: UnsafeBufferPointer<iovec>
  ) -> Bool {
    var sum = InternetChecksum(ipv4: ipHeader, protocol: 6, length: ipv4PayloadLength(ipHeader))
    sum.addTCPHeader(tcpHeader)
    sum.add(payload)
    return sum.folded == 0xffff
  }

  /// `ef_tcp_checksum_ip6_is_correct`: whether a TCP segment over IPv6 carries its checksum.
  @inlinable
  public static func isTCPOverIPv6Correct(
    ipHeader: UnsafeRawPointer, tcpHeader: UnsafeRawPointer, payload: UnsafeBufferPointer<iovec>
  ) -> Bool {
    var sum = InternetChecksum(ipv6: ipHeader, protocol: 6, length: ipHeader.field16(4))
    sum.addTCPHeader(tcpHeader)
    sum.add(payload)
    return sum.folded == 0xffff
  }
}
