import EtherFabricFrames
import Testing

@Suite struct FilterDescriptionTests {
  static let canonical = [
    "udp:192.168.1.1:5000", "tcp:192.168.1.1:80,10.0.0.7:1024", "udp:[2001:db8::1]:5000",
    "udp:[2001:db8::1]:5000,[2001:db8::2]:6000", "udp:vid=5,239.1.2.3:4000", "udp:mcastloop-rx,vid=5,239.1.2.3:4000",
    "eth:00:0f:53:01:02:03", "eth:vid=5,00:0f:53:01:02:03", "eth:vid=5,ethertype=0x88f7,00:0f:53:01:02:03",
    "eth:ipproto=89,00:0f:53:01:02:03", "ethertype:0x800", "ethertype:vid=0,0x88f7", "ipproto:89", "ipproto:vid=7,2",
    "unicast-all", "multicast-all", "unicast-mis", "multicast-mis", "unicast-mis:vid=5", "multicast-mis:vid=4095",
    "sniff:promisc", "sniff:no-promisc", "tx-sniff", "block-kernel", "block-kernel-unicast",
    "block-kernel-multicast",
  ]

  @Test(arguments: canonical)
  func printsWhatItRead(text: String) throws {
    #expect(try FilterDescription(parsing: text).description == text)
  }

  @Test(arguments: [
    ("udp:192.168.1.1:5000,vid=5", "udp:vid=5,192.168.1.1:5000"), ("ucast-all", "unicast-all"),
    ("mcast-all", "multicast-all"), ("ucast-mis,vid=5", "unicast-mis:vid=5"),
    ("mcast-mis:vid=5", "multicast-mis:vid=5"),
    ("eth:00:0f:53:01:02:03,vid=5", "eth:vid=5,00:0f:53:01:02:03"), ("ip-proto:0x11", "ipproto:17"),
    ("ethertype:2048,vid=3", "ethertype:vid=3,0x800"), ("sniff", "sniff:promisc"),
    ("eth:0:f:53:1:2:3,ip-proto=2", "eth:ipproto=2,00:0f:53:01:02:03"),
  ])
  func acceptsOtherSpellings(text: String, canonical: String) throws {
    #expect(try FilterDescription(parsing: text).description == canonical)
  }

  @Test func readsTheParts() throws {
    let filter = try FilterDescription(parsing: "tcp:vid=5,[2001:db8::1]:80,[::1]:65535")
    #expect(filter.kind == .tcp && filter.vlan == 5)
    #expect(filter.local == .init(.ipv6(IPv6Address("2001:db8::1")!), port: 80))
    #expect(filter.remote == .init(.ipv6(IPv6Address("::1")!), port: 65535))
    #expect(!filter.receivesMulticastLoop && filter.mac == nil && filter.etherType == nil)
  }

  @Test(arguments: [
    ("", "", "no such kind"), ("utp:1.2.3.4:5", "utp", "no such kind"), ("udp", "", "missing"), ("udp:", "", "missing"),
    ("udp:1.2.3.4", "1.2.3.4", "port is missing"), ("udp:1.2.3.4:", "", "port is missing"),
    ("udp:1.2.3.4:99999", "99999", "not a port"), ("udp:1.2.3.4:+5", "+5", "not a port"),
    ("udp:5000", "5000", "neither"), ("udp:host:5", "host", "names are not looked up"),
    ("udp:fe80::1:5", "fe80::1:5", "brackets"), ("udp:[fe80::1]", "[fe80::1]", "port is missing"),
    ("udp:[fe80::1:5", "[fe80::1:5", "']'"), ("udp:[1.2.3.4]:5", "1.2.3.4", "not an IPv6"),
    ("udp:1.2.3.4:5,", "", "missing after"), ("udp:1.2.3.4:5,6.7.8.9:1,1.1.1.1:1", "1.1.1.1:1", "two ends"),
    ("udp:1.2.3.4:5,[::1]:5", "[::1]:5", "IPv6"), ("udp:vid=5,vid=6,1.2.3.4:5", "vid=6", "twice"),
    ("udp:vid=4096,1.2.3.4:5", "4096", "not a VLAN"), ("udp:vid=,1.2.3.4:5", "", "not a VLAN"),
    ("udp:vid=-1,1.2.3.4:5", "-1", "not a VLAN"), ("udp:ethertype=2,1.2.3.4:5", "ethertype=2", "does not take"),
    ("eth:vid=5", "", "destination address"), ("eth:00:0f:53:01:02", "00:0f:53:01:02", "not an Ethernet"),
    ("eth:ethertype=1,ipproto=2,0:0:0:0:0:1", "", "either"), ("ethertype:70000", "70000", "not an EtherType"),
    ("ethertype", "", "missing"), ("ethertype:1,2", "2", "does not take"), ("ipproto:256", "256", "not an IP protocol"),
    ("unicast-all:vid=5", "vid=5", "does not take"), ("block-kernel:x", "x", "does not take"),
    ("sniff:maybe", "maybe", "does not take"), ("tx-sniff:", "", "missing after"),
  ])
  func namesThePartThatIsWrong(text: String, part: String, reason: String) {
    let error = #expect(throws: FilterSyntaxError.self) { try FilterDescription(parsing: text) }
    #expect(error?.part == part)
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    #expect(error?.description.contains("Accepted: ") == true)
  }

  @Test func neverTrapsOnAnyText() {
    var random = SeededRandom(seed: 8)
    let pieces = [
      "udp", "tcp", "eth", ":", ",", "vid=", "5", "[", "]", "::1", "1.2.3.4", "0x", "=", "-", " ", "é", "sniff",
    ]
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0...9, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
      if let filter = try? FilterDescription(parsing: text) {
        #expect((try? FilterDescription(parsing: filter.description)) == filter)
      }
    }
  }
}
