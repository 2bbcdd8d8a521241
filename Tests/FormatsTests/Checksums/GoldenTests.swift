import EtherFabricFormats
import Glibc
import Testing

/// Values that the vendor's library returned for the same bytes, on a little-endian machine.
@Suite struct ChecksumGoldenTests {
  static let ip6 = "20010db8000000000000000000000001 20010db8000000000000000000000002"

  static let ipv4Cases: [(String, UInt16)] = [
    ("45000073000040004011b861c0a80001c0a800c7", UInt16(0x61b8)),
    ("4500001c12344000401100000a0000010a000002", 0x9b14),
    ("4600002000010000ff0600007f0000017f00000101020304", 0xceb8),
    ("45" + String(repeating: "00", count: 19), 0xffba),
    ("45" + String(repeating: "ff", count: 19), 0x00ba),
  ]

  @Test(arguments: ipv4Cases)
  func ipv4Header(header: String, value: UInt16) {
    let bytes = hex(header)
    let fromSpan = Checksum.ipv4Header(bytes.span.bytes)
    #expect(bytes.withUnsafeBytes { Checksum.ipv4Header($0.baseAddress!) } == value)
    #expect(fromSpan == value)
  }

  static let udpCases: [(String, String, String, UInt16)] = [
    ("4500001c12344000401100000a0000010a000002", "04d2162e00080000", "", UInt16(0xdbd0)),
    ("4500001f12344000401100000a0000010a000002", "04d2162e000b0000", "616263", 0x730c),
    ("4500001f12344000401100000a0000010a000002", "04d2162e000bffff", "616263", 0x730c),
    ("4500001f12344000401100000a0000010a000002", "04d2162e000b0000", "", 0xd5d0),
    ("4500001e12344000401100000000000000000000", "0000ffdb000a0000", "0000", 0xfeff),
    ("4500001e12344000401100000000000000000000", "0000ffda000a0000", "0000", 0xffff),
    (
      "4500002e0000000040110000c0a80001c0a800c7", "00350035001a0000",
      "000102030405060708090a0b0c0d0e0f1011", 0xe634
    ),
  ]

  @Test(arguments: udpCases)
  func udpOverIPv4(ip: String, udp: String, payload: String, value: UInt16) {
    let results = everyWay(.ipv4, hex(ip), hex(udp), hex(payload)) { family, ip, header, pieces in
      Checksum.udp(over: family, ipHeader: ip, udpHeader: header, payload: pieces)
    }
    #expect(results.allSatisfy { $0 == value })
    let (ip, udp, payload) = (hex(ip), hex(udp), hex(payload))
    let fromSpans = Checksum.udp(
      over: .ipv4, ipHeader: ip.span.bytes, udpHeader: udp.span.bytes, payload: payload.span.bytes)
    #expect(fromSpans == value)
  }

  static let tcpCases: [(String, String, String, UInt16)] = [
    ("4500002812344000400600000a0000010a000002", "04d2005000000001000000025010ffff00000000", "", UInt16(0xad96)),
    ("4500002b12344000400600000a0000010a000002", "04d2005000000001000000025018ffff00000000", "616263", 0x3fd2),
    ("4500002b12344000400600000a0000010a000002", "04d2005000000001000000025018ffffabcd0000", "616263", 0x3fd2),
    (
      "4500003012344000400600000a0000010a000002", "04d2005000000001000000007002ffff00000000020405b401010402", "",
      0xfa69
    ),
  ]

  @Test(arguments: tcpCases)
  func tcpOverIPv4(ip: String, tcp: String, payload: String, value: UInt16) {
    let results = everyWay(.ipv4, hex(ip), hex(tcp), hex(payload)) { family, ip, header, pieces in
      Checksum.tcp(over: family, ipHeader: ip, tcpHeader: header, payload: pieces)
    }
    #expect(results.allSatisfy { $0 == value })
  }

  @Test func overIPv6() {
    let udp = everyWay(.ipv6, hex("60000000000b1140" + Self.ip6), hex("04d2162e000b0000"), hex("616263")) {
      Checksum.udp(over: $0, ipHeader: $1, udpHeader: $2, payload: $3)
    }
    #expect(udp.allSatisfy { $0 == 0x00c5 })
    let header = hex("04d2005000000001000000025018ffff00000000")
    let tcp = everyWay(.ipv6, hex("6000000000170640" + Self.ip6), header, hex("616263")) {
      Checksum.tcp(over: $0, ipHeader: $1, tcpHeader: $2, payload: $3)
    }
    #expect(tcp.allSatisfy { $0 == 0xcd8a })
  }

  static let icmpCases: [(String, String, String, UInt16)] = [
    ("0008", "80000000", "12340001", UInt16(0x1312)), ("0008", "80000000", "", 0x4824),
    ("0008", "8000abcd", "12340001", 0x1312), ("000d", "80000000", "123400016162636465", 0x46e8),
  ]

  @Test(arguments: icmpCases)
  func icmpv6(length: String, icmp: String, payload: String, value: UInt16) {
    let results = everyWay(.ipv6, hex("60000000\(length)3a40" + Self.ip6), hex(icmp), hex(payload)) {
      Checksum.icmpv6(ipHeader: $1, icmpHeader: $2, payload: $3)
    }
    #expect(results.allSatisfy { $0 == value })
  }

  /// The results over all ways to cut `payload` into three pieces.
  private func everyWay(
    _ family: IPFamily, _ ip: [UInt8], _ header: [UInt8], _ payload: [UInt8],
    _ call: (IPFamily, UnsafeRawPointer, UnsafeRawPointer, UnsafeBufferPointer<iovec>) -> UInt16
  ) -> [UInt16] {
    var results: [UInt16] = []
    for first in 0...payload.count {
      for second in first...payload.count {
        var pieces = [Array(payload[..<first]), Array(payload[first..<second]), Array(payload[second...])]
        results.append(withPieces(&pieces) { call(family, ip, header, $0) })
      }
    }
    return results
  }
}

/// Calls `body` with the pieces as the C calls take them.
func withPieces<Result>(_ pieces: inout [[UInt8]], _ body: (UnsafeBufferPointer<iovec>) -> Result) -> Result {
  let buffers = pieces.map { piece in
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(piece.count, 1), alignment: 1)
    buffer.copyBytes(from: piece)
    return buffer
  }
  defer { for buffer in buffers { buffer.deallocate() } }
  let vectors = zip(buffers, pieces).map { iovec(iov_base: $0.baseAddress, iov_len: $1.count) }
  return vectors.withUnsafeBufferPointer(body)
}
