import EtherFabricFormats
import Glibc
import Testing

/// The vectors by which Microsoft's specification verifies the hash, and the same flows under Onload's key.
@Suite struct ToeplitzHashTests {
  struct Flow: Sendable {
    var source: String
    var destination: String
    var sourcePort: UInt16
    var destinationPort: UInt16
    /// Without and with ports, under Microsoft's key.
    var published: (UInt32, UInt32)
    /// The same under the driver's.
    var driver: (UInt32, UInt32)

    var ports: UInt32 { UInt32(sourcePort) << 16 | UInt32(destinationPort) }
  }

  static let flows4 = [
    Flow(
      source: "66.9.149.187", destination: "161.142.100.80", sourcePort: 2794, destinationPort: 1766,
      published: (0x323e_8fc2, 0x51cc_c178), driver: (0x0a59_0a59, 0x9fcc_9fcc)),
    Flow(
      source: "199.92.111.2", destination: "65.69.140.83", sourcePort: 14230, destinationPort: 4739,
      published: (0xd718_262a, 0xc626_b0ea), driver: (0x7ba9_7ba9, 0x60d7_60d7)),
    Flow(
      source: "24.19.198.95", destination: "12.22.207.184", sourcePort: 12898, destinationPort: 38024,
      published: (0xd2d0_a5de, 0x5c2b_394a), driver: (0xa55a_a55a, 0x3a3e_3a3e)),
    Flow(
      source: "38.27.205.30", destination: "209.142.163.6", sourcePort: 48228, destinationPort: 2217,
      published: (0x8298_9176, 0xafc7_327f), driver: (0xf8a7_f8a7, 0xd26e_d26e)),
    Flow(
      source: "153.39.163.191", destination: "202.188.127.2", sourcePort: 44251, destinationPort: 1303,
      published: (0x5d18_09c5, 0x10e8_28a2), driver: (0x5754_5754, 0xf23e_f23e)),
  ]

  static let flows6 = [
    Flow(
      source: "3ffe:2501:200:1fff::7", destination: "3ffe:2501:200:3::1", sourcePort: 2794, destinationPort: 1766,
      published: (0x2cc1_8cd5, 0x4020_7d3d), driver: (0x867e_867e, 0x13eb_13eb)),
    Flow(
      source: "3ffe:501:8::260:97ff:fe40:efab", destination: "ff02::1", sourcePort: 14230, destinationPort: 4739,
      published: (0x0f0c_461c, 0xdde5_1bbf), driver: (0x2def_2def, 0x3691_3691)),
    Flow(
      source: "3ffe:1900:4545:3:200:f8ff:fe21:67cf", destination: "fe80::200:f8ff:fe21:67cf", sourcePort: 44251,
      destinationPort: 38024, published: (0x4b61_e985, 0x02d1_feef), driver: (0xc85e_c85e, 0x0809_0809)),
  ]

  /// The bytes of an address.
  func bytes(_ text: String) -> [UInt8] {
    let isIPv6 = text.contains(":")
    var result = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
    #expect(inet_pton(isIPv6 ? AF_INET6 : AF_INET, text, &result) == 1)
    return result
  }

  func value(_ text: String) -> UInt32 { bytes(text).reduce(0) { $0 << 8 | UInt32($1) } }

  @Test(arguments: flows4)
  func anIPv4FlowHasThePublishedHash(_ flow: Flow) {
    for (key, expected) in [(ToeplitzHash.microsoftKey, flow.published), (ToeplitzHash.defaultKey, flow.driver)] {
      let hash = ToeplitzHash(key: key)
      let source = value(flow.source)
      let destination = value(flow.destination)
      #expect(hash.hash(ipv4: source, destination: destination) == expected.0)
      #expect(hash.hash(ipv4: source, destination: destination, ports: flow.ports) == expected.1)
    }
  }

  @Test(arguments: flows6)
  func anIPv6FlowHasThePublishedHash(_ flow: Flow) {
    for (key, expected) in [(ToeplitzHash.microsoftKey, flow.published), (ToeplitzHash.defaultKey, flow.driver)] {
      let hash = ToeplitzHash(key: key)
      let source = bytes(flow.source)
      let destination = bytes(flow.destination)
      #expect(hash.hash(ipv6: source, destination: destination) == expected.0)
      #expect(hash.hash(ipv6: source, destination: destination, ports: flow.ports) == expected.1)
    }
  }

  @Test(arguments: flows4 + flows6)
  func bytesInARowHaveThePublishedHash(_ flow: Flow) {
    let hash = ToeplitzHash(key: ToeplitzHash.microsoftKey)
    let addresses = bytes(flow.source) + bytes(flow.destination)
    let all = addresses + [flow.sourcePort, flow.destinationPort].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    #expect(hash.hash(addresses, count: addresses.count) == flow.published.0)
    #expect(hash.hash(all, count: all.count) == flow.published.1)
    #expect(hash.hash(all, count: 0) == 0)
  }

  @Test(arguments: flows4 + flows6)
  func bothDirectionsHaveOneHashUnderTheDefaultKey(_ flow: Flow) {
    let hash = ToeplitzHash()
    let there = bytes(flow.source) + bytes(flow.destination)
    let back = bytes(flow.destination) + bytes(flow.source)
    #expect(hash.hash(there, count: there.count) == hash.hash(back, count: back.count))
    #expect(hash.hash(there, count: there.count) == flow.driver.0)
  }

  /// A frame of `flow`, with `number` as protocol and `fragment` in the IPv4 fragment field.
  func frame(_ flow: Flow, protocol number: UInt8, fragment: UInt16 = 0) -> [UInt8] {
    let source = bytes(flow.source)
    let destination = bytes(flow.destination)
    let ports = [flow.sourcePort, flow.destinationPort].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    let transport = ports + [UInt8](repeating: 0, count: 16)
    let network: [UInt8] =
      source.count == 4
      ? [0x45, 0, 0, 40, 0, 0, UInt8(fragment >> 8), UInt8(fragment & 0xff), 64, number, 0, 0]
      : [0x60, 0, 0, 0, 0, 20, number, 64]
    let ethernet = [UInt8](repeating: 2, count: 12) + (source.count == 4 ? [0x08, 0x00] : [0x86, 0xdd])
    return ethernet + network + source + destination + transport
  }

  @Test(arguments: flows4 + flows6)
  func aFrameIsHashedByWhatItCarries(_ flow: Flow) {
    let hash = ToeplitzHash(key: ToeplitzHash.microsoftKey)
    for (number, expected) in [(6, flow.published.1), (17, flow.published.1), (1, flow.published.0)]
      as [(UInt8, UInt32)]
    {
      let frame = frame(flow, protocol: number)
      let layout = FrameLayout(frame, length: frame.count)
      #expect(hash.hash(frame, layout: layout) == expected)
    }
  }

  @Test func aFragmentIsHashedByItsAddresses() {
    let hash = ToeplitzHash(key: ToeplitzHash.microsoftKey)
    let frame = frame(Self.flows4[0], protocol: 17, fragment: 0x2000)
    #expect(hash.hash(frame, layout: FrameLayout(frame, length: frame.count)) == 0x323e_8fc2)
  }

  @Test func aFrameWithoutIPHasNoHash() {
    let hash = ToeplitzHash()
    var frame = frame(Self.flows4[0], protocol: 17)
    frame[12...13] = [0x08, 0x06]
    #expect(hash.hash(frame, layout: FrameLayout(frame, length: frame.count)) == nil)
  }
}
