import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Merged receive events as the genuine library decodes and unbundles them.
@Suite struct MergedEventTests {
  private static func bench(posted: Int = 40) throws -> Bench {
    var bench = try Bench(options: InterfaceOptions(flags: .receiveEventMerge), prefixLength: 14)
    try bench.postBuffers(posted)
    return bench
  }

  /// One word, its event, and the ids that it unbundles to.
  struct Row: Sendable {
    var word: UInt64
    var event: Event
    var ids: [UInt32]
  }

  private static func multi(
    _ count: Int, _ flags: ReceiveFlags = .startOfPacket, reason: DiscardReason? = nil
  ) -> Event {
    let event = Event.ReceiveMulti(
      descriptors: UInt16(count), flags: flags, queue: 0, reason: reason ?? .checksumBad)
    return reason == nil ? .receiveMulti(event) : .receiveMultiDiscard(event)
  }

  /// Each is a queue of its own, with its words one behind the other.
  static let runs: [[Row]] = [
    [
      Row(word: 0x0001_0000_0000_004a, event: multi(1), ids: [100]),
      Row(word: 0x0002_0000_0000_004a, event: multi(1), ids: [101]),
    ],
    [
      Row(word: 0x0003_0000_0000_004a, event: multi(3), ids: Array(100...102)),
      Row(word: 0x000f_4408_0000_0000, event: multi(12, [.startOfPacket, .multicast]), ids: Array(103...114)),
      Row(word: 0x000e_0000_0000_0000, event: multi(15), ids: Array(115...129)),
    ],
    [
      Row(word: 0x0002_0000_0000_4700, event: multi(2, [.startOfPacket, .continues]), ids: [100, 101]),
      Row(word: 0x0003_0000_0000_01a0, event: multi(1, []), ids: [102]),
      Row(word: 0x0004_0000_0000_003c, event: multi(1), ids: [103]),
    ],
    [
      Row(word: 0x0003_0000_0000_4000, event: multi(3, [.startOfPacket, .continues]), ids: [100, 101, 102]),
      Row(word: 0x0006_0000_0000_01a0, event: multi(3, []), ids: [103, 104, 105]),
    ],
    [
      Row(word: 0x0001_0000_0000_4700, event: multi(1, [.startOfPacket, .continues]), ids: [100]),
      Row(word: 0x0001_0000_0000_0000, event: .receiveTruncated(queue: 0), ids: []),
      Row(word: 0x0002_0000_0000_003c, event: multi(1), ids: [101]),
    ],
    [
      Row(word: 0x0000_0000_0000_003c, event: .receiveTruncated(queue: 0), ids: []),
      Row(word: 0x0001_0000_0000_003c, event: multi(1), ids: [100]),
    ],
    [
      Row(word: 0x0001_0000_0100_004a, event: multi(1, reason: .frameCheckBad), ids: [100]),
      Row(word: 0x0002_0000_0200_004a, event: multi(1, reason: .checksumBad), ids: [101]),
      Row(word: 0x0003_0000_0400_004a, event: multi(1, reason: .checksumBad), ids: [102]),
      Row(word: 0x0004_0000_2000_004a, event: multi(1, reason: .frameCheckBad), ids: [103]),
      Row(word: 0x0105_0000_0000_004a, event: multi(1, reason: .innerChecksumBad), ids: [104]),
      Row(word: 0x0207_0000_0000_004a, event: multi(2, reason: .innerChecksumBad), ids: [105, 106]),
      Row(word: 0x0008_0000_4000_804a, event: multi(1), ids: [107]),
    ],
  ]

  @Test(arguments: runs)
  func aWordCompletesTheDescriptorsUpToItsPointer(_ rows: [Row]) throws {
    var bench = try Self.bench()
    var left = 40
    for row in rows {
      #expect(bench.after(row.word) == [row.event])
      #expect(bench.interface.receiveFillLevel == left, "an event takes nothing out of the ring")
      #expect(bench.unbundle(merged: row.event) == row.ids)
      left -= row.ids.count
      #expect(bench.interface.receiveFillLevel == left)
    }
  }

  @Test func withoutAMaskErrorsMakeNoDiscards() throws {
    var bench = try Self.bench()
    bench.interface.receiveDiscards = []
    #expect(bench.after(0x0001_0000_0100_0047, 0x0303_0000_2700_004a) == [Self.multi(1), Self.multi(2)])
  }

  @Test func eventsMayBeUnbundledLater() throws {
    var bench = try Self.bench()
    let events = bench.after(0x000f_0000_0000_004a, 0x000e_0000_0000_004a)
    #expect(events == [Self.multi(15), Self.multi(15)])
    #expect(bench.unbundle(merged: events[0]) == Array(100...114))
    #expect(bench.unbundle(merged: events[1]) == Array(115...129))
    #expect(bench.interface.receiveFillLevel == 10)
  }

  @Test func differentFromTheLibraryAnEventThatIsUnbundledTwiceTakesNothing() throws {
    var bench = try Self.bench()
    let events = bench.after(0x0003_0000_0000_004a)
    #expect(bench.unbundle(merged: events[0]).count == 3)
    #expect(bench.unbundle(merged: events[0]).isEmpty)
    #expect(bench.interface.receiveFillLevel == 37)
  }

  @Test func differentFromTheLibraryMoreThanWasPostedIsCountedAndPassed() throws {
    var bench = try Self.bench(posted: 8)
    #expect(bench.after(0x0009_0000_0000_004a).isEmpty)
    #expect(bench.interface.eventCounts.unknown == 1)
    #expect(bench.after(0x0008_0000_0000_004a) == [Self.multi(8)])
  }

  @Test func anInterfaceWithoutMergeUnbundlesNothing() throws {
    var bench = try Bench()
    try bench.postBuffers()
    #expect(bench.unbundle(merged: Self.multi(3)).isEmpty)
    #expect(bench.interface.receiveFillLevel == 8)
  }

  @Test func idsAreTakenOneByOneUntilNoneIsLeft() throws {
    var bench = try Bench()
    try bench.postBuffers()
    for id in 100..<108 { #expect(bench.interface.nextReceiveID() == RequestID(id)) }
    #expect(bench.interface.nextReceiveID() == nil)
    #expect(bench.interface.receiveFillLevel == 0)
  }

  @Test func withMergeOnlyCompletedIdsAreTakenOneByOne() throws {
    var bench = try Self.bench()
    #expect(bench.interface.nextReceiveID() == nil)
    _ = bench.after(0x0002_0000_0000_004a)
    #expect(bench.interface.nextReceiveID() == 100)
    #expect(bench.interface.nextReceiveID() == 101)
    #expect(bench.interface.nextReceiveID() == nil)
  }

  @Test func aRestartReturnsWhatWasNotUnbundledAndBeginsAtZero() throws {
    var bench = try Self.bench(posted: 8)
    _ = bench.after(0x0003_0000_0000_004a)
    #expect(try bench.interface.reinitializeReceiveQueue() == (100..<108).map { RequestID($0) })
    try bench.postBuffers()
    #expect(bench.after(0x0001_0000_0000_004a) == [Self.multi(1)])
  }

  @Test func everyEventIsSixteenBytes() {
    #expect(MemoryLayout<Event>.stride == 16)
    let event = Event.receiveMultiPackets(.init(packets: 3, flags: .startOfPacket, queue: 1))
    #expect(event != .none)
  }
}

extension Bench {
  mutating func unbundle(merged event: Event) -> [UInt32] {
    var ids = [RequestID](repeating: .none, count: 15)
    let count =
      switch event {
      case .receiveMulti(let event), .receiveMultiDiscard(let event):
        ids.withUnsafeMutableBufferPointer { interface.unbundle(event, into: $0) }
      default: 0
      }
    return ids[..<count].map(\.rawValue)
  }
}
