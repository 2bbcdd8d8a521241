import EtherFabric
import EtherFabricFormats
import EtherFabricFrames
import Testing

@Suite struct UDPFlowTests {
  static let ipv4 = UDPFlow(
    from: EthernetAddress("00:0f:53:00:00:01")!, IPv4Address(10, 0, 0, 1), port: 1234,
    to: EthernetAddress("00:0f:53:00:00:02")!, IPv4Address(10, 0, 0, 2), port: 5678)
  static let ipv6 = UDPFlow(
    from: EthernetAddress("00:0f:53:00:00:01")!, IPv6Address("2001:db8::1")!, port: 1234,
    to: EthernetAddress("00:0f:53:00:00:02")!, IPv6Address("2001:db8::2")!, port: 5678)

  private func frame(_ flow: UDPFlow, _ payload: [UInt8], checksum: Bool = true) -> [UInt8] {
    var frame = [UInt8](repeating: 0xcc, count: flow.payloadOffset) + payload
    frame.withUnsafeMutableBytes { buffer in
      let length = flow.write(payloadLength: payload.count, into: buffer)
      #expect(length == buffer.count)
      if checksum { flow.fillChecksum(payloadLength: payload.count, in: buffer.baseAddress!) }
    }
    return frame
  }

  @Test func writesGoldenFrames() {
    #expect(
      frame(Self.ipv4, hex("616263"))
        == hex(
          "000f53000002 000f53000001 0800 4500001f0000400040 11 26cc 0a000001 0a000002 04d2162e000b0c73 616263"))
    #expect(
      frame(Self.ipv6, hex("616263"))
        == hex(
          "000f53000002 000f53000001 86dd 60000000000b1140 20010db8000000000000000000000001"
            + "20010db8000000000000000000000002 04d2162e000bc500 616263"))
  }

  @Test func leavesTheUDPChecksumToTheAdapter() {
    for var flow in [Self.ipv4, Self.ipv6] {
      flow.vlan = 0x6005
      var bytes = frame(flow, [1, 2, 3, 4, 5], checksum: false)
      let offset = flow.payloadOffset
      #expect(Array(bytes[offset - 2..<offset]) == [0, 0])
      bytes.withUnsafeMutableBytes { FrameLayout.fillChecksums($0, ip: true, l4: true) }
      #expect(bytes == frame(flow, [1, 2, 3, 4, 5]))
    }
  }

  @Test func placesThePayload() {
    #expect(Self.ipv4.payloadOffset == 42 && Self.ipv6.payloadOffset == 62)
    for var flow in [Self.ipv4, Self.ipv6] {
      for vlan in [nil, UInt16(5)] {
        flow.vlan = vlan
        let bytes = frame(flow, [9, 8, 7]) + [0, 0, 0]
        let range = bytes.withUnsafeBytes { UDPFlow.payloadRange(of: $0) }
        #expect(range == flow.payloadOffset..<flow.payloadOffset + 3)
      }
    }
  }

  @Test func readsTheFlowOfAFrame() {
    for var flow in [Self.ipv4, Self.ipv6, Self.ipv4.reversed, Self.ipv6.reversed] {
      flow.vlan = 0x2064
      flow.hopLimit = 3
      let bytes = frame(flow, [1])
      #expect(bytes.withUnsafeBytes { UDPFlow($0) } == flow)
    }
    #expect(UDPFlow(UnsafeRawBufferPointer(start: nil, count: 0)) == nil)
  }

  @Test func reversesTwiceToItself() {
    #expect(Self.ipv4.reversed.reversed == Self.ipv4)
    #expect(Self.ipv6.reversed != Self.ipv6)
    #expect(Self.ipv4.reversed.sourcePort == 5678)
  }

  @Test func checksumsHoldForAnyPayload() {
    var random = SeededRandom(seed: 6)
    for length in [0, 1, 18, 63, 1472] {
      for flow in [Self.ipv4, Self.ipv6] {
        let bytes = frame(flow, random.bytes(length))
        #expect(bytes.withUnsafeBytes { FrameLayout.verifyChecksums($0) } == (false, false))
      }
    }
  }
}
