import EtherFabric
import Glibc
import Testing

@Suite struct DeviceStringTests {
  struct Golden: Sendable, CustomTestStringConvertible {
    var text: String
    var wire: DeviceString.Wire
    var target: String
    var port: Int?
    /// What is given, in canonical spelling.
    var given: String
    var testDescription: String { text }
    init(_ text: String, _ wire: DeviceString.Wire, _ target: String, _ port: Int? = nil, _ given: String? = nil) {
      self.text = text
      self.wire = wire
      self.target = target
      self.port = port
      self.given = given ?? text
    }
  }

  @Test(arguments: [
    Golden("emu:cable:0", .cable, "", 0),
    Golden("emu:cable:left/1", .cable, "left", 1),
    Golden("emu:switch:15", .switch, "", 15),
    Golden("emu:switch:a-b_c.9/7", .switch, "a-b_c.9", 7),
    Golden("emu:switch:3/0x0f", .switch, "3", 15, "emu:switch:3/15"),
    Golden("emu:afpacket:eth0", .afpacket, "eth0"),
    Golden("emu:afpacket:eth0.100,steal=on", .afpacket, "eth0.100"),
    Golden("emu:afpacket:eth0,steal=yes", .afpacket, "eth0", nil, "emu:afpacket:eth0,steal=on"),
    Golden("emu:shm:x/1", .shm, "x", 1),
    Golden("emu:shm:0,nic=x3", .shm, "", 0),
    Golden("emu:tap:efvi0,address=10.0.0.1/24", .tap, "efvi0"),
    Golden("emu:tap:t0,address=10.0.0.1/0x18", .tap, "t0", nil, "emu:tap:t0,address=10.0.0.1/24"),
    Golden("emu:afpacket:eth0,slots=0x4000", .afpacket, "eth0", nil, "emu:afpacket:eth0,slots=16384"),
    Golden("emu:xdp:eth0", .xdp, "eth0"),
    Golden(
      "emu:xdp:eth0,queues=0x4,attach=generic,need-wakeup=no", .xdp, "eth0", nil,
      "emu:xdp:eth0,queues=4,attach=generic,need-wakeup=off"),
    Golden("emu:pcap:/tmp/a.pcap", .pcap, "/tmp/a.pcap"),
    Golden("emu:pcap:C:/x=1", .pcap, "C:/x=1"),
    Golden(#"emu:pcap:a\,b.pcap,loop=forever"#, .pcap, "a,b.pcap"),
    Golden(#"emu:pcap:a\b\\c\"#, .pcap, #"a\b\c\"#, nil, #"emu:pcap:a\\b\\c\\"#),
    Golden("emu:pcap:f,pace=2.5,loop=03", .pcap, "f", nil, "emu:pcap:f,pace=2.5,loop=3"),
    Golden(
      "emu:cable:0,mac=0:F:53:1:2:3,mtu=0x5dc", .cable, "", 0, "emu:cable:0,mac=00:0f:53:01:02:03,mtu=1500"),
    Golden("emu:cable:0,seed=18446744073709551615", .cable, "", 0),
    Golden("emu:cable:0,drop=1%,rx-drop=0.5,tx-corrupt=1/1000", .cable, "", 0),
    Golden(#"emu:cable:0,record=a\,b=\\c.pcap,nic=8000"#, .cable, "", 0),
    Golden("emu:cable:0,service=thread,clock=manual,link=down,completion=each,evq-stride=8", .cable, "", 0),
  ])
  func parses(_ golden: Golden) throws {
    let device = try DeviceString(golden.text)
    #expect(device.scheme == .emu)
    #expect(device.wire == golden.wire)
    #expect(device.target == golden.target)
    #expect(device.port == golden.port)
    #expect(device.given == golden.given)
    #expect(try DeviceString(device.given) == device)
    let again = try DeviceString(device.description)
    #expect(again == device)
    #expect(again.description == device.description)
    #expect(again.target == golden.target)
  }

  @Test func describesWhatIsInEffect() throws {
    #expect(
      try DeviceString("emu:cable:0,link=down,nic=8000").description
        == "emu:cable:0,nic=8000,service=inline,completion=batch,clock=real,timestamps=wire,firmware=full,phys=group,"
        + "rss-udp=addresses,seed=0,link=down")
    #expect(try DeviceString("emu:cable:0,nic=x2,mtu=100") == DeviceString("emu:cable:0,mtu=100"))
    #expect(try DeviceString("emu:cable:0,mtu=101") != DeviceString("emu:cable:0,mtu=100"))
    #expect(try DeviceString("emu:cable:1") != DeviceString("emu:cable:0"))
  }

  private enum Service: String, CaseIterable { case inline, thread }
  private enum Wrong: String, CaseIterable { case one, two }

  @Test func typedValues() throws {
    let device = try DeviceString(
      "emu:cable:0,mtu=1500,drop=1%,rx-drop=1/4,mac=02:00:00:00:00:01,service=thread,nic=8000,seed=0xffffffffffffffff")
    #expect(try device.integer("mtu", in: 68...9000) == 1500)
    #expect(try device.integer("seed", in: 0...UInt64.max) == UInt64.max)
    let clock = try DeviceString("emu:cable:0,clock-offset=-0x10,clock-drift=-0,clock-state=set")
    #expect(clock.given == "emu:cable:0,clock-offset=-16,clock-drift=0,clock-state=set")
    #expect(try clock.integer("clock-offset", in: Int64.min...Int64.max) == -16)
    #expect(try device.integer("clock-drift", in: Int64.min...Int64.max) == nil)
    #expect(try device.rate("drop") == 0.01)
    #expect(try device.rate("rx-drop") == 0.25)
    #expect(try device.rate("tx-drop") == nil)
    #expect(try device.mac("mac")?.value == 0x0200_0000_0001)
    #expect(try device.choice("service", as: Service.self) == .thread)
    #expect(try device.text("link") == "up")
    #expect(try device.text("steal") == nil)
    #expect(try device.text("mtu") == "1500")
    #expect(device.generation == .sfc8000)
    #expect(device.faults.map(\.description) == ["drop=1%", "rx-drop=1/4"])
    #expect(device.isGiven("mtu"))
    #expect(!device.isGiven("link"))
    #expect(try DeviceString("emu:cable:0").generation == .x2)
    let packet = try DeviceString("emu:afpacket:eth0,steal=on")
    #expect(try packet.flag("steal") == true)
    #expect(try packet.flag("promiscuous") == true)
  }

  @Test func aValueOfAnotherTypeIsRefused() throws {
    let device = try DeviceString("emu:cable:0,service=thread,mtu=9000,seed=300")
    let calls: [(String, () throws -> Void)] = [
      ("service=thread", { _ = try device.integer("service", in: 0...9) }),
      ("service=thread", { _ = try device.flag("service") }),
      ("service=thread", { _ = try device.rate("service") }),
      ("service=thread", { _ = try device.mac("service") }),
      ("service=thread", { _ = try device.choice("service", as: Wrong.self) }),
      ("mtu=9000", { _ = try device.integer("mtu", in: 0...1500) }),
      ("seed=300", { _ = try device.integer("seed", in: 0...UInt8.max) }),
      ("nonsense", { _ = try device.text("nonsense") }),
    ]
    for (part, call) in calls {
      let error = #expect(throws: EtherFabricError.self, performing: call)
      #expect(error?.errno == 22)
      #expect(error?.reason.contains("'\(part)'") == true, "\(part): \(error?.reason ?? "")")
    }
  }

  /// The table of the document has a row for each option, with its values' words and its default.
  @Test func theDocumentHasEveryOption() throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let file = try #require(fopen("/\(root)/Documentation/DeviceStrings.md", "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let length = fread(&bytes, 1, bytes.count, file)
    let lines = String(decoding: bytes.prefix(length), as: UTF8.self).split(separator: "\n")
    for rule in DeviceOptionRule.all where !rule.key.hasPrefix("rx-") && !rule.key.hasPrefix("tx-") {
      let row = try #require(lines.first { $0.hasPrefix("| `\(rule.key)` |") }, "no row for '\(rule.key)'")
      let cells = row.split(separator: "|").map { $0.drop { $0 == " " } }
      #expect(cells[2].hasPrefix(rule.defaultValue.map { "`\($0)`" } ?? ""), "\(row)")
      #expect((rule.defaultValue == nil) == cells[2].isEmpty, "\(row)")
      let wires =
        rule.wires.count == DeviceString.Wire.allCases.count
        ? "all" : rule.wires.map(\.rawValue).joined(separator: ", ")
      #expect(cells[3].hasPrefix(wires + " "), "\(row)")
      if case .choice(let words) = rule.value {
        #expect(words.allSatisfy { cells[1].contains("`\($0)`") }, "\(row)")
      }
    }
  }

  @Test func everyRuleIsConsistent() throws {
    let rules = DeviceOptionRule.all
    #expect(Set(rules.map(\.key)).count == rules.count)
    for rule in rules {
      #expect(!rule.wires.isEmpty && !rule.help.isEmpty)
      guard let value = rule.defaultValue, let wire = rule.wires.first else { continue }
      let place = wire == .cable || wire == .switch ? "0" : "x"
      let device = try DeviceString("emu:\(wire.rawValue):\(place),\(rule.key)=\(value)")
      #expect(device.options == [DeviceOption(key: rule.key, value: value)])
    }
  }
}
