import EtherFabricFormats
import Glibc
import Testing

/// The calls that have the IP version in their name: the vendor's values, and what they judge to be right.
@Suite struct ChecksumFamilyTests {
  private static let udp = hex("04d2162e000b0000")
  private static let tcp = hex("04d2005000000001000000025018ffff00000000")

  private typealias Pieces = UnsafeBufferPointer<iovec>

  /// `header` with its checksum at `offset` is right over the letters a, b and c, and with any other bit it is not.
  private func expect(
    _ value: UInt16, at offset: Int, of header: [UInt8], _ compute: ([UInt8], Pieces) -> UInt16,
    _ isCorrect: ([UInt8], Pieces) -> Bool
  ) {
    var pieces = [hex("61"), hex("6263")]
    withPieces(&pieces) { pieces in
      #expect(compute(header, pieces) == value)
      var header = header
      header.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: offset, as: UInt16.self) }
      #expect(isCorrect(header, pieces))
      for bit in 0..<16 {
        header[offset + bit / 8] ^= 1 << (bit % 8)
        #expect(!isCorrect(header, pieces), "bit \(bit)")
        header[offset + bit / 8] ^= 1 << (bit % 8)
      }
    }
  }

  @Test func datagramsOverIPv4() {
    let ip = hex("4500001f12344000401100000a0000010a000002")
    expect(0x730c, at: 6, of: Self.udp) {
      Checksum.udpOverIPv4(ipHeader: ip, udpHeader: $0, payload: $1)
    } _: {
      Checksum.isUDPOverIPv4Correct(ipHeader: ip, udpHeader: $0, payload: $1)
    }
  }

  @Test func datagramsOverIPv6() {
    let ip = hex("60000000000b1140" + ChecksumGoldenTests.ip6)
    expect(0x00c5, at: 6, of: Self.udp) {
      Checksum.udpOverIPv6(ipHeader: ip, udpHeader: $0, payload: $1)
    } _: {
      Checksum.isUDPOverIPv6Correct(ipHeader: ip, udpHeader: $0, payload: $1)
    }
  }

  @Test func segmentsOverIPv4() {
    let ip = hex("4500002b12344000400600000a0000010a000002")
    expect(0x3fd2, at: 16, of: Self.tcp) {
      Checksum.tcpOverIPv4(ipHeader: ip, tcpHeader: $0, payload: $1)
    } _: {
      Checksum.isTCPOverIPv4Correct(ipHeader: ip, tcpHeader: $0, payload: $1)
    }
  }

  @Test func segmentsOverIPv6() {
    let ip = hex("6000000000170640" + ChecksumGoldenTests.ip6)
    expect(0xcd8a, at: 16, of: Self.tcp) {
      Checksum.tcpOverIPv6(ipHeader: ip, tcpHeader: $0, payload: $1)
    } _: {
      Checksum.isTCPOverIPv6Correct(ipHeader: ip, tcpHeader: $0, payload: $1)
    }
  }

  /// `ef_udp_checksum_ipx_buf` and its like: the payload in one piece.
  @Test func payloadsInOnePiece() {
    let ip4 = hex("4500001f12344000401100000a0000010a000002")
    let ip6 = hex("60000000000b1140" + ChecksumGoldenTests.ip6)
    let tcp4 = hex("4500002b12344000400600000a0000010a000002")
    let tcp6 = hex("6000000000170640" + ChecksumGoldenTests.ip6)
    hex("616263").withUnsafeBytes { payload in
      #expect(Checksum.udp(over: .ipv4, ipHeader: ip4, udpHeader: Self.udp, payload: payload) == 0x730c)
      #expect(Checksum.udp(over: .ipv6, ipHeader: ip6, udpHeader: Self.udp, payload: payload) == 0x00c5)
      #expect(Checksum.tcp(over: .ipv4, ipHeader: tcp4, tcpHeader: Self.tcp, payload: payload) == 0x3fd2)
      #expect(Checksum.tcp(over: .ipv6, ipHeader: tcp6, tcpHeader: Self.tcp, payload: payload) == 0xcd8a)
      let (udp, tcp) = (hex("04d2162e000b0c73"), hex("04d2005000000001000000025018ffffd23f0000"))
      #expect(Checksum.isUDPCorrect(over: .ipv4, ipHeader: ip4, udpHeader: udp, payload: payload))
      #expect(!Checksum.isUDPCorrect(over: .ipv6, ipHeader: ip6, udpHeader: udp, payload: payload))
      #expect(Checksum.isTCPCorrect(over: .ipv4, ipHeader: tcp4, tcpHeader: tcp, payload: payload))
      #expect(!Checksum.isTCPCorrect(over: .ipv6, ipHeader: tcp6, tcpHeader: tcp, payload: payload))
    }
  }
}
