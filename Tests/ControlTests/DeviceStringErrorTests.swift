import EtherFabric
import Glibc
import Testing

@Suite struct DeviceStringErrorTests {
  struct Wrong: Sendable, CustomTestStringConvertible {
    var text: String
    var part: String
    var reason: String
    var errno: Int32
    var testDescription: String { text }
    init(_ text: String, _ part: String, _ reason: String, _ errno: Int32 = EINVAL) {
      self.text = text
      self.part = part
      self.reason = reason
      self.errno = errno
    }
  }

  @Test(arguments: [
    Wrong("", "", "an empty device string"),
    Wrong("emu", "emu", "no wire after the scheme"),
    Wrong("eth0", "eth0", "not a scheme; one of emu, sfc"),
    Wrong("enu:cable:0", "enu", "did you mean 'emu'?"),
    Wrong("emu:cabel:0", "cabel", "did you mean 'cable'?"),
    Wrong("emu::0", "", "not a wire; one of cable, switch, afpacket, xdp, pcap, shm, tap"),
    Wrong("emu:cable", "emu:cable", "write emu:cable:[NAME/]PORT"),
    Wrong("emu:pcap:,loop=2", "emu:pcap:", "write emu:pcap:FILE"),
    Wrong("emu:cable:2", "2", "not a port of a cable; 0 to 1"),
    Wrong("emu:cable:-1", "-1", "not a port"),
    Wrong("emu:switch:16", "16", "0 to 15"),
    Wrong("emu:switch:a/b/0", "b/0", "not a port"),
    Wrong("emu:switch:/0", "", "not a name of a switch"),
    Wrong("emu:switch:a b/0", "a b", "not a name of a switch"),
    Wrong("emu:afpacket:a/b", "a/b", "not the name of an interface"),
    Wrong("emu:afpacket:sixteen-letters0", "sixteen-letters0", "1 to 15 bytes"),
    Wrong("emu:afpacket:..", "..", "not the name of an interface"),
    Wrong("emu:cable:0,", "", "an empty option"),
    Wrong("emu:cable:0,,mtu=9000", "", "an empty option"),
    Wrong("emu:cable:0,nic=x9", "nic=x9", "not a generation; one of x2, 8000, x3, x4, x4-express"),
    Wrong("emu:cable:0,service=inlne", "service=inlne", "not a choice; one of inline, thread"),
    Wrong("emu:cable:0,mtu", "mtu", "an option without a value; for example mtu=1500"),
    Wrong("emu:cable:0,mtu=", "mtu=", "nothing after '='"),
    Wrong("emu:cable:0,mtu=67", "mtu=67", "not in 68 to 9198"),
    Wrong("emu:cable:0,mtu=1k", "mtu=1k", "not a whole number"),
    Wrong("emu:cable:0,mtu=+1500", "mtu=+1500", "not a whole number"),
    Wrong("emu:cable:0,seed=18446744073709551616", "seed=18446744073709551616", "more than 64 bits"),
    Wrong("emu:cable:0,seed=0xg", "seed=0xg", "not a hexadecimal number"),
    Wrong("emu:cable:0,clock-drift=500000001", "clock-drift=500000001", "not in -500000000 to 500000000"),
    Wrong("emu:cable:0,clock-drift=--5", "clock-drift=--5", "not a whole number"),
    Wrong("emu:cable:0,clock-drift=-", "clock-drift=-", "not a whole number"),
    Wrong("emu:cable:0,clock-offset=-9223372036854775809", "clock-offset=-9223372036854775809", "not in 0 to"),
    Wrong("emu:cable:0,clock-state=off", "clock-state=off", "one of set+sync, set, sync, none"),
    Wrong("emu:cable:0,mac=1:2", "mac=1:2", "not a MAC address"),
    Wrong("emu:cable:0,mac=ff:ff:ff:ff:ff:ff", "mac=ff:ff:ff:ff:ff:ff", "a multicast address"),
    Wrong("emu:cable:0,drop=2", "drop=2", "not a rate from 0 to 1"),
    Wrong("emu:cable:0,drop=1/0", "drop=1/0", "not a rate"),
    Wrong("emu:cable:0,drop=nan", "drop=nan", "not a rate"),
    Wrong("emu:cable:0,drop=-1%", "drop=-1%", "not a rate"),
    Wrong("emu:afpacket:e,steal=maybe", "steal=maybe", "not on or off"),
    Wrong("emu:pcap:f,pace=0", "pace=0", "not a pace"),
    Wrong("emu:pcap:f,loop=0", "loop=0", "not a count"),
    Wrong("emu:cable:0,steal=on", "steal=on", "'steal' is an option of afpacket, not of cable"),
    Wrong("emu:afpacket:e,stael=on", "stael=on", "no option is called 'stael'; did you mean 'steal'?"),
    Wrong("emu:cable:0, mtu=1500", " mtu=1500", "did you mean 'mtu'?"),
    Wrong("emu:cable:0,MTU=1500", "MTU=1500", "did you mean 'mtu'?"),
    Wrong("emu:cable:0,rxdrop=1%", "rxdrop=1%", "did you mean 'rx-drop'?"),
    Wrong("emu:cable:0,elephants=2", "elephants=2", "no option is called 'elephants'"),
    Wrong("emu:cable:0,mtu=1500,mtu=1500", "mtu=1500", "a second 'mtu', after 'mtu=1500'"),
    Wrong("emu:shm:2", "2", "not a port of a shm; 0 to 1"),
    Wrong("emu:shm:a b/0", "a b", "not a name of a shm"),
    Wrong("emu:shm:", "emu:shm:", "write emu:shm:[NAME/]PORT"),
    Wrong("emu:tap:sixteen-letters0", "sixteen-letters0", "1 to 15 bytes"),
    Wrong("emu:tap", "emu:tap", "write emu:tap:IFACE"),
    Wrong("emu:tap:t0,address=10.0.0.1", "address=10.0.0.1", "write 10.0.0.1/24"),
    Wrong("emu:tap:t0,address=10.0.0.1/33", "address=10.0.0.1/33", "write 10.0.0.1/24"),
    Wrong("emu:tap:t0,address=::1/64", "address=::1/64", "write 10.0.0.1/24"),
    Wrong("emu:tap:t0,address=224.0.0.1/4", "address=224.0.0.1/4", "not an address of a host"),
    Wrong("emu:cable:0,address=10.0.0.1/24", "address=10.0.0.1/24", "an option of tap, not of cable"),
    Wrong("emu:afpacket:e,slots=0", "slots=0", "not in 1 to 65536"),
    Wrong("emu:xdp:e,slots=64", "slots=64", "'slots' is an option of afpacket, not of xdp"),
    Wrong("emu:xdp:a/b", "a/b", "not the name of an interface"),
    Wrong("emu:xdp:e,attach=fast", "attach=fast", "one of best, zerocopy, native, generic"),
    Wrong("emu:xdp:e,queues=65", "queues=65", "not in 1 to 64"),
    Wrong("emu:xdp:e,steal=on", "steal=on", "'steal' is an option of afpacket, not of xdp"),
    Wrong("sfc:eth0", "sfc", "this build has no such backend", ENODEV),
    Wrong("sfc:eth0/express/phys,x=y", "sfc", "this build has no such backend", ENODEV),
    Wrong("sfc:eth0/fast", "fast", "not a datapath of sfc; express or phys"),
    Wrong("sfc:", "", "not the name of an interface"),
    Wrong("sfc", "", "not the name of an interface"),
  ])
  func namesThePart(_ wrong: Wrong) {
    let error = #expect(throws: EtherFabricError.self) { try DeviceString(wrong.text) }
    #expect(error?.errno == wrong.errno)
    #expect(error?.reason.hasPrefix("'\(wrong.part)': ") == true, "\(error?.reason ?? "")")
    #expect(error?.reason.contains(wrong.reason) == true, "\(error?.reason ?? "")")
    #expect(error?.operation == "DeviceString.init")
    #expect(error?.remedy.hasSuffix(".") == true)
  }

  @Test func unknownOptionsListTheKnownOnes() {
    let error = #expect(throws: EtherFabricError.self) { try DeviceString("emu:pcap:f,elephants=2") }
    #expect(error?.remedy.contains("loop") == true)
    #expect(error?.remedy.contains("steal") == false)
  }

  @Test func messagesAreOneShortLine() {
    let long = String(repeating: "x", count: 100_000)
    let control = "emu:cable:0,\n\u{1b}\u{2028}=1"
    for text in [long, "emu:" + long + ":0", "emu:cable:" + long, "emu:cable:0," + long, control] {
      let error = #expect(throws: EtherFabricError.self) { try DeviceString(text) }
      let message = error?.description ?? ""
      #expect(message.count < 800 && !message.contains("\n") && !message.contains("\u{1b}"))
    }
    #expect(throws: EtherFabricError.self) { try DeviceString("emu:pcap:a\0b") }
  }
}
