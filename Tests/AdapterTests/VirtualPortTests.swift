import EmulatedAdapter
import EtherFabric
import Glibc
import Testing

/// Virtual ports: tags on the way out and in, filters behind the tag, and the switch between the ports.
@Suite struct VirtualPortTests {
  private let rig: Rig
  private let far: RawInterface
  private let mac: MACAddress

  init() throws {
    rig = try Rig()
    far = try RawInterface(rig.left)
    far.post(256)
    _ = try far.addFilter(.unicastAll)
    _ = try far.addFilter(.multicastAll)
    mac = rig.right.macAddress
  }

  /// An interface on the right on a virtual port of its own.
  private func port(_ vlan: UInt16?, _ filters: FilterSpecification...) throws -> RawInterface {
    let domain = try rig.right.allocateDomain(flags: .virtualPort, vlan: vlan)
    let interface = try RawInterface(rig.right, domain: domain)
    interface.post(64)
    for filter in filters { _ = try interface.addFilter(filter) }
    return interface
  }

  private func away(_ vlan: UInt16? = nil) -> FlowFrame { FlowFrame(to: rig.left.macAddress, vlan: vlan) }

  @Test func whatLeavesGetsTheTagAndWhatArrivesLosesIt() throws {
    let tagged = try port(5, .ethernet(mac))
    tagged.send(away().bytes)
    // The tag is in front of the type; checksums were filled in before.
    let sent = try #require(far.frames().first)
    #expect(sent.count == 78 && Array(sent[12..<18]) == [0x81, 0x00, 0, 5, 0x08, 0x00])
    #expect(sent.prefix(12) == away().bytes.prefix(12)[...] && Array(sent.suffix(32)) == Array(away().bytes.suffix(32)))
    far.send(FlowFrame(to: mac, vlan: 5).bytes, FlowFrame(to: mac, vlan: 6).bytes, FlowFrame(to: mac).bytes)
    let frames = tagged.frames()
    #expect(frames.count == 1 && frames[0].count == 74 && Array(frames[0][12..<14]) == [0x08, 0x00])
    #expect(rig.right.statistics()[test: "rx_filtered"] == 2)
  }

  @Test func shortFramesArePaddedWithAndWithoutTheTag() throws {
    let tagged = try port(5, .ethernet(mac))
    tagged.send(away().with { $0.payload = 0 }.bytes)
    // Padded to 60 bytes inside, the tag comes on top.
    #expect(far.frames().map(\.count) == [64])
    far.send(FlowFrame(to: mac, vlan: 5).with { $0.payload = 0 }.bytes)
    #expect(tagged.frames().map(\.count) == [60])
  }

  @Test func filtersAreOnTheFrameBehindTheTag() throws {
    let ip = try port(5, .udp(local: IPEndpoint("10.0.0.2:8192")!))
    let inner = try port(6, try .ethernet(mac, vlan: 9))
    far.send(FlowFrame(to: mac, vlan: 5).bytes)
    #expect(ip.frames().count == 1)
    // Two tags: the outer one says which port, the inner one is the filter's.
    var double = FlowFrame(to: mac, vlan: 9).bytes
    double.insert(contentsOf: [0x81, 0x00, 0, 6], at: 12)
    far.send(double, FlowFrame(to: mac, vlan: 6).bytes)
    #expect(inner.frames().map(\.count) == [78])
  }

  @Test func theSameFilterMayBeOnEveryPort() throws {
    let filter = FilterSpecification.udp(local: IPEndpoint("10.0.0.2:8192")!)
    let plain = try RawInterface(rig.right)
    plain.post(16)
    _ = try plain.addFilter(filter)
    let five = try port(5, filter)
    let six = try port(6, filter)
    let untagged = try port(nil, filter)
    for vlan in [5, 6, 7, nil] as [UInt16?] { far.send(FlowFrame(to: mac, vlan: vlan).bytes) }
    #expect(five.frames().count == 1 && six.frames().count == 1)
    // The port itself comes before virtual ports without a tag, and takes any VLAN where the filter names none.
    #expect(plain.frames().count == 2 && untagged.frames().isEmpty)
    #expect(throws: EtherFabricError.self) { _ = try five.addFilter(filter) }
  }

  @Test func aPortWithoutATagTakesWhatThePortItselfLeaves() throws {
    let untagged = try port(nil, .ethernet(mac))
    untagged.send(away().bytes)
    #expect(far.frames().map(\.count) == [74])
    far.send(FlowFrame(to: mac).bytes, FlowFrame(to: mac, vlan: 3).bytes)
    #expect(untagged.frames().map(\.count) == [74, 78])
  }

  @Test func multicastGoesToEveryPortThatTakesIt() throws {
    let plain = try RawInterface(rig.right)
    plain.post(16)
    _ = try plain.addFilter(FlowFrame.feed)
    let five = try port(5, FlowFrame.feed)
    let untagged = try port(nil, FlowFrame.feed)
    far.send(FlowFrame.multicast(vlan: 5).bytes)
    #expect(plain.frames().map(\.count) == [78] && five.frames().map(\.count) == [74])
    #expect(untagged.frames().map(\.count) == [78])
    let counters = rig.right.statistics()
    #expect(counters[test: "rx_delivered"] == 1 && counters[test: "rx_replicated"] == 2)
  }

  @Test func portsReachEachOtherInsideTheAdapter() throws {
    let plain = try RawInterface(rig.right)
    plain.post(16)
    _ = try plain.addFilter(.ethernet(mac))
    _ = try plain.addFilter(FlowFrame.feed)
    let five = try port(5)
    let other = try port(5, .ethernet(MACAddress("02:00:00:00:00:05")!), FlowFrame.feed)
    // Unicast that another port takes stays inside.
    five.send(FlowFrame(to: MACAddress("02:00:00:00:00:05")!).bytes)
    #expect(other.frames().map(\.count) == [74] && far.frames().isEmpty)
    #expect(five.packets().count == 1, "the transmit completes")
    five.send(FlowFrame(to: mac).bytes)
    // The port itself sees the tag.
    #expect(plain.frames().map(\.count) == [78] && far.frames().isEmpty)
    five.send(FlowFrame.multicast().bytes)
    #expect(plain.frames().count == 1 && other.frames().count == 1 && far.frames().map(\.count) == [78])
    let counters = rig.right.statistics()
    #expect(counters[test: "tx_switched"] == 4 && counters[test: "tx_kept_inside"] == 2)
    #expect(counters[test: "tx_packets"] == 1 && five.statistic("tx_packets") == 3)
    // The sender's own port does not get it back.
    _ = try five.addFilter(.ethernet(MACAddress("02:00:00:00:00:06")!))
    five.send(FlowFrame(to: MACAddress("02:00:00:00:00:06")!).bytes)
    #expect(five.frames().isEmpty && far.frames().count == 1)
  }

  @Test func aTagMustFitTheMTU() throws {
    rig.right.setMTU(100)
    let tagged = try port(5)
    tagged.send(rig.frame(114), rig.frame(115))
    #expect(rig.right.statistics()[test: "tx_oversize"] == 1 && tagged.packets().count > 0)
  }

  @Test func portsAreLimitedAndComeBack() throws {
    let domains = try (0..<15).map { try rig.right.allocateDomain(flags: .virtualPort, vlan: UInt16($0)) }
    let error = #expect(throws: EtherFabricError.self) {
      _ = try rig.right.allocateDomain(flags: .virtualPort, vlan: nil)
    }
    #expect(error?.errno == ENOSPC)
    rig.right.freeDomain(domains[3])
    let again = try RawInterface(rig.right, domain: try rig.right.allocateDomain(flags: .virtualPort, vlan: 77))
    again.post(8)
    _ = try again.addFilter(.ethernet(mac))
    far.send(FlowFrame(to: mac, vlan: 3).bytes, FlowFrame(to: mac, vlan: 77).bytes)
    #expect(again.frames().count == 1)
  }

  @Test(arguments: [
    "emu:cable:vport-x3/0,nic=x3", "emu:cable:vport-x4e/0,nic=x4-express", "emu:cable:vport-ll/0,firmware=low-latency",
  ])
  func othersHaveNone(_ device: String) throws {
    let driver = try Driver.open(device)
    #expect(throws: EtherFabricError.self) { _ = try driver.capability(.virtualPorts) }
    for vlan in [5, nil] as [Int?] {
      let error = #expect(throws: EtherFabricError.self) { _ = try driver.allocateProtectionDomain(virtualPort: vlan) }
      #expect(error?.errno == EOPNOTSUPP)
    }
  }

  @Test func theAPITakesTagsOfTwelveBitsAndTheMACIsThePorts() throws {
    let driver = try Driver.open("emu:cable:vport-api/0")
    for vlan in [-1, 4096] {
      let error = #expect(throws: EtherFabricError.self) { _ = try driver.allocateProtectionDomain(virtualPort: vlan) }
      #expect(error?.errno == EINVAL)
    }
    let domain = try driver.allocateProtectionDomain(virtualPort: 4095)
    #expect(domain.flags == .virtualPort)
    #expect(try domain.allocateVirtualInterface().macAddress == driver.identity.macAddress)
    // The flag alone is a port without a tag.
    _ = try driver.allocateProtectionDomain(flags: .virtualPort)
  }
}
