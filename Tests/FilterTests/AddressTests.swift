import EtherFabric
import Testing

@Suite struct AddressTests {
  @Test(arguments: [
    ("0.0.0.0", "0.0.0.0"), ("192.0.2.255", "192.0.2.255"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
    ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
    ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("::1.2.3.4", "::102:304"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
  ])
  func textRoundTrips(_ text: String, _ canonical: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.description == canonical)
    #expect(IPAddress(canonical) == address)
    #expect(IPAddress(bytes: address.bytes) == address)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "+1.2.3.4", "1.2.3.-4", ":", ":::", "1:2:3:4:5:6:7", "1::2::3",
    "12345::", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "fe80::1%eth0", "g::", "::1.2.3", "1.2.3.4::", "+1::",
    ":1:2::3", "1.2.3.4/24", "1:2:3:4:5:6:7:1.2.3.4", "::1:", "٣.2.3.4",
  ])
  func otherTextIsRefused(_ text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test func classes() {
    #expect(IPAddress(224, 0, 0, 1).isMulticast && IPAddress(239, 255, 255, 255).isMulticast)
    #expect(!IPAddress(223, 255, 255, 255).isMulticast && !IPAddress(240, 0, 0, 1).isMulticast)
    #expect(IPAddress("ff02::1")!.isMulticast && !IPAddress("fe80::1")!.isMulticast)
    #expect(IPAddress("255.255.255.255")!.isBroadcast && !IPAddress("::ffff:ffff")!.isBroadcast)
    #expect(IPAddress("::1.2.3.4") != IPAddress("1.2.3.4"))
    #expect(IPAddress(127, 0, 0, 1).ipv4 == 0x7f00_0001 && IPAddress("::1")!.ipv4 == nil)
    #expect(IPAddress(bytes: [1, 2, 3]) == nil)
  }

  @Test func endpoints() {
    #expect(IPEndpoint("10.0.0.1:4000") == IPEndpoint(IPAddress(10, 0, 0, 1), port: 4000))
    #expect(IPEndpoint("[fd00::1]:1")?.description == "[fd00::1]:1")
    for text in ["10.0.0.1", "fd00::1:1", "[10.0.0.1]:1", "10.0.0.1:", "10.0.0.1:65536", "10.0.0.1:+1", "[]:1", ":1"] {
      #expect(IPEndpoint(text) == nil, "\(text)")
    }
  }
}
