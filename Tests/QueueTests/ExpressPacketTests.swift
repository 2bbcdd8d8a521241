import EtherFabricFormats
import Testing

@testable import EtherFabric

/// What a program does with packets in superbufs, and must not do.
@Suite struct ExpressPacketTests {
  static func bench(_ datapath: Datapath, frames: Int = 3) throws -> ExpressBench {
    var bench = try ExpressBench(datapath, options: InterfaceOptions(receiveCapacity: 1024))
    try bench.interface.addFilter(.multicastAll)
    if datapath == .efct {
      bench.handOver(0, sentinel: true)
      for slot in 1...frames { bench.write(0, slot, length: 60, sentinel: true, extra: UInt64(slot) << 46) }
    } else {
      for slot in 0..<frames { bench.write(1, slot, length: 60, sentinel: true, extra: UInt64(slot + 1) << 46) }
    }
    return bench
  }

  @Test(arguments: [Datapath.efct, .ef10ct])
  func aPacketIsReleasedOnceAndNoOtherIsAtAll(_ datapath: Datapath) throws {
    var bench = try Self.bench(datapath)
    let packets = bench.packets()
    #expect(packets.count == 3)
    let first = packets[0]
    // Of no queue, no superbuf, no slot; of a slot whose frame has not come; with bits that no name has.
    for foreign in [first | 1 << 27, first | 7 << 27, first | 1 << 26, first | 512, first + 3, first | 1 << 31, .max] {
      #expect(throws: QueueError(.unknownPacket, value: UInt64(foreign))) {
        try bench.interface.release(packet: foreign)
      }
      #expect(throws: TimestampError.noTimestamp) { try bench.interface.timestamp(ofPacket: foreign) }
    }
    try bench.interface.release(packet: packets[1])
    for _ in 0..<1000 {
      #expect(throws: QueueError(.unknownPacket, value: UInt64(packets[1]))) {
        try bench.interface.release(packet: packets[1])
      }
    }
    // Neither has moved the count of what is out of the superbuf.
    let queue = bench.interface.state.pointee.express!.pointee.queues[0]
    #expect(queue.pointee.superbufs[Int(first >> 16)].references == 511)
    try bench.release([packets[0], packets[2]])
    #expect(queue.pointee.superbufs[Int(first >> 16)].references == 509)
  }

  @Test func thePacketsOfAnotherInterfaceAreForeign() throws {
    var one = try Self.bench(.efct)
    var other = try ExpressBench(.efct)
    let packets = one.packets()
    #expect(throws: QueueError(.unknownPacket, value: 0)) { try other.interface.release(packet: packets[0]) }
    var ef10 = try Bench()
    #expect(throws: QueueError(.unknownPacket, value: 0)) { try ef10.interface.release(packet: packets[0]) }
    #expect(throws: TimestampError.noTimestamp) { try ef10.interface.timestamp(ofPacket: 0) }
  }

  struct Errors: Sendable {
    var bits: UInt64
    var errors: DiscardMask
    var reason: DiscardReason
  }

  static let errors = [
    Errors(bits: 2 << 38, errors: .frameCheckError, reason: .frameCheckBad),
    Errors(bits: 1 << 38, errors: .lengthError, reason: .truncated),
    Errors(bits: 1 << 40, errors: .l3ChecksumError, reason: .checksumBad),
    Errors(bits: 1 << 41, errors: .l4ChecksumError, reason: .checksumBad),
    Errors(bits: 2 << 38 | 1 << 41, errors: [.frameCheckError, .l4ChecksumError], reason: .frameCheckBad),
  ]

  @Test(arguments: errors)
  func theErrorsOfAFrameAreTold(_ golden: Errors) throws {
    var bench = try ExpressBench(.ef10ct)
    try bench.interface.addFilter(.multicastAll)
    #expect(bench.interface.receiveDiscards.rawValue == 0xf)
    bench.write(0, 0, length: 60, sentinel: true, extra: golden.bits | 3 << 46)
    let expected = Event.ReceiveReference(packet: 0, bytes: 60, filterID: 3, queue: 5, errors: golden.errors)
    #expect(bench.poll() == [.receiveReferenceDiscard(expected)] && golden.errors.reason == golden.reason)
    // Without the bits in the mask it is a frame like any other.
    bench.interface.receiveDiscards = []
    bench.write(0, 1, length: 60, sentinel: true, extra: golden.bits)
    #expect(bench.poll() == [reference(1, 60)])
    try bench.release([0, 1])
  }

  @Test func classesOfFramesAreDiscardedWhereTheAdapterDidNotJudgeThem() throws {
    var bench = try ExpressBench(.ef10ct)
    try bench.interface.addFilter(.multicastAll)
    bench.interface.receiveDiscards = DiscardMask(rawValue: .max)
    #expect(bench.interface.receiveDiscards.rawValue == 0x38f)
    // L3 and L4 of class other: with the marks of "not judged", and without.
    let classes: UInt64 = 2 << 34 | 2 << 36
    bench.write(0, 0, length: 60, sentinel: true, extra: classes | 3 << 40)
    bench.write(0, 1, length: 60, sentinel: true, extra: classes)
    guard case .receiveReferenceDiscard(let discard) = bench.poll()[0] else {
      Issue.record("no discard")
      return
    }
    #expect(discard.errors == [.l3ClassOther, .l4ClassOther] && discard.errors.reason == .other)
    #expect(DiscardMask().reason == .checksumBad && DiscardMask.innerL3ChecksumError.reason == .innerChecksumBad)
  }

  @Test func theFilterOfAPacketIsInItsEvent() throws {
    var bench = try Self.bench(.efct)
    let events = bench.poll()
    #expect(try events.map { try bench.interface.filterID(of: $0) } == [1, 2, 3])
    #expect(throws: QueueError(.wrongEvent)) { try bench.interface.filterID(of: completion(1)) }
    #expect(QueueError(.wrongEvent).errno == 22 && QueueError(.noFilter).errno == 61)
  }

  @Test func onEF10TheFilterOfAPacketIsInItsPrefix() throws {
    let bench = try Bench(options: InterfaceOptions(flags: .receiveFilterID), prefixLength: 14)
    let plain = try Bench(prefixLength: 14)
    let prefix = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16)
    defer { prefix.deallocate() }
    ReceivePrefix.store(to: prefix, packetLength: 60, timestamp: 0, filterID: 0x1234)
    let event = received(1, 74)
    #expect(try bench.interface.filterID(of: event, packet: prefix) == 0x1234)
    #expect(throws: QueueError(.wrongEvent)) { try bench.interface.filterID(of: event) }
    #expect(throws: QueueError(.wrongEvent)) { try bench.interface.filterID(of: transmitted(1), packet: prefix) }
    #expect(throws: QueueError(.wrongEvent)) { try plain.interface.filterID(of: event, packet: prefix) }
    ReceivePrefix.store(to: prefix, packetLength: 60, timestamp: 0, filterID: nil)
    #expect(throws: QueueError(.noFilter)) { try bench.interface.filterID(of: event, packet: prefix) }
  }

  @Test(arguments: [Datapath.efct, .ef10ct])
  func aFrameIsSeenBeforeItIsWhole(_ datapath: Datapath) throws {
    var bench = try ExpressBench(datapath)
    #expect(bench.interface.peekFuture() == nil)
    try bench.interface.addFilter(.multicastAll)
    let memory = bench.superbuf(0)
    if datapath == .efct {
      #expect(bench.interface.peekFuture() == nil)
      for slot in 0..<512 {
        memory.storeBytes(of: SuperbufLayout.futurePoison, toByteOffset: slot * 2048 + 64, as: UInt64.self)
      }
      bench.handOver(0, sentinel: true)
    }
    var room = [Event](repeating: .none, count: 8)
    for slot in 0..<3 {
      #expect(bench.interface.peekFuture() == nil)
      let frame = memory + slot * 2048 + 66
      frame.storeBytes(of: 0x5a, as: UInt8.self)
      #expect(bench.interface.peekFuture() == UnsafeRawPointer(frame))
      #expect(room.withUnsafeMutableBufferPointer { bench.interface.pollFuture(into: $0) } == 0)
      bench.write(0, datapath == .efct ? slot + 1 : slot, length: 60, sentinel: true)
      #expect(room.withUnsafeMutableBufferPointer { bench.interface.pollFuture(into: $0) } == 1)
      #expect(room[0] == reference(UInt32(slot), 60))
    }
  }

  @Test func aPeekThatFindsNothingLetsTheAdapterWork() throws {
    var bench = try ExpressBench(.ef10ct, serves: true)
    try bench.interface.addFilter(.multicastAll)
    let frame = bench.superbuf(0) + 66
    bench.backend.wires.onService = { _ in frame.storeBytes(of: 1, as: UInt8.self) }
    #expect(bench.interface.peekFuture() == UnsafeRawPointer(frame))
    bench.backend.wires.onService = nil
  }

  @Test func framesArePolledWithoutTheEventQueue() throws {
    var bench = try Self.bench(.ef10ct)
    try bench.send(1)
    bench.postCompletion(0)
    var batch = EventBatch(capacity: 2)
    #expect(try bench.interface.receivePoll(&batch) == 2 && batch[0] == reference(0x10000, 60, filter: 1))
    #expect(try bench.interface.receivePoll(&batch) == 1 && batch.count == 1)
    #expect(try bench.interface.receivePoll(&batch) == 0 && batch.isEmpty)
    #expect(bench.poll() == [completion(1)])
    var ef10 = try Bench()
    #expect(throws: QueueError(.unsupported)) { try ef10.interface.receivePoll(&batch) }
    #expect(QueueError(.unsupported).errno == 95)
    #expect(ef10.interface.peekFuture() == nil && ef10.interface.receiveQueues.isEmpty)
    #expect(ef10.interface.transmitSpaceBytes == 0 && ef10.interface.transmitFillLevelBytes == 0)
  }

  @Test func buffersAreNotPosted() throws {
    var bench = try ExpressBench(.ef10ct, options: InterfaceOptions(receiveCapacity: 1024))
    #expect(throws: QueueError(.notImplemented)) { try bench.interface.receiveInit(bench.address(0), id: 1) }
    #expect(throws: QueueError(.notImplemented)) { try bench.interface.receivePost(bench.address(0), id: 1) }
    #expect(QueueError(.notImplemented).errno == 38)
    bench.interface.receivePush()
    #expect(bench.backend.wires.commands.isEmpty)
    #expect(bench.backend.window.load(fromByteOffset: 0x830, as: UInt32.self) == 0xeeee_eeee)
    #expect(bench.interface.receiveCapacity == 1023 && bench.interface.receiveSpace == 0)
    #expect(bench.interface.receiveFillLevel == 1024 && bench.interface.receivePrefixLength == 0)
    #expect(throws: EtherFabricError.self) { try bench.interface.receiveLayout }
    #expect(throws: EtherFabricError.self) { try bench.interface.reinitializeReceiveQueue() }
    let room = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16)
    defer { room.deallocate() }
    #expect(bench.interface.receiveBytes(room) == nil)
  }
}
