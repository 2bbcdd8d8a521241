import EtherFabricFormats
import Glibc
import Testing

@testable import EtherFabric

/// Packed stream as the genuine library has it: descriptors, credits, events and the headers of packets.
@Suite struct PackedStreamTests {
  struct Setting: Sendable {
    var events: Int
    var transmit: Int
    var flags: InterfaceFlags = []
    var size = 1 << 20
    var buffers = 16
    /// What is granted at the start.
    var credit: UInt32?
  }

  static let settings = [
    Setting(events: 32768, transmit: 0, credit: 0x85e),
    Setting(events: 32768, transmit: 0, flags: .packedStream64K, size: 1 << 16, buffers: 104, credit: 0x85e),
    Setting(events: 32768, transmit: 512, credit: 0x85d),
    Setting(events: 32768, transmit: 2048, flags: .transmitTimestamps, credit: 0x84c),
    Setting(events: 2048, transmit: 512, credit: 0x803),
    Setting(events: 2048, transmit: 512, flags: .packedStream64K, size: 1 << 16, credit: 0x803),
    Setting(events: 4096, transmit: 512, flags: .transmitTimestamps, credit: 0x806),
    Setting(events: 4096, transmit: 512, flags: .transmitAlternatives, credit: 0x806),
    Setting(events: 1024, transmit: 0, credit: 0x801),
    Setting(events: 512, transmit: 0, credit: nil),
  ]

  @Test(arguments: settings)
  func parametersAndCreditsFollowTheEventQueue(_ setting: Setting) throws {
    let bench = try Bench(
      ringSize: max(512, setting.transmit), eventCapacity: setting.events,
      options: InterfaceOptions(
        transmitCapacity: setting.transmit, flags: setting.flags.union(.receivePackedStream)))
    let parameters = try bench.interface.packedStreamParameters()
    #expect(
      parameters
        == PackedStreamParameters(
          bufferSize: setting.size, bufferAlignment: setting.size, startOffset: 240,
          maximumUsableBuffers: setting.buffers))
    #expect(bench.register(0x830) == setting.credit)
  }

  @Test func otherInterfacesHaveNoParameters() throws {
    let bench = try Bench()
    let error = #expect(throws: EtherFabricError.self) { try bench.interface.packedStreamParameters() }
    #expect(error?.errno == EINVAL)
  }

  @Test func aDescriptorIsTheBuffersAddressAnd256() throws {
    var bench = try packed(events: 2048)
    try bench.interface.receiveInit(DMAAddress(rawValue: 0x6_0000_0000), id: 55)
    for address in [0x6_0001_0000, 0x6_0000_1000] as [UInt64] {
      #expect(throws: QueueError(.unalignedBuffer, value: address, limit: 1 << 20)) {
        try bench.interface.receiveInit(DMAAddress(rawValue: address), id: 55)
      }
    }
    try bench.interface.receiveInit(DMAAddress(rawValue: 0x6_0020_0000), id: 56)
    bench.interface.receiveBufferLength = 5000
    try bench.interface.receiveInit(DMAAddress(rawValue: 0x6_0040_0000), id: 0)
    #expect(
      (0..<3).map { bench.receiveDescriptor($0) } == [
        0x0700_0006_0000_0100, 0x0700_0006_0020_0100, 0x1388_0006_0040_0100,
      ])
    // The ids are not the caller's.
    #expect(bench.interface.state.pointee.receiveIDs[0] == 0 && bench.interface.receiveFillLevel == 3)
    #expect(throws: QueueError(.addressOutOfRange, value: 1 << 44)) {
      try bench.interface.receiveInit(DMAAddress(rawValue: 1 << 44), id: 0)
    }
    #expect(QueueError(.unalignedBuffer).errno == EINVAL)
  }

  @Test func aSmallBufferIsAlignedTo64KiB() throws {
    var bench = try packed(events: 2048, .packedStream64K)
    try bench.interface.receiveInit(DMAAddress(rawValue: 0x6_0001_0000), id: 0)
    for address in [0x6_0000_1000, 0x6_0000_8000] as [UInt64] {
      #expect(throws: QueueError(.unalignedBuffer, value: address, limit: 1 << 16)) {
        try bench.interface.receiveInit(DMAAddress(rawValue: address), id: 0)
      }
    }
    #expect(bench.receiveDescriptor(0) == 0x0700_0006_0001_0100)
  }

  @Test func aFullRingIsFull() throws {
    var bench = try packed(events: 2048)
    for index in 0..<511 {
      try bench.interface.receiveInit(DMAAddress(rawValue: UInt64(index) << 20), id: 0)
    }
    #expect(throws: QueueError(.ringFull, value: 1)) {
      try bench.interface.receiveInit(DMAAddress(rawValue: 0), id: 0)
    }
  }

  // MARK: Events

  @Test func anEventTellsOfPacketsOfTheirBufferAndOfTheirErrors() throws {
    var bench = try stream()
    #expect(
      bench.after(0x0020_0000_0000_0000, 0x0002_0000_0300_0000, 0x0003_0000_2400_0000) == [
        .receivePackedStream(.init(packets: 1, queue: 0, nextBuffer: true)),
        .receivePackedStream(
          .init(packets: 2, queue: 0, nextBuffer: false, errors: [.frameCheckBad, .l3ChecksumBad])),
        .receivePackedStream(
          .init(packets: 1, queue: 0, nextBuffer: false, errors: [.frameCheckBad, .l4ChecksumBad])),
      ])
    #expect(bench.interface.receiveFillLevel == 7)
    #expect(bench.interface.state.pointee.packedStream.credits == 3)
  }

  @Test func theMaskDecidesWhichErrorsAreTold() throws {
    var bench = try stream()
    bench.interface.receiveDiscards = .l3ChecksumError
    #expect(
      bench.after(0x0020_0000_2700_0000) == [
        .receivePackedStream(.init(packets: 1, queue: 0, nextBuffer: true, errors: .l3ChecksumBad))
      ])
  }

  @Test func upToFifteenPacketsAreToldAtOnce() throws {
    var bench = try stream()
    #expect(
      bench.after(0x002e_0000_0000_0000, 0x000d_0000_0000_0000) == [
        .receivePackedStream(.init(packets: 15, queue: 0, nextBuffer: true)),
        .receivePackedStream(.init(packets: 15, queue: 0, nextBuffer: false)),
      ])
  }

  @Test func differentFromTheLibraryAnEventOfNothingIsCountedAndPassed() throws {
    var bench = try stream()
    #expect(bench.after(0x000f_0000_0000_0000).isEmpty)
    #expect(bench.interface.eventCounts.unknown == 1)
    var empty = try packed(events: 2048)
    // A new buffer where none was posted.
    #expect(empty.after(0x0020_0000_0000_0000).isEmpty)
    #expect(empty.interface.eventCounts.unknown == 1 && empty.interface.receiveFillLevel == 0)
  }

  // MARK: Unbundling

  /// A stamp of the prefix, and what becomes of the three packets: word 0 and 1 of each header.
  struct Stamped: Sendable {
    var isSynchronised: Bool
    var first: UInt32
    var errors: [TimestampError?]
    var headers: [[UInt64]]
  }

  static let base: UInt32 = 10 << 26

  static let stamped = [
    Stamped(
      isSynchronised: false, first: base + 400, errors: [.neverSynchronised, .neverSynchronised],
      headers: [[0x003c_003c_0018_00c0, 0], [0x0046_0041_1418_00c0, 0], [0x0001_0001_1418_0080, 0]]),
    Stamped(
      isSynchronised: true, first: base + 400, errors: [nil, nil],
      headers: [
        [0x003c_003c_0318_00c0, 0x0a00_0064_0000_03e8], [0x0046_0041_1718_00c0, 0x0a00_00c9_0000_03e8],
        [0x0001_0001_1718_0080, 0x0a00_012d_0000_03e8],
      ]),
    Stamped(
      isSynchronised: true, first: .max, errors: [.noTimestamp, nil],
      headers: [
        [0x003c_003c_0018_00c0, 0], [0x0046_0041_1718_00c0, 0x0a00_00c9_0000_03e8],
        [0x0001_0001_1718_0080, 0x0a00_012d_0000_03e8],
      ]),
    // Out of the window of the sync: good for nothing until the next one.
    Stamped(
      isSynchronised: true, first: base + 3_000_000_000, errors: [.notSynchronised, .notSynchronised],
      headers: [[0x003c_003c_0018_00c0, 0], [0x0046_0041_1418_00c0, 0], [0x0001_0001_1418_0080, 0]]),
  ]

  @Test(arguments: stamped)
  func aHeaderIsMadeOfEachPrefix(_ row: Stamped) throws {
    var bench = try stream(.receiveTimestamps)
    let buffer = Buffer()
    memset(buffer.base, 0xcc, 4096)
    buffer.put(at: 256, timestamp: row.first, captured: 60, original: 60)
    buffer.put(at: 448, timestamp: Self.base + 804, captured: 65, original: 70)
    buffer.put(at: 640, timestamp: Self.base + 1205, captured: 1, original: 1)
    if row.isSynchronised {
      _ = bench.after(ManagementEventWord.timeSync(seconds: 1000, quarters: Self.base, clockSet: true, inSync: true))
    }
    let events = bench.after(0x0020_0000_0000_0000, 0x0002_0000_0300_0000)
    var position = PackedStreamPosition(startOf: buffer.base, try bench.interface.packedStreamParameters())
    var errors: [TimestampError?] = []
    var bytes: [Int] = []
    var next: [Int] = []
    for event in events {
      let found = unbundle(try packets(event), at: &position, &bench)
      errors.append(found.error)
      bytes.append(found.bytes)
      next.append(position.nextOffset)
    }
    #expect(errors == row.errors)
    #expect(bytes == [60, 66])
    #expect(next == [432, 752])
    for (index, header) in row.headers.enumerated() {
      let offset = 240 + 192 * index
      #expect([buffer.word(offset), buffer.word(offset + 8)] == header)
      // The stamp is cleared, the frame is left alone.
      #expect(buffer.word(offset + 16) & 0xffff_ffff == 0)
      #expect(buffer.word(offset + 24) == 0xcccc_cccc_cccc_cccc)
    }
  }

  @Test func aWalkGivesPacketsWithTheirBytes() throws {
    var bench = try stream()
    let buffer = Buffer()
    for (index, count) in [60, 1514, 64].enumerated() {
      buffer.put(at: [256, 448, 2048][index], timestamp: 0, captured: count, original: count + index)
      memset(buffer.base + [256, 448, 2048][index] + 8, Int32(index + 1), count)
    }
    let event = try packets(bench.after(0x0022_0000_0100_0000)[0])
    var position = PackedStreamPosition(startOf: buffer.base, try bench.interface.packedStreamParameters())
    var batch = bench.interface.unbundle(event, at: &position)
    #expect(batch.count == 3 && batch.byteCount == 1638)
    var seen: [[Int]] = []
    while let packet = batch.next() {
      let bytes = packet.bytes
      let last = bytes.byteCount - 1
      seen.append([
        packet.capturedLength, packet.originalLength, bytes.byteCount,
        Int(bytes.unsafeLoad(fromByteOffset: 0, as: UInt8.self)),
        Int(bytes.unsafeLoad(fromByteOffset: last, as: UInt8.self)),
      ])
      #expect(packet.flags == .frameCheckBad && packet.timestamp == nil)
    }
    #expect(seen == [[60, 60, 60, 1, 1], [1514, 1515, 1514, 2, 2], [64, 66, 64, 3, 3]])
    #expect(batch.count == 0 && position.nextOffset == 2048 + 192 - 16)
  }

  @Test func aWalkDoesNotLeaveItsBuffer() throws {
    var bench = try stream()
    let buffer = Buffer()
    let parameters = try bench.interface.packedStreamParameters()
    let end = parameters.bufferSize
    // The second packet says that it is longer than the buffer.
    buffer.put(at: 256, timestamp: 0, captured: 60, original: 60)
    buffer.put(at: 448, timestamp: 0, captured: 65500, original: 60)
    var position = PackedStreamPosition(startOf: buffer.base, parameters)
    let event = try packets(bench.after(0x0023_0000_0000_0000)[0])
    var batch = bench.interface.unbundle(event, at: &position)
    #expect(batch.count == 1)
    var seen = 0
    while let packet = batch.next() { seen += packet.capturedLength }
    #expect(seen == 60 && position.nextOffset == end)
    #expect(bench.interface.eventCounts.unknown == 1)
    // Nothing more is found in it.
    let more = try packets(bench.after(0x0005_0000_0000_0000)[0])
    #expect(unbundle(more, at: &position, &bench).count == 0)
  }

  @Test func aHeaderThatWasWrittenOverEndsTheWalk() throws {
    var bench = try stream()
    let buffer = Buffer()
    for index in 0..<3 { buffer.put(at: 256 + 192 * index, timestamp: 0, captured: 60, original: 60) }
    var position = PackedStreamPosition(startOf: buffer.base, try bench.interface.packedStreamParameters())
    let event = try packets(bench.after(0x0022_0000_0000_0000)[0])
    var batch = bench.interface.unbundle(event, at: &position)
    #expect(batch.count == 3)
    (buffer.base + 240).storeBytes(of: 0, as: UInt16.self)
    var seen = 0
    while let packet = batch.next() { seen += packet.capturedLength }
    #expect(seen == 60)
  }

  // MARK: Credits

  /// Jumbos of 9,000 bytes, 7 and then 15 to an event: the end of the event, and what is granted after it.
  static let crossings: [(count: Int, end: Int, grant: UInt32)] = [
    (7, 0xf980, 0x801), (15, 0x30e00, 0x801), (15, 0x52280, 0x802), (15, 0x73700, 0x802), (15, 0x94b80, 0x802),
    (15, 0xb6000, 0x802),
  ]

  @Test func eachBoundaryOf64KiBAndEachBufferIsACreditThatIsGivenBack() throws {
    var bench = try stream()
    #expect(bench.register(0x830) == 8)
    let buffer = Buffer()
    var offset = 256
    var pointer: UInt64 = 15
    var position = PackedStreamPosition(startOf: buffer.base, try bench.interface.packedStreamParameters())
    for (index, row) in Self.crossings.enumerated() {
      for _ in 0..<row.count {
        buffer.put(at: offset, timestamp: 0, captured: 9000, original: 9000)
        offset += 9088
      }
      pointer = (pointer + UInt64(row.count)) & 15
      bench.clearDoorbells()
      let event = try packets(bench.after(pointer << 48 | (index == 0 ? 1 << 53 : 0))[0])
      #expect(unbundle(event, at: &position, &bench).bytes == 9000 * row.count)
      #expect(position.nextOffset + 16 == row.end)
      #expect(bench.register(0x830) == row.grant)
      #expect(bench.interface.state.pointee.packedStream.credits == 4)
    }
  }

  @Test func aRestartBeginsWithOneCreditAndGrantsTheRest() throws {
    var bench = try stream()
    _ = bench.after(0x0022_0000_0000_0000)
    bench.clearDoorbells()
    #expect(try bench.interface.reinitializeReceiveQueue().count == 7)
    #expect(bench.register(0x830) == 0x803)
    for index in 0..<8 { try bench.interface.receivePost(DMAAddress(rawValue: UInt64(index) << 20), id: 0) }
    #expect(
      bench.after(0x0020_0000_0000_0000) == [.receivePackedStream(.init(packets: 1, queue: 0, nextBuffer: true))])
  }

  // MARK: Support

  private func packed(events: Int, _ flags: InterfaceFlags = []) throws -> Bench {
    try Bench(ringSize: 512, eventCapacity: events, options: InterfaceOptions(flags: flags.union(.receivePackedStream)))
  }

  /// Eight buffers posted, and four credits.
  private func stream(_ flags: InterfaceFlags = []) throws -> Bench {
    var bench = try packed(events: 2048, flags)
    for index in 0..<8 {
      try bench.interface.receivePost(DMAAddress(rawValue: 0x6_0000_0000 + UInt64(index) << 20), id: 0)
    }
    return bench
  }

  /// What an event comes to, when the packets themselves do not matter.
  private func unbundle(
    _ event: Event.PackedStream, at position: inout PackedStreamPosition, _ bench: inout Bench
  ) -> (count: Int, bytes: Int, error: TimestampError?) {
    let batch = bench.interface.unbundle(event, at: &position)
    return (batch.count, batch.byteCount, batch.timestampError)
  }

  private func packets(_ event: Event) throws -> Event.PackedStream {
    guard case .receivePackedStream(let packets) = event else { throw QueueError(.wrongEvent) }
    return packets
  }

  /// A buffer of 1 MiB.
  final class Buffer {
    let base = UnsafeMutableRawPointer.allocate(byteCount: 1 << 20, alignment: 1 << 20)
    deinit { base.deallocate() }

    func put(at offset: Int, timestamp: UInt32, captured: Int, original: Int) {
      PackedStreamLayout.Prefix(timestamp: timestamp, captured: UInt16(captured), original: UInt16(original))
        .store(to: base + offset)
    }

    func word(_ offset: Int) -> UInt64 { base.load(fromByteOffset: offset, as: UInt64.self) }
  }
}
