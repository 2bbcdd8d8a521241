import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Glibc
import Testing

/// Copies of all that a port receives, or sends.
@Suite struct SniffTests {
  private let rig: Rig
  private let far: RawInterface
  private let mac: MACAddress

  init() throws {
    rig = try Rig()
    far = try RawInterface(rig.left)
    far.post(64)
    mac = rig.right.macAddress
  }

  private func interface(_ filters: FilterSpecification..., options: InterfaceOptions = InterfaceOptions()) throws
    -> RawInterface
  {
    let interface = try RawInterface(rig.right, options)
    interface.post(64)
    for filter in filters { _ = try interface.addFilter(filter) }
    return interface
  }

  private static let stranger = MACAddress("02:00:00:00:00:77")!

  @Test func aPromiscuousSnifferSeesAllThatArrives() throws {
    let receiver = try interface(.udp(local: IPEndpoint("10.0.0.2:8192")!))
    let sniffer = try interface(.portSniff(promiscuous: true))
    far.send(
      FlowFrame(to: mac).bytes, FlowFrame(to: Self.stranger, port: 1).with { $0.destinationPort = 1 }.bytes,
      FlowFrame.multicast().bytes)
    #expect(sniffer.frames().count == 3 && receiver.frames().count == 1)
    let counters = rig.right.statistics()
    #expect(counters[test: "rx_sniffed"] == 3 && counters[test: "rx_delivered"] == 1)
    #expect(counters[test: "rx_filtered"] == 2 && counters[test: "rx_packets"] == 3)
  }

  @Test func anotherSeesWhatThisHostTakes() throws {
    let receiver = try interface(.ethernet(Self.stranger))
    let sniffer = try interface(.portSniff(promiscuous: false))
    far.send(
      FlowFrame(to: Self.stranger).bytes, FlowFrame(to: mac).bytes, FlowFrame(to: .broadcast).bytes,
      FlowFrame(to: MACAddress("02:00:00:00:00:78")!).bytes, FlowFrame.multicast().bytes)
    // An interface's, the kernel's own address, and broadcast.
    let seen = sniffer.frames().map { Array($0.prefix(6)) }
    #expect(seen.count == 3 && receiver.frames().count == 1)
    #expect(seen == [Self.stranger, mac, .broadcast].map { Array(FlowFrame(to: $0).bytes.prefix(6)) })
  }

  @Test func aTransmitSnifferSeesWhatIsSentWithItsTime() throws {
    var settings = AdapterSettings()
    settings.hasManualClock = true
    let rig = try Rig(AdapterSettings(), settings)
    rig.right.setClock(7_000_000_100)
    let far = try RawInterface(rig.left)
    far.post(8)
    _ = try far.addFilter(.unicastAll)
    let sender = try RawInterface(rig.right)
    let sniffer = try RawInterface(rig.right, InterfaceOptions(flags: .receiveTimestamps))
    sniffer.post(8)
    _ = try sniffer.addFilter(.transmitPortSniff)
    let frame = FlowFrame(to: rig.left.macAddress)
    sender.send(frame.bytes)
    let copies = sniffer.frames(prefix: ReceivePrefix.length)
    #expect(copies.count == 1 && copies == far.frames(), "with the checksums that the adapter filled in")
    let prefix = sniffer.received(0, 14)
    #expect(prefix[10..<14].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) } == 400)
    // What arrives is none of its business, and what was sent is no arrival.
    far.send(FlowFrame(to: rig.right.macAddress).bytes)
    #expect(sniffer.frames().isEmpty)
    #expect(rig.right.statistics()[test: "tx_sniffed"] == 1 && rig.right.statistics()[test: "rx_packets"] == 1)
  }

  @Test func aTransmitSnifferSeesFramesSentByCutThrough() throws {
    let sender = try RawInterface(rig.right, InterfaceOptions(flags: .cutThrough))
    let sniffer = try interface(.transmitPortSniff)
    _ = try far.addFilter(.unicastAll)
    let frame = rig.frame(98, fill: 3)
    sender.cutThrough(frame)
    #expect(sniffer.frames() == [frame] && rig.right.statistics()[test: "ctpio_success"] == 1)
    // The fallback is not sent.
    sender.send(frame)
    #expect(sniffer.frames().isEmpty)
  }

  /// Both datapaths of an X4 share the port.
  @Test func aTransmitSnifferSeesFramesOfTheExpressDatapath() throws {
    let sender = try ExpressEnd("emu:cable:sniff-both/0,nic=x4", express: true)
    let domain = try sender.driver.allocateProtectionDomain()
    let end = try Driver.open("emu:cable:sniff-both/1")
    let memory = try MemoryRegistration(domain, DMAMemory(byteCount: 1 << 16))
    var sniffer = try domain.allocateVirtualInterface()
    for slot in 0..<8 { try sniffer.receivePost(memory.dmaAddress(slot * 2048), id: RequestID(slot)) }
    try sniffer.addFilter(.transmitPortSniff)
    try sender.send(to: end.identity.macAddress)
    var events = EventBatch(capacity: 8)
    sniffer.poll(&events)
    try #require(events.count == 1)
    guard case .receive(let packet) = events[0] else {
      Issue.record("\(events[0])")
      return
    }
    #expect(Int(packet.bytes) == ExpressEnd.length(0))
  }

  @Test func thereIsOneOfAKind() throws {
    let first = try interface()
    let second = try interface()
    let cookie = try first.addFilter(.portSniff(promiscuous: true))
    for promiscuous in [true, false] {
      for interface in [first, second] {
        let error = #expect(throws: EtherFabricError.self) {
          _ = try interface.addFilter(.portSniff(promiscuous: promiscuous))
        }
        #expect(error?.errno == EBUSY)
      }
    }
    _ = try second.addFilter(.transmitPortSniff)
    #expect(try rig.right.query(cookie, interface: first.grant.resource).validFields == [])
    try rig.right.remove(cookie, interface: first.grant.resource)
    far.send(FlowFrame(to: mac).bytes)
    #expect(first.frames().isEmpty)
    _ = try second.addFilter(.portSniff(promiscuous: true))
    far.send(FlowFrame(to: mac).bytes)
    #expect(second.frames().count == 1)
  }

  @Test func aSnifferThatIsGoneLeavesItsPlace() throws {
    do { _ = try interface(.portSniff(promiscuous: true), .transmitPortSniff) }
    let next = try interface(.portSniff(promiscuous: true), .transmitPortSniff)
    far.send(FlowFrame(to: mac).bytes)
    #expect(next.frames().count == 1)
  }

  @Test func faultsComeAfterTheCopy() throws {
    var settings = AdapterSettings()
    settings.faults.transmit.drop = 1
    let rig = try Rig(AdapterSettings(), settings)
    let sender = try RawInterface(rig.right)
    let sniffer = try RawInterface(rig.right)
    sniffer.post(8)
    _ = try sniffer.addFilter(.transmitPortSniff)
    sender.send(FlowFrame(to: rig.left.macAddress).bytes)
    #expect(sniffer.frames().count == 1 && rig.right.statistics()[test: "fault_dropped"] == 1)
  }

  /// No driver answers the question, on any adapter; the filters are there on EF10 all the same.
  @Test(arguments: Generation.emulated)
  func theCapabilityIsNoAnswer(_ generation: Generation) throws {
    let driver = try Driver.open("emu:cable:sniff-\(generation)/0,nic=\(generation)")
    for capability in [Capability.receiveFilterSniff, .transmitFilterSniff] {
      let error = #expect(throws: EtherFabricError.self) { _ = try driver.capability(capability) }
      #expect(error?.errno == ENOSYS)
    }
    let options = InterfaceOptions(receiveCapacity: 1024, transmitCapacity: 512)
    let interface = try driver.allocateProtectionDomain().allocateVirtualInterface(options)
    for filter in [FilterSpecification.portSniff(promiscuous: true), .transmitPortSniff] {
      if generation.isEF10 {
        try interface.addFilter(filter)
      } else {
        let error = #expect(throws: EtherFabricError.self) { try interface.addFilter(filter) }
        #expect(error?.errno == EOPNOTSUPP)
      }
    }
  }
}
