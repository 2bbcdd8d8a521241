import EtherFabric
import Testing

@Suite struct EventTypeTests {
  static let multi = Event.ReceiveMulti(descriptors: 3, flags: [], queue: 9, reason: .other)
  static let reference = Event.ReceiveReference(packet: 7, bytes: 60, filterID: 1, queue: 4)
  static let stamp = Event.TransmitTimestamp(id: 1, seconds: 2, nanoseconds: 3, fraction: 0, queue: 31, sync: .inSync)

  /// In the order of the C numbers, with their queue.
  static let events: [(Event, UInt8?)] = [
    (received(1, 60, queue: 5), 5), (transmitted(3), 0), (discarded(1, 60, .other), 0),
    (.transmitError(queue: 6, code: 1), 6), (.receiveTruncated(queue: 7), 7), (.software(data: 1), nil),
    (.overflow, nil), (.transmitTimestamp(stamp), 31),
    (.receivePackedStream(.init(packets: 1, queue: 8, nextBuffer: false)), 8), (.receiveMulti(multi), 9),
    (.transmitAlternative(queue: 10, alternative: 1), 10), (.receiveMultiDiscard(multi), 9), (.reset, nil),
    (.receiveMultiPackets(.init(packets: 2, flags: [], queue: 11)), 11), (.receiveReference(reference), 4),
    (.receiveReferenceDiscard(reference), 4),
  ]

  @Test func everyTypeHasTheNumberThatCHas() {
    #expect(Self.events.map { $0.0.type?.rawValue } == (0..<16).map { UInt8($0) })
    #expect(EventType.allCases.count == 16)
    #expect(Event.none.type == nil && Event.receiveError(queue: 1, code: 1).type == nil)
  }

  @Test func anEventOfAQueueSaysWhich() {
    #expect(Self.events.map(\.0.queue) == Self.events.map(\.1))
  }

  @Test func anEventIsSixteenBytes() {
    #expect(MemoryLayout<Event>.size <= 16 && MemoryLayout<Event>.stride == 16)
  }
}
