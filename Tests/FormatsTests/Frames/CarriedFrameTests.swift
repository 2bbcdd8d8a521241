import EtherFabricFormats
import Testing

/// Frames inside VXLAN and GRE, and headers that end too early.
@Suite struct CarriedFrameTests {
  /// `inner` in a UDP datagram to the port of VXLAN, the outer checksums right.
  static func vxlan(_ inner: [UInt8], flags: String = "08", port: String = "12b5") -> [UInt8] {
    outer(17, hex("1000" + port) + word(16 + inner.count) + hex("0000" + flags + "000000 00000500") + inner)
  }

  static func gre(_ header: String, _ inner: [UInt8]) -> [UInt8] { outer(47, hex(header) + inner) }

  private static func outer(_ number: UInt8, _ payload: [UInt8]) -> [UInt8] {
    var frame =
      hex(GoldenFrame.macs + "0800 4500") + word(20 + payload.count) + hex("00000000 40") + [number]
      + hex("0000 0a000009 0a000008") + payload
    frame.withUnsafeMutableBytes { FrameLayout.fillChecksums($0, ip: true, l4: true) }
    return frame
  }

  private static func word(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }

  private func carried(_ frame: [UInt8]) -> CarriedFrame? {
    frame.withUnsafeBytes { FrameLayout($0).carriedFrame($0.baseAddress!) }
  }

  static let inner = [GoldenFrame.udp4, GoldenFrame.tcp4, GoldenFrame.udp6, GoldenFrame.tcp6].map(hex)

  @Test(arguments: inner)
  func whatIsInsideIsParsedAsIfItWereOutside(_ inner: [UInt8]) throws {
    let plain = FrameLayout(inner.span.bytes)
    for (frame, kind) in [
      (Self.vxlan(inner), Encapsulation.vxlan), (Self.gre("0000 6558", inner), .gre),
      (Self.gre("b000 6558 11112222 33334444 55556666", inner), .gre),
    ] {
      let found = try #require(carried(frame))
      #expect(found.encapsulation == kind && found.layout == plain)
      #expect(!found.ipBad && !found.l4Bad)
      #expect(FrameLayout(frame.span.bytes).mayCarryFrame)
    }
  }

  @Test func aBareDatagramIsParsedInGRE() throws {
    for (inner, type) in [(GoldenFrame.udp4, "0800"), (GoldenFrame.tcp6, "86dd")] {
      let found = try #require(carried(Self.gre("2000 \(type) 00000001", Array(hex(inner)[14...]))))
      let plain = FrameLayout(hex(inner).span.bytes)
      #expect(found.layout.l3Class == plain.l3Class && found.layout.l4Class == plain.l4Class)
      #expect(found.layout.destinationPort == plain.destinationPort)
      #expect(!found.ipBad && !found.l4Bad)
    }
    #expect(carried(Self.gre("0000 880b", [1, 2, 3, 4]))?.layout.l3Class == .unknown)
  }

  @Test func checksumsInsideAreJudged() throws {
    for wrap in [{ Self.vxlan($0) }, { Self.gre("0000 6558", $0) }] as [([UInt8]) -> [UInt8]] {
      var inner = hex(GoldenFrame.udp4)
      inner[24] ^= 1
      let badIP = try #require(carried(wrap(inner)))
      #expect(badIP.ipBad && !badIP.l4Bad)
      inner = hex(GoldenFrame.tcp6)
      inner[inner.count - 1] ^= 1
      let badTCP = try #require(carried(wrap(inner)))
      #expect(!badTCP.ipBad && badTCP.l4Bad)
    }
  }

  @Test func otherPacketsCarryNothing() {
    let inner = hex(GoldenFrame.udp4)
    #expect(carried(inner) == nil)
    #expect(carried(Self.vxlan(inner, flags: "00")) == nil)
    #expect(carried(Self.vxlan(inner, port: "12b6")) == nil)
    // Another version, and a route.
    #expect(carried(Self.gre("0001 6558", inner)) == nil && carried(Self.gre("4000 6558", inner)) == nil)
    // TCP to the same port, and a fragment.
    var tcp = hex(GoldenFrame.tcp4)
    tcp.replaceSubrange(36..<38, with: hex("12b5"))
    #expect(carried(tcp) == nil)
    var fragment = Self.gre("0000 6558", inner)
    fragment[20] = 0x20
    #expect(carried(fragment) == nil)
  }

  @Test func whatIsInsideThatIsNotLookedAt() throws {
    let twice = try #require(carried(Self.vxlan(Self.vxlan(hex(GoldenFrame.udp4)))))
    #expect(twice.layout.destinationPort == FrameLayout.vxlanPort && twice.layout.l4Class == .udp)
  }

  static let incomplete: [(String, Int?, Bool)] = [
    (GoldenFrame.udp4, nil, false), (GoldenFrame.tcp6, nil, false), (GoldenFrame.udp4, 33, true),
    (GoldenFrame.udp4, 41, true), (GoldenFrame.tcp4, 53, true), (GoldenFrame.udp6, 53, true),
    (GoldenFrame.tcp6, 73, true),
  ]

  @Test(arguments: incomplete)
  func headersThatAreCutAreTold(_ frame: String, _ count: Int?, _ isIncomplete: Bool) {
    var bytes = hex(frame)
    if let count { bytes = Array(bytes[..<count]) }
    let layout = FrameLayout(bytes.span.bytes)
    #expect(layout.isIncomplete == isIncomplete && layout.isOrdinary != isIncomplete)
  }

  @Test func extensionHeadersAreFollowedUpToTheirLimit() {
    let options = "3c00010400000000"
    let eight = GoldenFrame.udp6(
      first: "3c", chain: String(repeating: options, count: 7) + "1100010400000000")
    #expect(!FrameLayout(eight.span.bytes).isIncomplete && FrameLayout(eight.span.bytes).l4Class == .udp)
    let nine = GoldenFrame.udp6(
      first: "3c", chain: String(repeating: options, count: 8) + "1100010400000000")
    #expect(FrameLayout(nine.span.bytes).isIncomplete && FrameLayout(nine.span.bytes).l4Class == .none)
    // A chain that ends within the frame's end.
    let cut = Array(eight[..<80])
    #expect(FrameLayout(cut.span.bytes).isIncomplete)
  }

  @Test func framesWithoutIPAreComplete() {
    for type in ["0806", "88b5", "8906", "0026"] {
      let frame = hex(GoldenFrame.macs + type) + [UInt8](repeating: 0, count: 46)
      #expect(FrameLayout(frame.span.bytes).isOrdinary)
    }
  }
}
