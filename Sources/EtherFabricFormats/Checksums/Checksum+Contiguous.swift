import Glibc

extension Checksum {
  /// `ef_udp_checksum_ipx_buf`: the checksum of a UDP datagram whose payload lies in one piece; never 0.
  @inlinable
  public static func udp(
    over family: IPFamily, ipHeader: UnsafeRawPointer, udpHeader: UnsafeRawPointer, payload: UnsafeRawBufferPointer
  ) -> UInt16 {
    withPiece(payload) { udp(over: family, ipHeader: ipHeader, udpHeader: udpHeader, payload: $0) }
  }

  /// `ef_tcp_checksum_ipx_buf`: the checksum of a TCP segment whose payload lies in one piece.
  @inlinable
  public static func tcp(
    over family: IPFamily, ipHeader: UnsafeRawPointer, tcpHeader: UnsafeRawPointer, payload: UnsafeRawBufferPointer
  ) -> UInt16 {
    withPiece(payload) { tcp(over: family, ipHeader: ipHeader, tcpHeader: tcpHeader, payload: $0) }
  }

  /// `ef_udp_checksum_ipx_is_correct`: whether a UDP datagram in one piece carries its checksum.
  @inlinable
  public static func isUDPCorrect(
    over family: IPFamily, ipHeader: UnsafeRawPointer, udpHeader: UnsafeRawPointer, payload: UnsafeRawBufferPointer
  ) -> Bool {
    withPiece(payload) {
      switch family {
      case .ipv4: isUDPOverIPv4Correct(ipHeader: ipHeader, udpHeader: udpHeader, payload: $0)
      case .ipv6: isUDPOverIPv6Correct(ipHeader: ipHeader, udpHeader: udpHeader, payload: $0)
      }
    }
  }

  /// `ef_tcp_checksum_ipx_is_correct`: whether a TCP segment in one piece carries its checksum.
  @inlinable
  public static func isTCPCorrect(
    over family: IPFamily, ipHeader: UnsafeRawPointer, tcpHeader: UnsafeRawPointer, payload: UnsafeRawBufferPointer
  ) -> Bool {
    withPiece(payload) {
      switch family {
      case .ipv4: isTCPOverIPv4Correct(ipHeader: ipHeader, tcpHeader: tcpHeader, payload: $0)
      case .ipv6: isTCPOverIPv6Correct(ipHeader: ipHeader, tcpHeader: tcpHeader, payload: $0)
      }
    }
  }

  @inlinable
  static func withPiece<Result>(
    _ payload: UnsafeRawBufferPointer, _ body: (UnsafeBufferPointer<iovec>) -> Result
  ) -> Result {
    let piece = iovec(iov_base: UnsafeMutableRawPointer(mutating: payload.baseAddress), iov_len: payload.count)
    return withUnsafePointer(to: piece) { body(UnsafeBufferPointer(start: $0, count: 1)) }
  }
}
