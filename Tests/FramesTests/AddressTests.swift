import EtherFabric
import EtherFabricFrames
import Testing

@Suite struct AddressTests {
  @Test(arguments: ["192.0.2.1", "0.0.0.0", "255.255.255.255"])
  func ipv4RoundTrips(text: String) throws {
    #expect(try #require(IPv4Address(text)).description == text)
  }

  @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "a.b.c.d", "1.2.3.4 "])
  func refusesOtherIPv4(text: String) {
    #expect(IPv4Address(text) == nil)
  }

  @Test(arguments: ["::", "::1", "2001:db8::1", "fe80::20f:53ff:fe01:203", "ff02::1:ff00:2"])
  func ipv6RoundTrips(text: String) throws {
    #expect(try #require(IPv6Address(text)).description == text)
  }

  @Test(arguments: ["", ":", "1::2::3", "fe80::1%eth0", "[::1]", "12345::", "1.2.3.4"])
  func refusesOtherIPv6(text: String) {
    #expect(IPv6Address(text) == nil)
  }

  @Test func ethernetRoundTrips() throws {
    let mac = try #require(EthernetAddress("0:f:53:01:02:Ff"))
    #expect(mac.description == "00:0f:53:01:02:ff")
    #expect(mac.value == 0x000f_5301_02ff)
    for text in ["", "00:0f:53:01:02", "00:0f:53:01:02:03:04", "+1:0:0:0:0:0", "000:0:0:0:0:0", "g:0:0:0:0:0"] {
      #expect(EthernetAddress(text) == nil, "\(text)")
    }
  }

  @Test func derivesGroups() throws {
    let mac = try #require(EthernetAddress("00:0f:53:01:02:03"))
    #expect(IPv6Address(linkLocalFor: mac) == IPv6Address("fe80::20f:53ff:fe01:203"))
    let address = try #require(IPv6Address("2001:db8::12:3456"))
    #expect(address.solicitedNode == IPv6Address("ff02::1:ff12:3456"))
    #expect(EthernetAddress(multicast: address.solicitedNode) == EthernetAddress("33:33:ff:12:34:56"))
    #expect(EthernetAddress(multicast: IPv4Address(239, 129, 2, 3)) == EthernetAddress("01:00:5e:01:02:03"))
    #expect(IPv4Address(239, 1, 2, 3).isMulticast && IPv6Address.allNodes.isMulticast)
  }

  @Test func loadsWhatItStores() {
    var bytes = [UInt8](repeating: 0, count: 17)
    bytes.withUnsafeMutableBytes { buffer in
      let odd = buffer.baseAddress! + 1
      EthernetAddress(value: 0x0102_0304_0506).store(to: odd)
      #expect(Array(buffer[1..<7]) == [1, 2, 3, 4, 5, 6])
      #expect(EthernetAddress(load: odd).value == 0x0102_0304_0506)
      IPv4Address(192, 0, 2, 1).store(to: odd)
      #expect(Array(buffer[1..<5]) == [192, 0, 2, 1])
      #expect(IPv4Address(load: odd) == IPv4Address(192, 0, 2, 1))
      IPv6Address(high: 0x2001_0db8_0000_0000, low: 7).store(to: odd)
      #expect(buffer[1] == 0x20 && buffer[16] == 7)
      #expect(IPv6Address(load: odd) == IPv6Address("2001:db8::7"))
    }
  }
}
