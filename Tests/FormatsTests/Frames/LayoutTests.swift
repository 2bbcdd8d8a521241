import EtherFabricFormats
import Testing

@Suite struct FrameLayoutTests {
  private func layout(_ bytes: [UInt8]) -> FrameLayout { FrameLayout(bytes.span.bytes) }

  @Test func readsUDPOverIPv4() {
    let layout = layout(hex(GoldenFrame.udp4))
    #expect(layout.destinationClass == .unicast)
    #expect(layout.baseClass == .ethernetII)
    #expect(layout.etherType == EtherType.ipv4)
    #expect(layout.l3Class == .ip4 && layout.l4Class == .udp && layout.ipProtocol == 17)
    #expect(layout.l3Offset == 14 && layout.l3HeaderLength == 20 && layout.l4Offset == 34 && layout.l3End == 45)
    #expect(layout.sourcePort == 1234 && layout.destinationPort == 5678)
    #expect(layout.isIPLengthValid && layout.vlanCount == 0)
  }

  @Test func readsTCPOverIPv6() {
    let layout = layout(hex(GoldenFrame.tcp6))
    #expect(layout.l3Class == .ip6 && layout.l4Class == .tcp && layout.ipProtocol == 6)
    #expect(layout.l3HeaderLength == 40 && layout.l4Offset == 54 && layout.destinationPort == 80)
  }

  @Test(arguments: [
    ("8100 6005", 1, UInt16(5), UInt16(0)), ("88a8 0064 8100 0005", 2, 100, 5), ("8100 0001 8100 0fff", 2, 1, 4095),
  ])
  func readsTags(tags: String, count: UInt8, outer: UInt16, inner: UInt16) {
    let layout = layout(GoldenFrame.tagged(GoldenFrame.udp4, tags))
    #expect(layout.vlanCount == count && layout.outerVLAN == outer && layout.innerVLAN == inner)
    #expect(layout.l3Offset == 14 + 4 * UInt16(count) && layout.l4Class == .udp && layout.destinationPort == 5678)
  }

  @Test func stopsAtAThirdTag() {
    let layout = layout(GoldenFrame.tagged(GoldenFrame.udp4, "8100 0001 8100 0002 8100 0003"))
    #expect(layout.vlanCount == 2 && layout.etherType == EtherType.vlan && layout.l3Class == .unknown)
  }

  @Test func tellsDestinationsApart() {
    let rest = hex("000f53000001 0806") + [UInt8](repeating: 0, count: 46)
    #expect(layout(hex("ffffffffffff") + rest).destinationClass == .broadcast)
    #expect(layout(hex("01005e010203") + rest).destinationClass == .multicast)
    #expect(layout(hex("fffffffffffe") + rest).destinationClass == .multicast)
    #expect(layout(hex("ffffffffffff") + rest).l3Class == .arp)
    #expect(layout(hex(GoldenFrame.macs + "8906") + rest).l3Class == .fcoe)
  }

  @Test func readsIEEE8022() {
    let ip = hex(GoldenFrame.udp4)[14...]
    let snap = layout(hex(GoldenFrame.macs + "0027 aaaa03 000000 0800") + ip)
    #expect(snap.baseClass == .snap && snap.l3Class == .ip4 && snap.l3Offset == 22 && snap.l4Class == .udp)
    let other = layout(hex(GoldenFrame.macs + "0027 aaaa03 00000c 0800") + ip)
    #expect(other.baseClass == .snap && other.l3Class == .unknown && other.etherType == 0)
    let bridge = layout(hex(GoldenFrame.macs + "0026 424203") + [UInt8](repeating: 0, count: 43))
    #expect(bridge.baseClass == .llc && bridge.etherType == 0 && bridge.l3Offset == 14)
  }

  @Test func readsIPv4Fragments() {
    for flags in ["2000", "0001", "2001"] {
      var frame = hex(GoldenFrame.udp4)
      frame.replaceSubrange(20..<22, with: hex(flags))
      let layout = layout(frame)
      #expect(layout.l3Class == .ip4Fragment && layout.l4Class == .none && layout.destinationPort == 0)
      #expect(layout.ipProtocol == 17)
    }
  }

  @Test func walksExtensionHeaders() {
    let options = layout(GoldenFrame.udp6(first: "00", chain: "3c00010400000000 1101010c" + zeros(12)))
    #expect(options.l3HeaderLength == 64 && options.l4Class == .udp && options.destinationPort == 5678)
    let authenticated = layout(GoldenFrame.udp6(first: "33", chain: "1101" + zeros(10)))
    #expect(authenticated.l3HeaderLength == 52 && authenticated.l4Class == .udp)
    let fragment = layout(GoldenFrame.udp6(first: "2c", chain: "1100000000000001"))
    #expect(fragment.l3Class == .ip6Fragment && fragment.l4Class == .none && fragment.ipProtocol == 17)
    let route = layout(GoldenFrame.udp6(first: "2b", chain: "1100000100000000"))
    #expect(route.hasPendingRoute && route.l4Class == .udp)
    let encrypted = layout(GoldenFrame.udp6(first: "32", chain: ""))
    #expect(encrypted.ipProtocol == 50 && encrypted.l4Class == .none && encrypted.l3HeaderLength == 40)
  }

  @Test func boundsTheWalk() {
    let most = FrameLayout.maximumExtensionHeaders
    let chain = { (count: Int) in String(repeating: "3c00010400000000", count: count - 1) + "1100010400000000" }
    #expect(layout(GoldenFrame.udp6(first: "3c", chain: chain(most))).l4Class == .udp)
    #expect(layout(GoldenFrame.udp6(first: "3c", chain: chain(most + 1))).l4Class == .none)
    let cut = layout(GoldenFrame.udp6(first: "3c", chain: "11ff010400000000"))
    #expect(cut.l4Class == .none && cut.ipProtocol == 60 && cut.l3HeaderLength == 40)
  }

  @Test func marksLengthsThatLie() {
    for (offset, value) in [(17, UInt8(0x20)), (17, 0x13), (16, 0xff)] {
      var frame = hex(GoldenFrame.udp4)
      frame[offset] = value
      #expect(!layout(frame).isIPLengthValid)
      #expect(layout(frame).l3Class == .ip4)
    }
    var frame = hex(GoldenFrame.udp6)
    frame[19] = 0x0c
    #expect(!layout(frame).isIPLengthValid)
  }

  @Test func leavesBadHeadersUnknown() {
    for first: UInt8 in [0x65, 0x44, 0x40, 0x4f, 0x00] {
      var frame = hex(GoldenFrame.udp4)
      frame[14] = first
      #expect(layout(frame).l3Class == .unknown, "\(first)")
    }
    #expect(layout([]).l3Class == .unknown)
    #expect(layout(Array(hex(GoldenFrame.udp4)[..<13])).l3Offset == 13)
  }

  @Test func takesNoTransportFromPadding() {
    let frame = hex(GoldenFrame.macs + "0800 4500001412344000400614ae 0a0000010a000002" + zeros(26))
    #expect(layout(frame).isIPLengthValid && layout(frame).l4Class == .none)
  }

  private func zeros(_ count: Int) -> String { String(repeating: "00", count: count) }
}
