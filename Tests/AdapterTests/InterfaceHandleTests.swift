import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import EtherFabricFormats
import Testing

/// An interface as its owner holds it: its numbers and flags, how it is stopped, and what becomes of it at its end.
@Suite struct InterfaceHandleTests {
  @Test func theNumberIsTheDriversAndTheFlagsAreThoseInEffect() throws {
    let driver = try Driver.open("emu:cable:handle/0")
    let adapter = try #require(Emulator.adapter(of: driver))
    let domain = try driver.allocateProtectionDomain()
    let first = try domain.allocateVirtualInterface()
    var second = try domain.allocateVirtualInterface(InterfaceOptions(flags: .transmitTimestamps))
    #expect(first.instance != second.instance)
    try adapter.raise(0xc000_0000_0000_0007, interface: second.resourceID)
    var events = EventBatch()
    second.poll(&events)
    #expect(events.count == 1 && events[0] == .software(data: 7) && first.hasEvent == false)
    #expect(first.flags == [] && second.flags == .transmitTimestamps)
    // An X3 and an X4 express send by cut-through, asked or not.
    for generation in ["x3", "x4-express"] {
      let domain = try Driver.open("emu:cable:handle-\(generation)/0,nic=\(generation)").allocateProtectionDomain()
      let sends = try domain.allocateVirtualInterface(InterfaceOptions(receiveCapacity: 1024))
      #expect(sends.flags == .cutThrough)
      let receives = try domain.allocateVirtualInterface(InterfaceOptions(receiveCapacity: 1024, transmitCapacity: 0))
      #expect(receives.flags == [])
    }
  }

  @Test func aFlushStopsBothRingsUntilTheyStartAgain() throws {
    let rig = try Rig(named: "handle-flush")
    let driver = try #require(rig.driver)
    var receiver = try driver.allocateProtectionDomain().allocateVirtualInterface()
    let memory = try MemoryRegistration(receiver.protectionDomain, DMAMemory(byteCount: 1 << 15))
    try receiver.addFilter(.unicastAll)
    func post() throws {
      for index in 0..<8 { try receiver.receivePost(memory.dmaAddress(index * 2048), id: RequestID(10 + index)) }
    }
    try post()
    try receiver.transmitInit(memory.dmaAddress(8 * 2048), length: 60, id: 7)
    try receiver.flush()
    receiver.transmitPush()
    let sender = try RawInterface(rig.left)
    sender.send(rig.frame(60))
    var events = EventBatch()
    receiver.poll(&events)
    #expect(events.isEmpty && memory.base.load(as: UInt64.self) == 0)
    #expect(rig.right.statistics()[test: "tx_packets"] == 0)
    #expect(try receiver.reinitializeReceiveQueue().map(\.rawValue) == Array(10..<18))
    #expect(try receiver.reinitializeTransmitQueue().map(\.rawValue) == [7])
    try post()
    sender.send(rig.frame(60))
    receiver.poll(&events)
    #expect(
      events.count == 1
        && events[0] == .receive(Event.Receive(id: 10, bytes: 60, flags: .startOfPacket, queue: 0)))
  }

  @Test func whatIsFreedIsWrittenToNoMoreAndItsNumberAndFiltersAreFree() throws {
    let rig = try Rig(named: "handle-free")
    let domain = try #require(rig.driver).allocateProtectionDomain()
    let memory = try MemoryRegistration(domain, DMAMemory(byteCount: 1 << 15))
    let sender = try RawInterface(rig.left)
    var first = try domain.allocateVirtualInterface()
    let number = first.instance
    try first.addFilter(.ethernet(rig.right.macAddress))
    for index in 0..<8 { try first.receivePost(memory.dmaAddress(index * 2048), id: RequestID(index)) }
    let second = try domain.allocateVirtualInterface()
    let error = #expect(throws: EtherFabricError.self) { try second.addFilter(.ethernet(rig.right.macAddress)) }
    #expect(error?.errno == 17)
    first.free()
    sender.send(rig.frame(60))
    rig.right.service()
    #expect(memory.base.load(as: UInt64.self) == 0)
    try second.addFilter(.ethernet(rig.right.macAddress))
    #expect(try domain.allocateVirtualInterface().instance == number)
  }

  /// Seen by the virtual ports, of which there are fifteen.
  @Test func aDomainIsGivenBackWhenNothingUsesItAnyMore() throws {
    let driver = try Driver.open("emu:cable:handle-domain/0")
    var domains = try (0..<15).map { try driver.allocateProtectionDomain(virtualPort: $0) }
    func expectNone() {
      let error = #expect(throws: EtherFabricError.self) { _ = try driver.allocateProtectionDomain(virtualPort: nil) }
      #expect(error?.errno == 28)
    }
    expectNone()
    let interface = try domains[3].allocateVirtualInterface()
    domains.removeAll()
    domains = try (0..<14).map { try driver.allocateProtectionDomain(virtualPort: 100 + $0) }
    expectNone()
    interface.free()
    _ = try driver.allocateProtectionDomain(virtualPort: nil)
  }
}
