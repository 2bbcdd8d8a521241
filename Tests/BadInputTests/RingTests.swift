import EmulatedAdapter
import EtherFabric
import Testing

/// Refused datapath calls leave what is queued as it is.
@Suite struct RingTests {
  @Test func aRefusedCallLosesNothing() throws {
    let left = try Driver.open("emu:cable:badring/0")
    let right = try Driver.open("emu:cable:badring/1")
    let domains = (try left.allocateProtectionDomain(), try right.allocateProtectionDomain())
    let memory = (
      try MemoryRegistration(domains.0, DMAMemory(byteCount: 4096)),
      try MemoryRegistration(domains.1, DMAMemory(byteCount: 1 << 20))
    )
    var sender = try domains.0.allocateVirtualInterface()
    var receiver = try domains.1.allocateVirtualInterface()
    try receiver.addFilter(.unicastAll)
    memory.0.base.storeBytes(of: 0x02, as: UInt8.self)
    for slot in 0..<511 { try receiver.receiveInit(memory.1.dmaAddress(slot * 2048), id: RequestID(slot)) }
    receiver.receivePush()
    #expect(throws: QueueError(.ringFull, value: 1, limit: 0)) {
      try receiver.receiveInit(memory.1.dmaAddress(0), id: 999)
    }
    for number in 0..<511 { try sender.transmitInit(memory.0.dmaAddress(0), length: 60, id: RequestID(number)) }
    #expect(throws: QueueError(.ringFull, value: 1, limit: 0)) {
      try sender.transmitInit(memory.0.dmaAddress(0), length: 60, id: 999)
    }
    #expect(throws: QueueError(.lengthOutOfRange, value: 20000, limit: 16383)) {
      try sender.transmitInit(memory.0.dmaAddress(0), length: 20000, id: 999)
    }
    #expect(throws: QueueError(.addressOutOfRange, value: .max)) {
      try sender.transmitInit(DMAAddress(rawValue: .max), length: 60, id: 999)
    }
    #expect(sender.transmitFillLevel == 511 && receiver.receiveFillLevel == 511)
    sender.transmitPush()
    var events = EventBatch(capacity: 64)
    var ids = [RequestID](repeating: .none, count: 64)
    var completed: [UInt32] = []
    while sender.poll(&events) > 0 {
      for index in events.indices {
        guard case .transmit(let event) = events[index] else { continue }
        let count = ids.withUnsafeMutableBufferPointer { sender.unbundle(event, into: $0) }
        completed += ids[..<count].map(\.rawValue)
      }
    }
    #expect(completed == Array(0..<511))
    var received: [UInt32] = []
    while receiver.poll(&events) > 0 {
      for index in events.indices {
        guard case .receive(let event) = events[index] else { continue }
        received.append(event.id.rawValue)
      }
    }
    #expect(received == Array(0..<504))
    #expect(try receiver.reinitializeReceiveQueue().map(\.rawValue) == Array(504..<511))
  }

  @Test func anAddressOfAnotherDomainFaultsAndReturnsItsPacket() throws {
    let driver = try Driver.open("emu:cable:baddomain/0")
    let peer = try Driver.open("emu:cable:baddomain/1")
    let own = try driver.allocateProtectionDomain()
    let other = try driver.allocateProtectionDomain()
    let foreign = try MemoryRegistration(other, DMAMemory(byteCount: 4096))
    var interface = try own.allocateVirtualInterface()
    try interface.transmit(foreign.dmaAddress(0), length: 60, id: 5)
    var events = EventBatch()
    #expect(interface.poll(&events) == 1)
    #expect(events[0] == .transmitError(queue: 0, code: 1))
    #expect(try interface.reinitializeTransmitQueue() == [5])
    withExtendedLifetime(peer) {}
  }

  @Test func aSoftwareEventOfMoreThanSixteenBitsIsRefused() throws {
    let driver = try Driver.open("emu:cable:badevent/0")
    let interface = try driver.allocateProtectionDomain().allocateVirtualInterface()
    expectRefusal(22, of: "VirtualInterface.putSoftwareEvent", naming: "65536") {
      try interface.putSoftwareEvent(65536)
    }
    #expect(interface.hasEvent == false)
  }
}
