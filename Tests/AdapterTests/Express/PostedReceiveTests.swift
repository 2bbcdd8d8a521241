import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Glibc
import Testing

/// Frames in the superbufs that the interface of an X4 express posts.
@Suite struct PostedReceiveTests {
  let rig: Rig
  let sender: RawInterface

  init() throws {
    var settings = AdapterSettings()
    settings.generation = .x4Express
    rig = try Rig(AdapterSettings(), settings)
    sender = try RawInterface(rig.left)
  }

  private func receiver(_ superbufs: Int = 4) throws -> (RawExpress, ReceiveQueueGrant) {
    let receiver = try RawExpress(rig.right, superbufs: superbufs)
    return (receiver, try receiver.receive(.ethernet(rig.right.macAddress)))
  }

  /// Sends frames one after the other; returns the event words that they made.
  private func send(_ count: Int, fill: Int = 0, to receiver: RawExpress) -> [UInt64] {
    (0..<count).flatMap { number in
      sender.send(rig.frame(60, fill: UInt8(truncatingIfNeeded: fill + number)))
      _ = sender.events()
      return receiver.events()
    }
  }

  @Test func aFrameAndItsMetadataShareASlot() throws {
    let (receiver, queue) = try receiver()
    #expect(receiver.grant.datapath == .ef10ct && receiver.express.parameters.metadataLocation == 1)
    #expect(receiver.express.parameters.cutThroughMinimum == 2)
    #expect(queue.queue == 0 && queue.superbufs == nil && queue.shared == nil && queue.postRegister == 0x2000)
    try receiver.post(1, queue)
    let frame = rig.frame(100, fill: 7)
    sender.send(frame)
    // One frame, of queue 0.
    #expect(receiver.events() == [0x0000_0000_0000_0001])
    let slot = Slot(try receiver.superbuf(1), 0)
    #expect(slot.bytes(100) == frame && slot.metadata.length == 100 && slot.metadata.sentinel)
    #expect(slot.metadata.location == 1 && slot.metadata.l2Class == 1 && slot.metadata.l3Class == 2)
    #expect(Slot(try receiver.superbuf(1), 1).first == 0)
    #expect(send(2, fill: 3, to: receiver) == [1, 1])
    #expect(Slot(try receiver.superbuf(1), 2).bytes(60) == rig.frame(60, fill: 4))
    #expect(receiver.statistic("rx_packets") == 3 && receiver.statistic("rx_superbufs_posted") == 1)
  }

  @Test func superbufsAreFilledInTheOrderInWhichTheyCame() throws {
    let (receiver, queue) = try receiver()
    for (index, sentinel) in [(2, true), (0, false), (3, true)] { try receiver.post(index, queue, sentinel: sentinel) }
    #expect(send(3 * 512, to: receiver).count == 3 * 512)
    for (order, index) in [2, 0, 3].enumerated() {
      for slot in 0..<512 {
        let place = Slot(try receiver.superbuf(index), slot)
        try #require(place.bytes(60) == rig.frame(60, fill: UInt8(truncatingIfNeeded: order * 512 + slot)))
        try #require(place.metadata.sentinel == (index != 0))
      }
    }
    // Then there is none.
    #expect(send(5, to: receiver).isEmpty)
    #expect(receiver.statistic("rx_no_superbuf") == 5 && rig.right.statistics()["rx_no_descriptor"] == 5)
    // Frames that were on the wire before a post do not get into it.
    sender.send(rig.frame(60, fill: 1))
    try receiver.post(2, queue, sentinel: false)
    #expect(send(1, fill: 2, to: receiver) == [1])
    #expect(Slot(try receiver.superbuf(2), 0).bytes(60) == rig.frame(60, fill: 2))
    #expect(Slot(try receiver.superbuf(2), 0).metadata.sentinel == false)
    #expect(receiver.statistic("rx_no_superbuf") == 6)
  }

  @Test func aQueueHolds64Superbufs() throws {
    let (receiver, queue) = try receiver()
    for _ in 0..<70 { try receiver.post(0, queue) }
    #expect(receiver.statistic("rx_superbufs_posted") == 64 && receiver.statistic("rx_superbufs_lost") == 6)
    // The one in use counts until it is full.
    _ = send(1, to: receiver)
    try receiver.post(0, queue)
    #expect(receiver.statistic("rx_superbufs_lost") == 7)
    _ = send(511, to: receiver)
    try receiver.post(0, queue)
    #expect(receiver.statistic("rx_superbufs_posted") == 65 && receiver.statistic("rx_superbufs_lost") == 7)
  }

  @Test(arguments: ["outside", "half", "another's"])
  func aSuperbufThatIsNotTheDomainsStopsTheQueue(_ address: String) throws {
    let (receiver, queue) = try receiver()
    let other = try RawExpress(rig.right, superbufs: 2)
    let word: UInt64 =
      switch address {
      case "half": try receiver.superbufAddress(3) + 4096
      case "outside": 0xffff_ffff_f000
      default: try other.superbufAddress(0)
      }
    try receiver.post(0, queue)
    receiver.command(queue.postRegister, BufferPost(address: word, sentinel: true, rollover: false).word)
    // Type 3, sub-type 3, a receive queue, its label and number 0, reason 3.
    #expect(receiver.events() == [0x3060_0000_0000_0c01])
    #expect(send(2, to: receiver).isEmpty)
    #expect(receiver.statistic("rx_stopped") == 2 && receiver.statistic("rx_dma_faults") == 1)
    try receiver.post(1, queue)
    #expect(receiver.events().isEmpty && receiver.statistic("refused_commands") == 1)
    // It starts again with nothing posted.
    try rig.right.restartReceive(interface: receiver.grant.resource)
    #expect(send(1, to: receiver).isEmpty)
    try receiver.post(2, queue)
    #expect(send(1, fill: 9, to: receiver) == [1])
    #expect(Slot(try receiver.superbuf(2), 0).bytes(60) == rig.frame(60, fill: 9))
  }

  @Test func memoryThatIsTakenAwayStopsTheQueue() throws {
    let receiver = try RawExpress(rig.right)
    let queue = try receiver.receive(.ethernet(rig.right.macAddress))
    let memory = try DMAMemory(byteCount: 1 << 20)
    let address = try rig.right.register(memory.base, byteCount: 1 << 20, domain: receiver.domain)
    receiver.command(queue.postRegister, BufferPost(address: address.rawValue, sentinel: true, rollover: false).word)
    #expect(send(1, to: receiver) == [1])
    rig.right.unregister(address, byteCount: 1 << 20, domain: receiver.domain)
    memory.base.storeBytes(of: 0, toByteOffset: 2048, as: UInt64.self)
    #expect(send(1, to: receiver) == [0x3060_0000_0000_0c01])
    #expect(memory.base.load(fromByteOffset: 2048, as: UInt64.self) == 0)
    #expect(receiver.statistic("rx_stopped") == 1)
  }

  @Test func aRolloverLeavesWhatIsInUseAndWhatIsPosted() throws {
    let (receiver, queue) = try receiver()
    try receiver.post(0, queue)
    try receiver.post(1, queue)
    #expect(send(3, to: receiver) == [1, 1, 1])
    try receiver.post(2, queue, rollover: true)
    // Each stands for a whole superbuf: bit 57, one packet.
    #expect(receiver.events() == [0x0200_0000_0000_0001, 0x0200_0000_0000_0001])
    for (index, first) in [(0, 3), (1, 0)] {
      let marks = try (first..<512).map { Slot(try receiver.superbuf(index), $0).metadata }
      #expect(marks.allSatisfy { $0.rollover && $0.sentinel && $0.length == 0 })
    }
    #expect(Slot(try receiver.superbuf(0), 2).metadata.rollover == false)
    #expect(send(1, fill: 5, to: receiver) == [1])
    #expect(Slot(try receiver.superbuf(2), 0).bytes(60) == rig.frame(60, fill: 5))
    #expect(receiver.statistic("rx_rollovers") == 2)
    // With nothing in use there is nothing to leave.
    _ = send(511, to: receiver)
    try receiver.post(3, queue, rollover: true)
    #expect(receiver.events().isEmpty)
    // By hand: what is in use, and no more.
    #expect(send(1, to: receiver) == [1])
    try receiver.post(0, queue, sentinel: false)
    rig.right.rollOver(queue: 0)
    #expect(receiver.events() == [0x0200_0000_0000_0001])
    #expect(send(1, fill: 6, to: receiver) == [1])
    #expect(Slot(try receiver.superbuf(0), 0).bytes(60) == rig.frame(60, fill: 6))
    #expect(Slot(try receiver.superbuf(0), 0).metadata.sentinel == false)
  }

  @Test func eachInterfaceHasQueuesOfItsOwn() throws {
    let groups = [MACAddress(value: 0x0100_5e00_0001), MACAddress(value: 0x0100_5e00_0002)]
    let frames = groups.map { $0.bytes + rig.frame(60).dropFirst(6) }
    let first = try RawExpress(rig.right, superbufs: 1)
    let second = try RawExpress(rig.right, superbufs: 1)
    let queues = (try first.receive(.ethernet(groups[0])), try second.receive(.ethernet(groups[1])))
    #expect(queues.0.queue == 0 && queues.1.queue == 1 && queues.1.postRegister == 0x2008)
    try first.post(0, queues.0)
    try second.post(0, queues.1)
    for frame in frames { sender.send(frame) }
    // The label is the queue's number.
    #expect(first.events() == [1] && second.events() == [0x1_0001])
    for (interface, frame) in zip([first, second], frames) {
      #expect(Slot(try interface.superbuf(0), 0).bytes(60) == frame)
    }
    // A second filter of an interface leads to the same queue.
    let cookie = try rig.right.insert(.ethernet(rig.right.macAddress), interface: second.grant.resource)
    #expect(try rig.right.query(cookie, interface: second.grant.resource).receiveQueue == 1)
    #expect(send(1, to: second) == [0x1_0001])

    // Another's queue can be neither attached nor posted to.
    var code: Int32?
    do { _ = try first.attach(1) } catch { code = (error as? EtherFabricError)?.errno }
    #expect(code == EPERM)
    try first.post(0, queues.1)
    #expect(rig.right.statistics()["unknown_commands"] == 1 && second.statistic("rx_superbufs_posted") == 1)
  }

  @Test func aFrameThatTwoFiltersMatchComesOnce() throws {
    let (receiver, queue) = try receiver()
    let group = MACAddress(value: 0x0100_5e00_0001)
    _ = try rig.right.insert(.ethernet(group), interface: receiver.grant.resource)
    _ = try rig.right.insert(.ethernet(group, vlan: 0), interface: receiver.grant.resource)
    try receiver.post(0, queue)
    sender.send([UInt8](arrayLiteral: 1, 0, 0x5e, 0, 0, 1) + rig.frame(60).dropFirst(6))
    #expect(receiver.events() == [1])
  }

  @Test func theMetadataNameTheFilter() throws {
    let (receiver, queue) = try receiver()
    for number in 0..<3 as Range<UInt64> {
      _ = try rig.right.insert(
        .ethernet(MACAddress(value: 0x0200_0000_0000 | number)), interface: receiver.grant.resource)
    }
    let group = MACAddress(value: 0x0100_5e00_0001)
    let cookie = try rig.right.insert(.ethernet(group), interface: receiver.grant.resource)
    let filter = try rig.right.query(cookie, interface: receiver.grant.resource).hardwareFilterID
    #expect(filter == 4)
    try receiver.post(0, queue)
    sender.send([UInt8](arrayLiteral: 1, 0, 0x5e, 0, 0, 1) + rig.frame(60).dropFirst(6))
    _ = receiver.events()
    #expect(Slot(try receiver.superbuf(0), 0).metadata.filterID == UInt16(filter))
  }

  @Test func aSmallEventQueueGetsNoEventsOfFrames() throws {
    let receiver = try RawExpress(
      rig.right, InterfaceOptions(receiveCapacity: 1024, transmitCapacity: 512, eventCapacity: 1024), superbufs: 2)
    let queue = try receiver.receive(.ethernet(rig.right.macAddress))
    #expect(!queue.generatesEvents && queue.superbufCount == 2)
    try receiver.post(0, queue)
    try receiver.post(1, queue)
    func isReadable() -> Bool {
      var request = pollfd(fd: receiver.grant.waitDescriptor, events: Int16(POLLIN), revents: 0)
      return poll(&request, 1, 0) == 1
    }
    for round in 0..<3 {
      receiver.prime()
      receiver.prime()
      #expect(!isReadable())
      // The frame itself wakes.
      sender.send(rig.frame(60))
      rig.right.service()
      #expect(isReadable(), "round \(round)")
      #expect(receiver.waitingEvents().isEmpty)
    }
    #expect(receiver.statistic("rx_packets") == 3)
    rig.right.rollOver(queue: queue.queue)
    #expect(receiver.events().isEmpty)

    // Room is counted for all queues together.
    let two = try RawExpress(rig.right, InterfaceOptions(receiveCapacity: 1024, eventCapacity: 4096), superbufs: 2)
    #expect(try (5...8).map { try two.attach($0).generatesEvents } == [true, true, true, false])
  }

  @Test func aFrameIsSeenToBegin() throws {
    let (receiver, queue) = try receiver()
    try receiver.post(0, queue)
    rig.right.holdNextFrame(queue: 0)
    #expect(send(1, fill: 1, to: receiver).isEmpty)
    let slot = Slot(try receiver.superbuf(0), 0)
    #expect(slot.bytes(60) == rig.frame(60, fill: 1) && !slot.metadata.sentinel)
    rig.right.releaseFrame(queue: 0)
    #expect(receiver.events() == [1] && slot.metadata.sentinel)
  }

  @Test func starvingTakesNoFurtherSuperbuf() throws {
    let (receiver, queue) = try receiver()
    for index in 0..<3 { try receiver.post(index, queue) }
    _ = send(1, to: receiver)
    rig.right.starve(queue: 0)
    #expect(send(515, to: receiver).count == 511)
    #expect(receiver.statistic("rx_no_superbuf") == 4)
    rig.right.starve(queue: 0, false)
    #expect(send(1, to: receiver) == [1])
  }

  @Test func anInterfaceOfAnX4ThatAsksForIt() throws {
    var settings = AdapterSettings()
    settings.generation = .x4
    let rig = try Rig(AdapterSettings(), settings)
    let sender = try RawInterface(rig.left)
    // The two functions of the adapter share its port.
    let plain = try RawInterface(rig.right)
    _ = try rig.right.insert(.ethernet(rig.right.macAddress), interface: plain.grant.resource)
    plain.post(8)
    let express = try RawExpress(rig.right, superbufs: 1, domainFlags: .express)
    let group = MACAddress(value: 0x0100_5e00_0001)
    let queue = try express.receive(.ethernet(group))
    try express.post(0, queue)
    let frame = [UInt8](arrayLiteral: 1, 0, 0x5e, 0, 0, 1) + rig.frame(60).dropFirst(6)
    sender.send(rig.frame(60), frame)
    #expect(plain.events() == [0x0001_0000_0000_003c] && express.events() == [1])
    // Jumbo frames are for the one, not for the other.
    _ = try rig.right.insert(.multicastAll, interface: plain.grant.resource)
    sender.send([UInt8](arrayLiteral: 1, 0, 0x5e, 0, 0, 1) + rig.frame(5000).dropFirst(6))
    #expect(plain.events().count == 3 && express.events().isEmpty)
    #expect(express.statistic("rx_oversize") == 1 && rig.right.statistics()["rx_oversize"] == 0)
    express.send(rig.frame(60))
    #expect(express.events() == [0x1000_0000_0000_0000])
  }
}
