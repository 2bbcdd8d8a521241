import EtherFabricFormats
import Testing

@Suite struct ChecksumVerificationTests {
  static let ip4 = "4500001f12344000401100000a0000010a000002"
  static let ip6 = "60000000000b1140 20010db8000000000000000000000001 20010db8000000000000000000000002"

  private func store(_ value: UInt16, _ offset: Int, in bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: offset, as: UInt16.self) }
  }

  @Test(arguments: IPFamily.allCases)
  func acceptsWhatWasComputedAndNothingElse(family: IPFamily) throws {
    var random = SeededRandom(seed: 3)
    for length in 0..<60 {
      var ip = hex(family == .ipv4 ? Self.ip4 : Self.ip6)
      let payload = random.bytes(length)
      var udp = hex("04d2162e") + [0, UInt8(length + 8), 0, 0]
      let value = Checksum.udp(
        over: family, ipHeader: ip.span.bytes, udpHeader: udp.span.bytes, payload: payload.span.bytes)
      store(try #require(value), 6, in: &udp)
      #expect(udpIsCorrect(family, ip, udp, payload))
      udp[Int.random(in: 0..<8, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      #expect(!udpIsCorrect(family, ip, udp, payload))

      var tcp = hex("04d2005000000001000000025018ffff00000000")
      ip[family == .ipv4 ? 3 : 5] = UInt8(length + (family == .ipv4 ? 40 : 20))
      let tcpValue = Checksum.tcp(
        over: family, ipHeader: ip.span.bytes, tcpHeader: tcp.span.bytes, payload: payload.span.bytes)
      store(try #require(tcpValue), 16, in: &tcp)
      #expect(tcpIsCorrect(family, ip, tcp, payload))
      tcp[Int.random(in: 0..<12, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      #expect(!tcpIsCorrect(family, ip, tcp, payload))
    }
  }

  @Test func judgesAnAbsentUDPChecksumLikeAnyOther() {
    #expect(!udpIsCorrect(.ipv4, hex(Self.ip4), hex("04d2162e000b0000"), hex("616263")))
  }

  @Test func acceptsTheReplacedZero() {
    let ip = hex("4500001e12344000401100000000000000000000")
    #expect(udpIsCorrect(.ipv4, ip, hex("0000ffda000affff"), hex("0000")))
  }

  @Test func refusesCutHeaders() {
    let ip = hex(Self.ip4)
    for header in [hex("45000000"), [0x46] + ip[1...], [0x41] + ip[1...]] {
      let value = Checksum.ipv4Header(header.span.bytes)
      #expect(value == nil)
    }
    #expect(!udpIsCorrect(.ipv6, ip, hex("04d2162e000b0000"), []))
    #expect(!udpIsCorrect(.ipv4, ip, hex("04d2162e000b00"), []))
    #expect(!tcpIsCorrect(.ipv4, ip, hex("04d2005000000001000000026018ffff00000000"), []))
    let value = Checksum.icmpv6(ipHeader: ip.span.bytes, icmpHeader: ip.span.bytes, payload: ip.span.bytes)
    #expect(value == nil)
  }

  private func udpIsCorrect(_ family: IPFamily, _ ip: [UInt8], _ udp: [UInt8], _ payload: [UInt8]) -> Bool {
    Checksum.isUDPCorrect(
      over: family, ipHeader: ip.span.bytes, udpHeader: udp.span.bytes, payload: payload.span.bytes)
  }

  private func tcpIsCorrect(_ family: IPFamily, _ ip: [UInt8], _ tcp: [UInt8], _ payload: [UInt8]) -> Bool {
    Checksum.isTCPCorrect(
      over: family, ipHeader: ip.span.bytes, tcpHeader: tcp.span.bytes, payload: payload.span.bytes)
  }
}
