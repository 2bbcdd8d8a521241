import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// The rules of receiving that bite, on the level of the C calls.
@Suite struct ReceiveEdgeTests {
  /// A receiver that posts no buffer by itself, and the other end of its cable.
  struct Link: ~Copyable {
    let rig: Rig
    let sender: RawInterface
    var receiver: VirtualInterface
    let memory: MemoryRegistration
    var batch = EventBatch()

    init(_ name: String, _ interface: InterfaceOptions = InterfaceOptions(), options: String = "") throws {
      let rig = try Rig(named: name, options: options)
      let driver = try unwrap(rig.driver)
      let domain = try driver.allocateProtectionDomain()
      let receiver = try domain.allocateVirtualInterface(interface)
      try receiver.addFilter(.unicastAll)
      let memory = try MemoryRegistration(domain, DMAMemory(byteCount: 512 * 2048))
      let sender = try RawInterface(rig.left, InterfaceOptions(flags: [.noIPChecksum, .noL4Checksum]))
      self.rig = rig
      self.receiver = receiver
      self.memory = memory
      self.sender = sender
    }

    mutating func post(_ count: Int) throws {
      for _ in 0..<count {
        let index = receiver.receiveFillLevel % 512
        try receiver.receiveInit(memory.dmaAddress(index * 2048), id: RequestID(index))
      }
      receiver.receivePush()
    }

    func send(_ count: Int, bad: Bool = false) {
      var datagram = rig.datagram()
      if bad { datagram[22] ^= 1 }
      for _ in 0..<count { sender.send(bad ? datagram : rig.frame(60)) }
    }

    mutating func poll() -> [Event] {
      receiver.poll(&batch)
      return batch.indices.map { batch[$0] }
    }

    var dropped: UInt64? { receiver.statistics()["rx_no_descriptor"] }
  }

  @Test func sevenBuffersInAnEmptyRingAreNoneAndASleeperIsNotWoken() throws {
    var link = try Link("edge-seven")
    try link.post(7)
    link.send(1)
    let isWoken = try link.receiver.wait(timeout: .milliseconds(20))
    #expect(!isWoken)
    #expect(link.receiver.receiveFillLevel == 7 && link.dropped == 1)
    try link.post(1)
    link.send(8)
    #expect(link.poll().count == 8)
    // Ten are eight.
    try link.post(10)
    link.send(9)
    #expect(link.poll().count == 8 && link.receiver.receiveFillLevel == 2)
    #expect(link.dropped == 2)
  }

  @Test func anAdapterThatWantsAMinimumTakesNothingBeforeTheRingHasHadIt() throws {
    var link = try Link("edge-fill", options: ",min-fill=16")
    try link.post(8)
    link.send(3)
    #expect(link.poll().isEmpty && link.dropped == 3)
    try link.post(8)
    link.send(16)
    #expect(link.poll().count == 16)
    // Once it has begun, it goes on with fewer.
    try link.post(8)
    link.send(8)
    #expect(link.poll().count == 8)
    _ = try link.receiver.reinitializeReceiveQueue()
    try link.post(8)
    link.send(1)
    #expect(link.poll().isEmpty && link.dropped == 4)
    try link.post(8)
    link.send(1)
    #expect(link.poll().count == 1)
  }

  @Test func aBatchHasRoomForTwo() throws {
    #expect(EventBatch(capacity: 0).capacity == 2 && EventBatch(capacity: 1).capacity == 2)
    var link = try Link("edge-two")
    try link.post(16)
    link.send(5)
    var room = [Event](repeating: .none, count: 2)
    var counts: [Int] = []
    for _ in 0..<4 { counts.append(room.withUnsafeMutableBufferPointer { link.receiver.poll(into: $0) }) }
    #expect(counts == [2, 2, 1, 0])
  }

  @Test(arguments: [InterfaceFlags(), .receiveEventMerge])
  func markedPacketsTakeBuffersAsGoodOnesDo(_ flags: InterfaceFlags) throws {
    var link = try Link("edge-marked\(flags.rawValue)", InterfaceOptions(flags: flags))
    try link.post(8)
    link.send(9, bad: true)
    var ids: [RequestID] = []
    for event in link.poll() {
      switch event {
      case .receiveDiscard(let event): ids.append(event.id)
      case .receiveMultiDiscard(let event):
        // Not unbundled, its buffers would be the adapter's for ever.
        #expect(link.receiver.receiveFillLevel == 8)
        var room = [RequestID](repeating: .none, count: 15)
        let count = room.withUnsafeMutableBufferPointer { link.receiver.unbundle(event, into: $0) }
        ids += room[..<count]
      default: Issue.record("\(event)")
      }
    }
    #expect(ids == (0..<8).map { RequestID($0) })
    #expect(link.receiver.receiveFillLevel == 0 && link.dropped == 1)
  }

  /// Frames that nobody polls for, while the clock goes on.
  private func fill(_ name: String, events: Int?) throws -> (events: [Event], capacity: Int) {
    var link = try Link(
      name,
      InterfaceOptions(receiveCapacity: 512, transmitCapacity: 0, eventCapacity: events, flags: .receiveTimestamps),
      options: ",clock=manual")
    link.rig.right.setClock(1_700_000_000_000_000_000)
    try link.post(504)
    for _ in 0..<9 {
      link.send(56)
      link.rig.right.advanceClock(by: 250_000_000)
      link.rig.right.service()
    }
    return (link.poll(), link.receiver.eventCapacity)
  }

  @Test func anEventQueueOfTheSizeOfItsRingHasNoRoomForTimeSyncs() throws {
    // 504 frames and the syncs of two seconds are more than 511.
    let full = try fill("edge-syncs", events: nil)
    #expect(full.capacity == 511 && full.events == [.overflow])
    let roomy = try fill("edge-room", events: 1024)
    #expect(roomy.events.count >= 1 && !roomy.events.contains(.overflow))
  }
}
