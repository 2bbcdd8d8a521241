import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// Event queues: sharing, overflow, software events, flushes.
@Suite struct InterfaceEventTests {
  let rig: Rig

  init() throws { rig = try Rig() }

  @Test func thirtyTwoQueuesShareAnEventQueueAndNoMore() throws {
    let owner = try RawInterface(rig.left, InterfaceOptions(eventCapacity: 4096))
    let others = try (1..<32).map { _ in try RawInterface(rig.left, sharingEventsOf: owner) }
    #expect(others.map(\.grant.label) == Array(1..<32))
    do {
      _ = try RawInterface(rig.left, sharingEventsOf: owner)
      Issue.record("a 33rd queue was taken")
    } catch let error as EtherFabricError {
      #expect(error.errno == 16 && error.operation == "ProtectionDomain.allocateVirtualInterface")
    }
    // The refused one has taken nothing, and each still works under its label.
    for other in others { other.send(rig.frame(60)) }
    #expect(owner.events() == (1..<32).map { 0x2000_0000_0000_0000 | UInt64($0) << 16 })
    // A label that is given back is given out again.
    let label = others[4].grant.label
    rig.left.freeInterface(others[4].grant.resource)
    #expect(try RawInterface(rig.left, sharingEventsOf: owner).grant.label == label)
  }

  @Test func twoInterfacesShareAnEventQueueUnderTheirLabels() throws {
    let owner = try RawInterface(rig.right)
    let second = try RawInterface(rig.right, sharingEventsOf: owner)
    _ = try rig.right.insert(.ethernet(rig.right.macAddress), interface: second.grant.resource)
    second.post(8)
    let sender = try RawInterface(rig.left)
    sender.send(rig.frame(60))
    #expect(owner.events() == [0x0001_0000_0001_003c])
    #expect(second.received(0, 60) == rig.frame(60))
  }

  @Test func anOverflowWritesOverWhatWasNotRead() throws {
    let interface = try RawInterface(rig.left, InterfaceOptions(eventCapacity: 512))
    for data in 0..<512 as Range<UInt32> { try rig.left.putSoftwareEvent(data, interface: interface.grant.resource) }
    #expect(interface.statistic("event_overflows") == 0)
    for data in 512..<515 as Range<UInt32> { try rig.left.putSoftwareEvent(data, interface: interface.grant.resource) }
    #expect(interface.statistic("event_overflows") == 3)
    let slots = interface.grant.eventQueue.assumingMemoryBound(to: UInt64.self)
    #expect(slots[2] == 0xc000_0000_0000_0202 && slots[3] == 0xc000_0000_0000_0003)
    try interface.restartEvents()
    #expect((0..<512).allSatisfy { slots[$0] == .max })
    try rig.left.putSoftwareEvent(7, interface: interface.grant.resource)
    #expect(interface.events() == [0xc000_0000_0000_0007])
  }

  @Test func anOverflowIsReportedAndTheInterfaceStartsAgain() throws {
    let left = try Driver.open("emu:cable:overflow/0")
    let right = try Driver.open("emu:cable:overflow/1")
    let domains = (try left.allocateProtectionDomain(), try right.allocateProtectionDomain())
    let memory = (
      try MemoryRegistration(domains.0, DMAMemory(byteCount: 1 << 16)),
      try MemoryRegistration(domains.1, DMAMemory(byteCount: 2 << 20))
    )
    var sender = try domains.0.allocateVirtualInterface()
    var receiver = try domains.1.allocateVirtualInterface(InterfaceOptions(receiveCapacity: 1024, eventCapacity: 512))
    try receiver.addFilter(.unicastAll)
    func post(_ count: Int) throws {
      for index in 0..<count { try receiver.receiveInit(memory.1.dmaAddress(index * 2048), id: RequestID(index)) }
      receiver.receivePush()
    }
    try post(1023)
    memory.0.base.storeBytes(of: 0x02, as: UInt8.self)
    var events = EventBatch(capacity: 64)
    for number in 0..<512 {
      try sender.transmit(memory.0.dmaAddress(0), length: 60, id: RequestID(number))
      sender.poll(&events)
      for index in events.indices {
        guard case .transmit(let sent) = events[index] else { continue }
        var ids = [RequestID](repeating: .none, count: 64)
        _ = ids.withUnsafeMutableBufferPointer { sender.unbundle(sent, into: $0) }
      }
    }
    // The adapter works on while nobody polls, and comes round.
    for _ in 0..<3 { (right.backend as? EmulatedAdapter)?.service() }
    for _ in 0..<3 {
      receiver.poll(&events)
      #expect(events.count == 1 && events[0] == .overflow)
    }
    try receiver.reinitializeEventQueue()
    // What was lost with the events is found by starting the ring again: all buffers come back.
    let returned = try receiver.reinitializeReceiveQueue()
    #expect(returned.map(\.rawValue) == Array(0..<1023))
    try post(16)
    try sender.transmit(memory.0.dmaAddress(0), length: 60, id: 1)
    receiver.poll(&events)
    #expect(
      events.count == 1
        && events[0] == .receive(Event.Receive(id: 0, bytes: 60, flags: .startOfPacket, queue: 0)))
  }

  @Test func anyWordCanBeRaised() throws {
    let left = try Driver.open("emu:cable:raise/0")
    let domain = try left.allocateProtectionDomain()
    var interface = try domain.allocateVirtualInterface()
    guard let adapter = left.backend as? EmulatedAdapter else {
      Issue.record("not emulated")
      return
    }
    var events = EventBatch(capacity: 4)
    let words: [(UInt64, Event)] = [
      (0xc001_5000_0000_0000, .reset), (0xc000_b000_0002_0000, .transmitError(queue: 0, code: 2)),
      (0xc001_1000_0001_0000, .receiveError(queue: 0, code: 1)), (0xc000_0000_0000_beef, .software(data: 0xbeef)),
    ]
    for (word, event) in words {
      try adapter.raise(word, interface: interface.resourceID)
      interface.poll(&events)
      #expect(events.count == 1 && events[0] == event)
    }
    try interface.putSoftwareEvent(0xffff)
    interface.poll(&events)
    #expect(events[0] == .software(data: 0xffff))
    #expect(throws: EtherFabricError.self) { try adapter.raise(0, interface: 999) }
  }

  @Test func aFlushStopsBothRings() throws {
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver(posted: 8)
    try rig.right.flush(interface: receiver.grant.resource)
    #expect(receiver.events() == [0xc000_c000_0000_0000, 0xc001_0000_0000_0000])
    sender.send(rig.frame(60))
    #expect(receiver.events().isEmpty && receiver.statistic("rx_stopped") == 1)
    receiver.send(rig.frame(60))
    #expect(receiver.events().isEmpty)
    try rig.right.restartReceive(interface: receiver.grant.resource)
    try rig.right.restartTransmit(interface: receiver.grant.resource)
    receiver.beginAgain()
    receiver.post(8)
    sender.send(rig.frame(60))
    #expect(receiver.events() == [0x0001_0000_0000_003c])
  }
}
