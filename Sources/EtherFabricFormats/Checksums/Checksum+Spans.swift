import Glibc

/// The same checksums over spans: bounds are checked, and a header that does not hold its own length is refused.
extension Checksum {
  /// `ef_ip_checksum`: the checksum of an IPv4 header; nil if `header` is shorter than the header says, or below 20.
  @inlinable
  public static func ipv4Header(_ header: RawSpan) -> UInt16? {
    header.withUnsafeBytes { bytes in
      guard isHeader(bytes, family: .ipv4), let base = bytes.baseAddress else { return nil }
      return ipv4Header(base)
    }
  }

  /// `ef_udp_checksum_ipx_buf`: the checksum of a UDP datagram in spans; nil if a header is cut. Never 0.
  @inlinable
  public static func udp(
    over family: IPFamily, ipHeader: RawSpan, udpHeader: RawSpan, payload: RawSpan
  ) -> UInt16? {
    withHeaders(family, ipHeader, udpHeader, as: .udp, payload) {
      udp(over: family, ipHeader: $0, udpHeader: $1, payload: $2)
    }
  }

  /// `ef_tcp_checksum_ipx_buf`: the checksum of a TCP segment in spans; nil if a header is cut.
  @inlinable
  public static func tcp(
    over family: IPFamily, ipHeader: RawSpan, tcpHeader: RawSpan, payload: RawSpan
  ) -> UInt16? {
    withHeaders(family, ipHeader, tcpHeader, as: .tcp, payload) {
      tcp(over: family, ipHeader: $0, tcpHeader: $1, payload: $2)
    }
  }

  /// `ef_udp_checksum_ipx_is_correct`: whether a UDP datagram in spans carries its checksum; false if a header is cut.
  @inlinable
  public static func isUDPCorrect(
    over family: IPFamily, ipHeader: RawSpan, udpHeader: RawSpan, payload: RawSpan
  ) -> Bool {
    withHeaders(family, ipHeader, udpHeader, as: .udp, payload) {
      isUDPCorrect(over: family, ipHeader: $0, udpHeader: $1, payload: $2)
    } ?? false
  }

  /// `ef_tcp_checksum_ipx_is_correct`: whether a TCP segment in spans carries its checksum; false if a header is cut.
  @inlinable
  public static func isTCPCorrect(
    over family: IPFamily, ipHeader: RawSpan, tcpHeader: RawSpan, payload: RawSpan
  ) -> Bool {
    withHeaders(family, ipHeader, tcpHeader, as: .tcp, payload) {
      isTCPCorrect(over: family, ipHeader: $0, tcpHeader: $1, payload: $2)
    } ?? false
  }

  /// `ef_icmpv6_checksum`: the checksum of an ICMPv6 message; `icmpHeader` is type and code, `payload` what follows
  /// the checksum field. Nil if a header is cut.
  @inlinable
  public static func icmpv6(ipHeader: RawSpan, icmpHeader: RawSpan, payload: RawSpan) -> UInt16? {
    withHeaders(.ipv6, ipHeader, icmpHeader, as: .icmpv6, payload) { ip, icmp, bytes in
      withPiece(bytes) { icmpv6(ipHeader: ip, icmpHeader: icmp, payload: $0) }
    }
  }

  @inlinable
  static func isHeader(_ bytes: UnsafeRawBufferPointer, family: IPFamily) -> Bool {
    guard family == .ipv4 else { return bytes.count >= 40 }
    guard bytes.count >= 20 else { return false }
    let length = Int(bytes[0] & 0x0f) * 4
    return length >= 20 && length <= bytes.count
  }

  /// What a header above IP must hold.
  @usableFromInline enum TransportHeader {
    case udp
    case tcp
    /// Type and code only.
    case icmpv6

    @inlinable
    func fits(_ bytes: UnsafeRawBufferPointer) -> Bool {
      switch self {
      case .udp: return bytes.count >= 8
      case .icmpv6: return bytes.count >= 2
      case .tcp:
        guard bytes.count >= 20 else { return false }
        let length = Int(bytes[12] >> 4) * 4
        return length >= 20 && length <= bytes.count
      }
    }
  }

  @inlinable
  static func withHeaders<Result>(
    _ family: IPFamily, _ ipHeader: RawSpan, _ transportHeader: RawSpan,
    as kind: TransportHeader, _ payload: RawSpan,
    _ body: (UnsafeRawPointer, UnsafeRawPointer, UnsafeRawBufferPointer) -> Result
  ) -> Result? {
    ipHeader.withUnsafeBytes { ip in
      transportHeader.withUnsafeBytes { transport in
        payload.withUnsafeBytes { bytes in
          guard isHeader(ip, family: family), kind.fits(transport),
            let ipBase = ip.baseAddress, let transportBase = transport.baseAddress
          else { return nil }
          return body(ipBase, transportBase, bytes)
        }
      }
    }
  }
}
