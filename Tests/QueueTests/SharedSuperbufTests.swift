import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Receiving on EFCT: superbufs of the driver, metadata in the slot after the frame. The scenes were played to the
/// genuine library first.
@Suite struct SharedSuperbufTests {
  /// An interface with queue 5, and superbufs 0 to `count` - 1 handed over.
  static func bench(_ count: Int = 4, flags: InterfaceFlags = []) throws -> ExpressBench {
    var bench = try ExpressBench(.efct, options: InterfaceOptions(flags: flags))
    try bench.interface.addFilter(.multicastAll)
    for superbuf in 0..<count { bench.handOver(superbuf, sentinel: true) }
    return bench
  }

  @Test func theFirstMetadataAreThoseOfNoFrame() throws {
    var bench = try Self.bench()
    #expect(bench.interface.hasEvent == false)
    bench.write(0, 0, length: 99, sentinel: true)
    #expect(!bench.interface.hasEvent && bench.poll().isEmpty)
    bench.write(0, 1, length: 60, sentinel: true, extra: 9 << 46)
    #expect(bench.interface.hasEvent == true)
    #expect(bench.poll() == [reference(0, 60, filter: 9)])
    #expect(!bench.interface.hasEvent && bench.poll().isEmpty)
    #expect(bench.interface.packet(0) == UnsafeRawPointer(bench.superbuf(0)) + 66)
  }

  @Test func theLastFrameIsDescribedInTheNextSuperbuf() throws {
    var bench = try Self.bench()
    let shared = bench.backend.shared[5]!
    shared.storeBytes(of: 2 << 48, toByteOffset: SharedReceiveQueue.timeSync, as: UInt64.self)
    for slot in 1..<512 {
      bench.write(
        0, slot, length: 60 + slot, sentinel: true, extra: 1 << 44, time: UInt64(slot) << 32 | UInt64(slot << 2 | 3))
    }
    #expect(bench.poll().count == 64)
    #expect(bench.packets() == Array(64..<511))
    #expect(bench.interface.hasEvent == false)
    #expect(
      try bench.interface.timestamp(ofPacket: 0)
        == Timestamp(seconds: 1, nanoseconds: 1, fraction: 0xc000, sync: .clockSet))
    #expect(
      try bench.interface.timestamp(ofPacket: 510)
        == Timestamp(seconds: 511, nanoseconds: 511, fraction: 0xc000, sync: .clockSet))
    bench.write(1, 0, length: 1000, sentinel: true, extra: 1 << 44, time: 777 << 32 | 4001)
    #expect(bench.interface.hasEvent && bench.poll() == [reference(511, 1000)])
    let last = Timestamp(seconds: 777, nanoseconds: 1000, fraction: 0x4000, sync: .clockSet)
    #expect(try bench.interface.timestamp(ofPacket: 511) == last)
    // The time stays the frame's, whatever becomes of the superbuf that told it; the flags are those of the clock now.
    bench.write(1, 0, length: 7, sentinel: false, time: 1)
    shared.storeBytes(of: 3 << 48, toByteOffset: SharedReceiveQueue.timeSync, as: UInt64.self)
    #expect(
      try bench.interface.timestamp(ofPacket: 511)
        == Timestamp(seconds: 777, nanoseconds: 1000, fraction: 0x4000, sync: [.clockSet, .inSync]))
    #expect(bench.returned().isEmpty)
    try bench.release((0..<512).map { UInt32(511 - $0) })
    #expect(bench.returned() == [0])
  }

  @Test func aGapInTheSequenceLosesTheLastFrame() throws {
    var bench = try Self.bench(1)
    bench.handOver(1, sentinel: true, sequence: 2)
    for slot in 1..<512 { bench.write(0, slot, length: 60, sentinel: true) }
    try bench.release(bench.packets())
    #expect(bench.returned() == [0])
    // What stands in the first slot is about a frame of a superbuf that never came.
    bench.write(1, 0, length: 300, sentinel: true)
    #expect(!bench.interface.hasEvent && bench.poll().isEmpty)
    bench.write(1, 1, length: 301, sentinel: true)
    #expect(bench.interface.hasEvent && bench.poll() == [reference(0x10000, 301)])
    #expect(throws: QueueError(.unknownPacket, value: 511)) { try bench.interface.release(packet: 511) }
  }

  @Test func aSuperbufThatWasLeftEarlyComesBackWithTheFramesInIt() throws {
    var bench = try Self.bench()
    for slot in 1..<3 { bench.write(0, slot, length: 60, sentinel: true) }
    bench.write(0, 3, length: 1, sentinel: true, extra: FrameMetadata.rolloverBit)
    #expect(bench.packets() == [0, 1])
    try bench.release([0, 1])
    #expect(bench.returned() == [0])
    // The next begins like the first.
    bench.write(1, 0, length: 400, sentinel: true)
    #expect(!bench.interface.hasEvent && bench.poll().isEmpty)
    bench.write(1, 1, length: 401, sentinel: true)
    #expect(bench.poll() == [reference(0x10000, 401)])
  }

  @Test func aSuperbufLeftAtItsLastSlotIsTheNextOnesToTell() throws {
    var bench = try Self.bench()
    for slot in 1..<512 { bench.write(0, slot, length: 60, sentinel: true) }
    let packets = bench.packets()
    try bench.release(packets)
    #expect(packets.count == 511 && bench.returned().isEmpty)
    bench.write(1, 0, length: 1, sentinel: true, extra: FrameMetadata.rolloverBit)
    bench.write(1, 1, length: 501, sentinel: true)
    #expect(bench.poll().isEmpty && bench.returned() == [0])
    #expect(bench.poll() == [reference(0x10000, 501)])
  }

  @Test func superbufsThatFindNoRoomOnTheirWayBackWait() throws {
    var bench = try ExpressBench(.efct, superbufs: 20)
    try bench.interface.addFilter(.multicastAll)
    // Each is left after one frame; the driver does not look after what comes back.
    for superbuf in 0..<20 {
      bench.handOver(superbuf, sentinel: true)
      bench.write(superbuf, 1, length: 60, sentinel: true)
      bench.write(superbuf, 2, length: 60, sentinel: true, extra: FrameMetadata.rolloverBit)
      try bench.release(bench.packets())
    }
    #expect(bench.returned() == Array(0..<16))
    bench.takeReturned()
    // One more brings them along.
    bench.handOver(0, sentinel: false)
    bench.write(0, 1, length: 60, sentinel: false)
    bench.write(0, 2, length: 60, sentinel: false, extra: FrameMetadata.rolloverBit)
    try bench.release(bench.packets())
    #expect(bench.returned() == [0, 19, 18, 17, 16])
  }

  @Test func superbufsRunOnWithTheSentinelOfTheDriver() throws {
    var bench = try ExpressBench(.efct, superbufs: 3)
    try bench.interface.addFilter(.multicastAll)
    bench.handOver(0, sentinel: true)
    for lap in 0..<7 {
      let sentinel = lap / 3 % 2 == 0
      for slot in 0..<512 { bench.write(lap % 3, slot, length: 60 + lap, sentinel: sentinel) }
      bench.handOver((lap + 1) % 3, sentinel: (lap + 1) / 3 % 2 == 0)
      let packets = bench.packets()
      #expect(packets.count == (lap == 0 ? 511 : 512))
      try bench.release(packets)
      #expect(bench.returned() == (0..<lap).map { $0 % 3 })
    }
    #expect(bench.interface.eventCounts.unknown == 0)
  }

  @Test func aDriverThatHandsOverNonsenseIsSurvived() throws {
    var bench = try ExpressBench(.efct, superbufs: 2)
    try bench.interface.addFilter(.multicastAll)
    bench.handOver(900, sentinel: true)
    #expect(bench.poll().isEmpty && bench.interface.eventCounts.unknown == 1)
    bench.handOver(0, sentinel: true)
    bench.write(0, 1, length: 60, sentinel: true)
    #expect(bench.poll() == [reference(0, 60)])
    bench.write(0, 2, length: 60, sentinel: true, extra: FrameMetadata.rolloverBit)
    // A superbuf with a frame out: reading it again would free the frame under its holder.
    bench.handOver(0, sentinel: true)
    #expect(bench.poll().isEmpty && bench.poll().isEmpty && bench.interface.eventCounts.unknown == 2)
    try bench.interface.release(packet: 0)
    #expect(bench.returned() == [0])
  }

  @Test func metadataThatNoAdapterWritesGiveNoFrame() throws {
    var bench = try Self.bench()
    bench.write(0, 1, length: 1983, sentinel: true)
    bench.write(0, 2, length: 60, sentinel: true, extra: 2 << 14)
    bench.write(0, 3, length: 1982, sentinel: true)
    #expect(bench.packets() == [2])
    #expect(bench.interface.eventCounts.unknown == 2)
    bench.write(0, 4, length: 60, sentinel: true, extra: FrameMetadata.rolloverBit)
    _ = bench.poll()
    // Their places are not waited for.
    try bench.release([2])
    #expect(bench.returned() == [0])
  }
}
