import EmulatedAdapter
import EtherFabric
import Testing

/// Multicast that comes back to the interfaces of the port that sent it.
@Suite struct LoopbackTests {
  private let rig: Rig
  private let far: RawInterface

  init() throws {
    rig = try Rig()
    far = try RawInterface(rig.left)
    far.post(64)
    _ = try far.addFilter(.multicastAll)
    _ = try far.addFilter(.unicastAll)
  }

  private func interface(
    _ flags: DomainFlags, domain: UInt32? = nil, _ filters: FilterSpecification...
  ) throws -> RawInterface {
    let interface = try RawInterface(rig.right, domain: domain ?? rig.right.allocateDomain(flags: flags))
    interface.post(64)
    for filter in filters { _ = try interface.addFilter(filter) }
    return interface
  }

  private let looped = FlowFrame.feed.flags(.multicastLoopback)

  @Test func whoAsksForItGetsAFrameOfASenderWithLoopback() throws {
    let sender = try interface(.multicastLoopback)
    let asks = try interface([], looped)
    let doesNot = try interface([], FlowFrame.feed)
    sender.send(FlowFrame.multicast().bytes)
    #expect(asks.frames().map(\.count) == [74] && doesNot.frames().isEmpty)
    // It goes out all the same.
    #expect(far.frames().count == 1)
    #expect(rig.right.statistics()[test: "tx_looped"] == 1 && rig.right.statistics()[test: "rx_packets"] == 0)
    // From the wire it comes to both.
    far.send(FlowFrame.multicast().bytes)
    #expect(asks.frames().count == 1 && doesNot.frames().count == 1)
  }

  @Test func framesSentByCutThroughComeBackAsWell() throws {
    let sender = try RawInterface(
      rig.right, InterfaceOptions(flags: .cutThrough), domain: rig.right.allocateDomain(flags: .multicastLoopback))
    let asks = try interface([], looped)
    let frame = FlowFrame.multicast().bytes
    sender.cutThrough(frame)
    #expect(asks.frames() == [frame] && far.frames() == [frame])
    let tagged = try RawInterface(
      rig.right, InterfaceOptions(flags: .cutThrough), domain: rig.right.allocateDomain(flags: .virtualPort, vlan: 9))
    tagged.cutThrough(frame)
    #expect(far.frames() == [frame[..<12] + [0x81, 0, 0, 9] + frame[12...]])
  }

  @Test func withoutTheDomainFlagNothingComesBack() throws {
    let sender = try interface([])
    let asks = try interface([], looped)
    sender.send(FlowFrame.multicast().bytes)
    #expect(asks.frames().isEmpty && far.frames().count == 1)
  }

  @Test func theSendersOwnDomainDoesNotHearItself() throws {
    let domain = try rig.right.allocateDomain(flags: .multicastLoopback)
    let sender = try interface([], domain: domain, looped)
    let sister = try interface([], domain: domain, looped)
    let other = try interface(.multicastLoopback, looped)
    sender.send(FlowFrame.multicast().bytes)
    #expect(sender.frames().isEmpty && sister.frames().isEmpty && other.frames().count == 1)
    other.send(FlowFrame.multicast().bytes)
    #expect(sender.frames().count == 1 && sister.frames().count == 1 && other.frames().isEmpty)
  }

  @Test func onlyUDPMulticastComesBack() throws {
    let sender = try interface(.multicastLoopback)
    let asks = try interface(
      [], .unicastAll.flags(.multicastLoopback), .multicastAll.flags(.multicastLoopback))
    sender.send(
      FlowFrame(to: MACAddress("02:00:00:00:00:42")!).bytes, FlowFrame.multicast().with { $0.ipProtocol = 6 }.bytes,
      FlowFrame.multicast().with { $0.isFragment = true }.bytes)
    #expect(asks.frames().isEmpty && far.frames().count == 3)
    sender.send(FlowFrame.multicast().bytes)
    #expect(asks.frames().count == 1)
  }

  /// The path is off again when the last sender with loopback is gone.
  @Test func aSenderThatIsGoneLeavesNothing() throws {
    let asks = try interface([], looped)
    do { _ = try interface(.multicastLoopback) }
    let sender = try interface([])
    sender.send(FlowFrame.multicast().bytes)
    #expect(asks.frames().isEmpty)
  }

  @Test func virtualPortsLoopInside() throws {
    let domain = try rig.right.allocateDomain(flags: [.virtualPort, .multicastLoopback], vlan: 5)
    let sender = try interface([], domain: domain)
    let plain = try interface([], FlowFrame.feed)
    let asks = try interface([], looped)
    sender.send(FlowFrame.multicast().bytes)
    // To another port it is a frame that arrives, with its tag, whatever the flags.
    #expect(plain.frames().map(\.count) == [78] && asks.frames().map(\.count) == [78])
    #expect(far.frames().map(\.count) == [78])
  }
}
