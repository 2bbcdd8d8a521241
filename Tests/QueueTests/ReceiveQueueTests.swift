import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Receive queues of EFCT and EF10CT: which filter attaches an interface to which, and how several are polled.
@Suite struct ReceiveQueueTests {
  static func filter(to queue: Int) throws -> FilterSpecification { try .multicastAll.destination(queue) }

  @Test func aFilterAttachesItsQueueOnce() throws {
    let bench = try ExpressBench(.efct, options: InterfaceOptions(receiveCapacity: 1025))
    try bench.interface.addFilter(.multicastAll)
    try bench.interface.addFilter(.unicastAll)
    try bench.interface.addFilter(.ethernet(MACAddress(value: 1)))
    #expect(bench.backend.attached.map(\.queue) == [5] && bench.backend.attached.map(\.superbufs) == [3])
    #expect(bench.interface.receiveQueues == [ReceiveQueueInfo(queue: 5, superbufs: 4, hasHugePages: false)])
  }

  @Test func aFilterThatKeepsFramesFromTheKernelAttachesNothing() throws {
    let bench = try ExpressBench(.efct)
    for filter in [FilterSpecification.blockKernel, .blockKernelUnicast, .blockKernelMulticast] {
      try bench.interface.addFilter(filter)
    }
    #expect(bench.backend.attached.isEmpty && bench.interface.receiveQueues.isEmpty)
  }

  @Test func aFilterWhoseQueueCannotBeAttachedIsRemoved() throws {
    let bench = try ExpressBench(.ef10ct, options: InterfaceOptions(receiveCapacity: 1024))
    bench.backend.attachFailure = EtherFabricError("attach", errno: 12, reason: "no", remedy: "None.")
    #expect(throws: EtherFabricError.self) { try bench.interface.addFilter(.multicastAll) }
    #expect(bench.backend.removed.map(\.id) == [1] && bench.interface.receiveQueues.isEmpty)
    // The memory for its superbufs has gone as well.
    #expect(bench.backend.registrations.count == 1)
    // Attached by someone else is no error, and no queue of ours.
    bench.backend.attachFailure = EtherFabricError("attach", errno: 114, reason: "is", remedy: "None.")
    try bench.interface.addFilter(.multicastAll)
    #expect(bench.backend.removed.count == 1 && bench.interface.receiveQueues.isEmpty)
  }

  @Test func anInterfaceHasAsManyQueuesAsTheAdapterLetsIt() throws {
    let bench = try ExpressBench(.efct, superbufs: 1) { $0.queueLimit = 2 }
    try bench.interface.addFilter(try Self.filter(to: 1))
    try bench.interface.addFilter(try Self.filter(to: 2))
    let third = try Self.filter(to: 3)
    do throws(EtherFabricError) {
      try bench.interface.addFilter(third)
      Issue.record("a third queue")
    } catch { #expect(error.errno == 28) }
    #expect(bench.backend.removed.count == 1)
    try bench.interface.addFilter(try Self.filter(to: 1))
    #expect(bench.interface.receiveQueues.map(\.queue) == [1, 2])
  }

  @Test func anAdapterOfAnotherLayoutIsRefused() throws {
    for change in [
      { (backend: ExpressBackend) in backend.parameters.superbufBytes = 2 << 20 },
      { $0.parameters.frameOffset = 128 }, { $0.parameters.metadataLocation = 0 },
    ] {
      let bench = try ExpressBench(.ef10ct, adjust: change)
      do throws(EtherFabricError) {
        try bench.interface.addFilter(.multicastAll)
        Issue.record("attached")
      } catch { #expect(error.errno == 95) }
      #expect(bench.interface.receiveQueues.isEmpty)
    }
  }

  @Test func everyQueueHasItsPartOfThePacketIDs() throws {
    var bench = try ExpressBench(.efct, superbufs: 2)
    for queue in 3...5 {
      try bench.interface.addFilter(try Self.filter(to: queue))
      bench.handOver(1, sentinel: true, queue: queue)
      bench.write(1, 1, length: 60 + queue, sentinel: true, queue: queue)
    }
    let events = bench.poll()
    #expect(
      events == [
        reference(0x1_0000, 63, queue: 3), reference(0x801_0000, 64, queue: 4), reference(0x1001_0000, 65, queue: 5),
      ])
    for (index, id) in [0x1_0000, 0x801_0000, 0x1001_0000].enumerated() {
      #expect(
        bench.interface.packet(UInt32(id)) == UnsafeRawPointer(bench.superbuf(1, queue: 3 + index)) + 66)
      try bench.interface.release(packet: UInt32(id))
    }
  }

  @Test func aQueueThatFillsEveryPollLeavesTheOthersTheirTurn() throws {
    var bench = try ExpressBench(.efct, superbufs: 1)
    for queue in 0..<3 {
      try bench.interface.addFilter(try Self.filter(to: queue))
      bench.handOver(0, sentinel: true, queue: queue)
      for slot in 1..<100 { bench.write(0, slot, length: 60, sentinel: true, queue: queue) }
    }
    var seen: [UInt8: Int] = [:]
    for _ in 0..<9 {
      for case .receiveReference(let event) in bench.poll(atMost: 4) { seen[event.queue, default: 0] += 1 }
    }
    #expect(seen == [0: 12, 1: 12, 2: 12])
  }

  @Test func framesThatNeverEndDoNotHoldUpCompletions() throws {
    var bench = try ExpressBench(.ef10ct)
    try bench.interface.addFilter(.multicastAll)
    for slot in 0..<512 { bench.write(0, slot, length: 60, sentinel: true) }
    try bench.send(1)
    bench.postCompletion(0)
    let events = bench.poll(atMost: 8)
    #expect(events.count == 8 && events[7] == completion(1))
  }
}
