import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Receiving on EF10CT: superbufs of the interface, metadata beside the frame. The scenes were played to the genuine
/// library first.
@Suite struct OwnSuperbufTests {
  typealias Post = ExpressBench.Post

  /// An interface with queue 5 and three superbufs.
  static func bench(receive: Int = 1536, generatesEvents: Bool = false, eventCapacity: Int = 1024) throws
    -> ExpressBench
  {
    let bench = try ExpressBench(
      .ef10ct, eventCapacity: eventCapacity, generatesEvents: generatesEvents,
      options: InterfaceOptions(receiveCapacity: receive))
    try bench.interface.addFilter(.multicastAll)
    return bench
  }

  @Test(arguments: [(512, 1), (1024, 2), (1536, 3), (4096, 8)])
  func theReceiveCapacitySaysHowManySuperbufsThereAre(_ capacity: Int, _ superbufs: Int) throws {
    let bench = try Self.bench(receive: capacity)
    #expect(bench.backend.attached.map(\.superbufs) == [superbufs])
    // Last in memory, first to the adapter; fresh memory has a sentinel of 0.
    #expect(bench.posts() == (0..<superbufs).reversed().map { Post(superbuf: $0, sentinel: true) })
    #expect(bench.interface.receiveQueues.map(\.superbufs) == [superbufs])
  }

  @Test func atMost64SuperbufsAreAtTheAdapter() throws {
    var bench = try Self.bench(receive: 512 * 70)
    #expect(bench.posts().count == 64 && bench.posts().last == Post(superbuf: 6, sentinel: true))
    for slot in 0..<512 { bench.write(69, slot, length: 60, sentinel: true) }
    // The next poll finds one filled, and posts another.
    #expect(bench.packets().count == 512)
    #expect(bench.posts().count == 65 && bench.posts().last == Post(superbuf: 5, sentinel: true))
  }

  @Test func aSuperbufIsPostedAgainWithTheOtherSentinel() throws {
    var bench = try Self.bench()
    #expect(!bench.interface.hasEvent && bench.poll().isEmpty)
    for (lap, superbuf) in [2, 1, 0, 2, 1, 0, 2].enumerated() {
      let sentinel = lap / 3 % 2 == 0
      for slot in 0..<512 { bench.write(superbuf, slot, length: 60, sentinel: sentinel) }
      #expect(bench.interface.hasEvent == true)
      let packets = bench.packets()
      #expect(packets == (0..<512).map { UInt32(superbuf << 16 | $0) } && !bench.interface.hasEvent)
      try bench.release(packets.dropLast())
      #expect(bench.posts().count == 3 + lap)
      try bench.release([packets[511]])
      #expect(bench.posts().last == Post(superbuf: superbuf, sentinel: !sentinel))
    }
  }

  @Test func aReleasedSlotIsMarkedForTheNextFrame() throws {
    var bench = try Self.bench()
    let slot = bench.superbuf(2)
    #expect(slot.load(fromByteOffset: 64, as: UInt64.self) == 0x0000_ffa0_c09b_0000)
    slot.storeBytes(of: 1, toByteOffset: 64, as: UInt64.self)
    bench.write(2, 0, length: 60, sentinel: true)
    let packet = bench.packets()
    #expect(slot.load(fromByteOffset: 64, as: UInt64.self) == 1)
    try bench.release(packet)
    #expect(slot.load(fromByteOffset: 64, as: UInt64.self) == 0x0000_ffa0_c09b_0000)
  }

  @Test func eachTimestampSaysHowGoodItIs() throws {
    var bench = try Self.bench()
    for (slot, status) in [1, 2, 3, 0].enumerated() {
      bench.write(
        2, slot, length: 70 + slot, sentinel: true, extra: UInt64(status) << 44 | 0xfff << 46,
        time: UInt64(5 + slot) << 32 | UInt64(10 + slot))
    }
    #expect(
      bench.poll()
        == (0..<4).map { reference(0x20000 + UInt32($0), UInt16(70 + $0), filter: 0xfff) })
    let packets: [UInt32] = [0x20000, 0x20001, 0x20002]
    #expect(
      try packets.map { try bench.interface.timestamp(ofPacket: $0) } == [
        Timestamp(seconds: 5, nanoseconds: 2, fraction: 0x8000, sync: [.clockSet, .inSync]),
        Timestamp(seconds: 6, nanoseconds: 2, fraction: 0xc000),
        Timestamp(seconds: 7, nanoseconds: 3, fraction: 0, sync: .clockSet),
      ])
    #expect(throws: TimestampError.noTimestamp) { try bench.interface.timestamp(ofPacket: 0x20003) }
    // By the address of the frame as well.
    #expect(
      try bench.interface.receiveTimestamp(bench.interface.packet(0x20000))
        == Timestamp(seconds: 5, nanoseconds: 2, fraction: 0x8000, sync: [.clockSet, .inSync]))
    let inside = bench.interface.packet(0x20000) + 1
    #expect(throws: TimestampError.noTimestamp) { try bench.interface.receiveTimestamp(inside) }
    #expect(throws: TimestampError.noTimestamp) { try bench.interface.receiveTimestamp(bench.memory.base) }
  }

  @Test func aSuperbufThatWasLeftEarlyIsPostedWithOneSentinelAgain() throws {
    var bench = try Self.bench()
    for slot in 0..<4 { bench.write(2, slot, length: 60, sentinel: true) }
    bench.write(2, 4, length: 1, sentinel: true, extra: FrameMetadata.rolloverBit)
    let packets = bench.packets()
    #expect(packets == (0..<4).map { 0x20000 + UInt32($0) })
    try bench.release(packets)
    #expect(bench.posts().suffix(1) == [Post(superbuf: 2, sentinel: false)])
    // Slots that the adapter passed over must not look filled with the new sentinel.
    for superbuf in [1, 0] {
      for slot in 0..<512 { bench.write(superbuf, slot, length: 60, sentinel: true) }
      try bench.release(bench.packets())
    }
    #expect(!bench.interface.hasEvent && bench.poll().isEmpty)
    for slot in 0..<6 { bench.write(2, slot, length: 80, sentinel: false) }
    #expect(bench.packets() == (0..<6).map { 0x20000 + UInt32($0) })
  }

  @Test func receiveEventsCountForTheSlotsOfTheEventQueueAlone() throws {
    var bench = try Self.bench(generatesEvents: true, eventCapacity: 2048)
    let express = bench.interface.state.pointee.express!
    let all = bench.interface.eventCapacity
    // A superbuf is posted when there is a slot for each of its frames.
    #expect(bench.posts().count == 3 && express.pointee.unusedEventSlots == all - 3 * 512)
    for slot in 0..<4 { bench.write(2, slot, length: 60, sentinel: true) }
    bench.write(2, 4, length: 1, sentinel: true, extra: FrameMetadata.rolloverBit)
    bench.post(4, 1 | 1 << 57)
    let packets = bench.packets()
    #expect(packets.count == 4 && express.pointee.unusedEventSlots == all - 2 * 512)
    try bench.release(packets)
    #expect(bench.posts().count == 4 && express.pointee.unusedEventSlots == all - 3 * 512)
  }

  @Test func aSuperbufWaitsForSlotsOfTheEventQueue() throws {
    var bench = try Self.bench(generatesEvents: true, eventCapacity: 1024)
    #expect(bench.posts() == [Post(superbuf: 2, sentinel: true)])
    for slot in 0..<512 { bench.write(2, slot, length: 60, sentinel: true) }
    let packets = bench.packets()
    try bench.release(packets)
    // No event has been seen: the slots may still be needed.
    #expect(packets.count == 512 && bench.posts().count == 1 && bench.poll().isEmpty)
    bench.post(500, 12)
    #expect(bench.poll().isEmpty && bench.poll().isEmpty)
    #expect(bench.posts().suffix(1) == [Post(superbuf: 2, sentinel: false)])
  }

  @Test func anEventQueueThatCannotHoldTheEventsOfASuperbufIsRefused() throws {
    let bench = try ExpressBench(
      .ef10ct, eventCapacity: 512, generatesEvents: true, options: InterfaceOptions(receiveCapacity: 1024))
    do throws(EtherFabricError) {
      try bench.interface.addFilter(.multicastAll)
      Issue.record("attached")
    } catch { #expect(error.errno == 28) }
    #expect(bench.backend.removed.count == 1 && bench.backend.wires.commands.isEmpty)
  }

  @Test func framesPolledAloneLeaveNoEventsOfTheirsBehind() throws {
    var bench = try Self.bench(generatesEvents: true, eventCapacity: 2048)
    var batch = EventBatch()
    for lap in 0..<6 {
      for slot in 0..<512 { bench.write(2 - lap % 3, slot, length: 60, sentinel: lap / 3 % 2 == 0) }
      for _ in 0..<8 { bench.post(64) }
      var packets: [UInt32] = []
      while try bench.interface.receivePoll(&batch) > 0 {
        for index in batch.indices {
          if case .receiveReference(let event) = batch[index] { packets.append(event.packet) }
        }
      }
      #expect(packets.count == 512, "lap \(lap)")
      try bench.release(packets)
    }
    #expect(!bench.interface.hasEvents(moreThan: 0) && bench.posts().count == 9)
  }

  @Test func theMemoryIsRegisteredInTheDomainAndGivenBack() throws {
    let backend: ExpressBackend
    do {
      let bench = try Self.bench()
      backend = bench.backend
      let registration = backend.registrations.last!
      #expect(registration.count >= 3 << 20 && registration.domain == 1)
    }
    #expect(backend.freed == 1 && backend.registrations.isEmpty)
  }
}
