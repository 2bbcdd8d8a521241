import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// Addresses that are not the interface's: the ring stops, an error event tells which and why, and it starts again.
@Suite struct DMAFaultTests {
  enum Address: CaseIterable, Sendable { case unregistered, zero, otherDomain, beyondTheEnd, freed }

  private static let transmitError: UInt64 = 0xc000_b000_0001_0000
  private static let receiveError: UInt64 = 0xc001_1000_0001_0000
  let rig: Rig

  init() throws { rig = try Rig() }

  /// Such an address for an interface, and what keeps it as it is.
  private func address(_ kind: Address, of interface: RawInterface) throws -> (UInt64, AnyObject) {
    switch kind {
    case .unregistered: return (0x3f_ffff_f000, interface)
    case .zero: return (0, interface)
    case .otherDomain:
      let other = try RawInterface(interface.adapter)
      return (other.address.rawValue, other)
    case .beyondTheEnd: return (interface.address.rawValue + (2 << 20) - 30, interface)
    case .freed:
      let memory = try DMAMemory(byteCount: 4096)
      let address = try interface.adapter.register(memory.base, byteCount: 4096, domain: interface.domain)
      interface.adapter.unregister(address, byteCount: 4096, domain: interface.domain)
      return (address.rawValue, memory)
    }
  }

  @Test(arguments: Address.allCases)
  func aTransmitFaultStopsTheRing(_ kind: Address) throws {
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver()
    let (bad, owner) = try address(kind, of: sender)
    sender.write(rig.frame(60, fill: 1))
    sender.write(TransmitDescriptor(address: bad, length: 60, continues: false))
    sender.write(rig.frame(60, fill: 2))
    sender.pushTransmit()
    // What came before is completed, what comes after is not sent.
    #expect(sender.events() == [0x2000_0000_0000_0000, Self.transmitError])
    #expect(receiver.events().count == 1 && sender.statistic("tx_dma_faults") == 1)
    sender.send(rig.frame(60))
    #expect(sender.events().isEmpty && receiver.events().isEmpty)
    try rig.left.restartTransmit(interface: sender.grant.resource)
    sender.beginAgain()
    sender.send(rig.frame(60, fill: 9))
    #expect(sender.events() == [0x2000_0000_0000_0000])
    #expect(receiver.events().count == 1 && receiver.received(1, 60) == rig.frame(60, fill: 9))
    withExtendedLifetime(owner) {}
  }

  @Test func nothingIsSentOfAPacketWithABadFragment() throws {
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver()
    sender.write(TransmitDescriptor(address: sender.buffer(0), length: 100, continues: true))
    sender.write(TransmitDescriptor(address: 0x3f_ffff_f000, length: 100, continues: false))
    sender.pushTransmit()
    #expect(sender.events() == [Self.transmitError] && receiver.events().isEmpty)
  }

  @Test(arguments: Address.allCases)
  func aReceiveFaultStopsTheRing(_ kind: Address) throws {
    let sender = try RawInterface(rig.left)
    let receiver = try RawInterface(rig.right)
    _ = try rig.right.insert(.ethernet(rig.right.macAddress), interface: receiver.grant.resource)
    let (bad, owner) = try address(kind, of: receiver)
    receiver.write(receiver.buffer(0))
    receiver.write(bad)
    for index in 2..<8 { receiver.write(receiver.buffer(index)) }
    receiver.pushReceive()
    sender.send(rig.frame(60), rig.frame(60), rig.frame(60))
    #expect(receiver.events() == [0x0001_0000_0000_003c, Self.receiveError])
    #expect(receiver.statistic("rx_dma_faults") == 1 && receiver.statistic("rx_stopped") == 2)
    #expect(sender.events().count == 1)
    try rig.right.restartReceive(interface: receiver.grant.resource)
    receiver.beginAgain()
    receiver.post(8)
    sender.send(rig.frame(60, fill: 9))
    #expect(receiver.events() == [0x0001_0000_0000_003c] && receiver.received(0, 60) == rig.frame(60, fill: 9))
    withExtendedLifetime(owner) {}
  }

  @Test func aFaultOnOneInterfaceLeavesTheOthersAlone() throws {
    let good = try RawInterface(rig.left)
    let bad = try RawInterface(rig.left)
    bad.write(TransmitDescriptor(address: good.address.rawValue, length: 60, continues: false))
    bad.pushTransmit()
    #expect(bad.events() == [Self.transmitError])
    good.send(rig.frame(60))
    #expect(good.events() == [0x2000_0000_0000_0000])
  }

  @Test func theAPIReturnsTheIDsOfWhatWasNotSent() throws {
    let left = try Driver.open("emu:cable:faultapi/0")
    let right = try Driver.open("emu:cable:faultapi/1")
    let domain = try left.allocateProtectionDomain()
    let memory = try MemoryRegistration(domain, DMAMemory(byteCount: 1 << 16))
    var interface = try domain.allocateVirtualInterface()
    for (index, address) in [memory.dmaAddress(0), memory.dmaAddress(0), DMAAddress(rawValue: 0), memory.dmaAddress(0)]
      .enumerated()
    {
      try interface.transmitInit(address, length: 60, id: RequestID(10 + index))
    }
    interface.transmitPush()
    var events = EventBatch(capacity: 8)
    interface.poll(&events)
    guard case .transmit(let sent) = events[0] else {
      Issue.record("no completion first")
      return
    }
    var ids = [RequestID](repeating: .none, count: 64)
    let count = ids.withUnsafeMutableBufferPointer { interface.unbundle(sent, into: $0) }
    #expect(ids[..<count] == [10, 11])
    interface.poll(&events)
    #expect(events.count == 1 && events[0] == .transmitError(queue: 0, code: 1))
    #expect(try interface.reinitializeTransmitQueue() == [12, 13])
    try interface.transmit(memory.dmaAddress(0), length: 60, id: 20)
    interface.poll(&events)
    #expect(events.count == 1 && events[0] == .transmit(Event.Transmit(descriptor: 1, queue: 0)))
    withExtendedLifetime(right) {}
  }
}
