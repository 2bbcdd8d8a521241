import EmulatedAdapter
import EtherFabric
import Glibc
import Testing

/// Interfaces that come and go on the event queue of another: their labels.
@Suite struct SharedEventQueueTests {
  /// The label of a receive event: bits 16 to 20.
  private static func labels(_ words: [UInt64]) -> [UInt64] { words.map { $0 >> 16 & 0x1f } }

  private func receiver(_ rig: Rig, _ owner: RawInterface?) throws -> RawInterface {
    let receiver = try RawInterface(
      rig.right, InterfaceOptions(eventCapacity: owner == nil ? 4096 : nil), sharingEventsOf: owner)
    receiver.post(64)
    return receiver
  }

  @Test func aLabelRestsWhileEventsOfItAreInTheQueue() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    let owner = try receiver(rig, nil)
    var first: RawInterface? = try receiver(rig, owner)
    #expect(first!.grant.label == 1)
    _ = try first!.addFilter(.unicastAll)
    sender.send(rig.frame(60), rig.frame(60))
    rig.right.service()
    first = nil
    // Two events of label 1 have not been read: the next interface must not take them for its own.
    let second = try receiver(rig, owner)
    #expect(second.grant.label == 2)
    #expect(Self.labels(owner.packets()) == [1, 1])
    #expect(try receiver(rig, owner).grant.label == 1)
  }

  @Test func aLabelWithoutEventsIsFreeAtOnce() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    let owner = try receiver(rig, nil)
    for _ in 0..<100 {
      let other = try receiver(rig, owner)
      #expect(other.grant.label == 1)
      _ = try other.addFilter(.unicastAll)
      sender.send(rig.frame(60))
      #expect(Self.labels(owner.packets()) == [1])
    }
  }

  @Test func whenAllRestTheQueueIsBusyUntilItIsRead() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    let owner = try receiver(rig, nil)
    _ = try owner.addFilter(.unicastAll)
    sender.send(rig.frame(60))
    rig.right.service()
    for label in 1..<32 { #expect(try receiver(rig, owner).grant.label == label) }
    let error = #expect(throws: EtherFabricError.self) { _ = try receiver(rig, owner) }
    #expect(error?.errno == EBUSY && error?.remedy.contains("poll") == true)
    #expect(owner.packets().count == 1)
    #expect(try receiver(rig, owner).grant.label == 1)
  }

  /// By the API: events of an interface that is gone come to nobody.
  @Test func lateEventsComeToNobody() throws {
    let left = try Driver.open("emu:cable:late/0")
    let right = try Driver.open("emu:cable:late/1")
    let domains = (try left.allocateProtectionDomain(), try right.allocateProtectionDomain())
    let memory = (
      try MemoryRegistration(domains.0, DMAMemory(byteCount: 4096)),
      try MemoryRegistration(domains.1, DMAMemory(byteCount: 1 << 16))
    )
    var sender = try domains.0.allocateVirtualInterface()
    var owner = try domains.1.allocateVirtualInterface(InterfaceOptions(eventCapacity: 4096))
    do {
      var gone = try domains.1.allocateVirtualInterface(sharingEventsOf: owner)
      try gone.addFilter(.unicastAll)
      for index in 0..<8 { try gone.receivePost(memory.1.dmaAddress(index * 2048), id: RequestID(100 + index)) }
      right.identity.macAddress.store(to: memory.0.base)
      for id in 0..<3 { try sender.transmit(memory.0.address, length: 60, id: RequestID(id)) }
      // Events are there, and nobody has polled.
      (right.backend as? EmulatedAdapter)?.service()
      #expect(gone.statistics()[test: "rx_packets"] == 3)
    }
    var next = try domains.1.allocateVirtualInterface(sharingEventsOf: owner)
    for index in 0..<8 { try next.receivePost(memory.1.dmaAddress(index * 2048), id: RequestID(200 + index)) }
    var events = EventBatch(capacity: 16)
    var received = 0
    for _ in 0..<4 {
      for index in 0..<owner.poll(&events) { if case .receive = events[index] { received += 1 } }
    }
    #expect(received == 0 && next.receiveFillLevel == 8)
  }
}
