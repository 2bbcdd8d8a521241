import EtherFabricFormats
import Testing

@testable import EtherFabric

/// `EF_EVENT_*_Q_ID`: two interfaces on one event queue, whose events are told apart by their label.
@Suite struct EventLabelTests {
  /// An interface on the event queue of the bench's, with eight buffers from id 500 and eight packets from id 600.
  private func second(_ bench: borrowing Bench, _ flags: InterfaceFlags = []) throws -> VirtualInterface {
    var second = try bench.domain.allocateVirtualInterface(
      InterfaceOptions(flags: flags), sharingEventsOf: bench.interface)
    #expect(second.label == 1)
    for index in 0..<8 {
      try second.receiveInit(DMAAddress(rawValue: 0x7_0000_0000 + UInt64(2048 * index)), id: RequestID(500 + index))
      try second.transmit(DMAAddress(rawValue: 0x1000), length: 60, id: RequestID(600 + index))
    }
    return second
  }

  @Test func packetsAndCompletionsAreThoseOfTheQueueThatTheyName() throws {
    var bench = try Bench()
    try bench.postBuffers()
    try bench.send(2)
    var second = try second(bench)
    let events = bench.after(
      0x0001_0000_0001_4700, 0x0001_0000_0001_0000, 0x0002_0000_0101_003c, 0x2000_0000_0001_0002,
      0x2000_0000_0000_0000)
    #expect(
      events == [
        received(500, 1792, [.startOfPacket, .continues], queue: 1), .receiveTruncated(queue: 1),
        .receiveDiscard(
          Event.ReceiveDiscard(id: 501, bytes: 60, flags: .startOfPacket, queue: 1, reason: .frameCheckBad)),
        .transmit(Event.Transmit(descriptor: 3, queue: 1)), transmitted(1),
      ])
    #expect(events.map(\.queue) == [1, 1, 1, 1, 0])
    guard case .transmit(let done) = events[3] else { return }
    var ids = [RequestID](repeating: .none, count: 64)
    let count = ids.withUnsafeMutableBufferPointer { second.unbundle(done, into: $0) }
    #expect(ids[..<count].map(\.rawValue) == [600, 601, 602])
    #expect(second.receiveFillLevel == 6 && second.transmitFillLevel == 5)
    #expect(bench.interface.receiveFillLevel == 8 && bench.interface.transmitFillLevel == 2)
  }

  @Test func mergedPacketsAreThoseOfTheQueueThatTheyName() throws {
    var bench = try Bench(options: InterfaceOptions(flags: .receiveEventMerge), prefixLength: 14)
    try bench.postBuffers()
    let second = try second(bench, .receiveEventMerge)
    let good = Event.ReceiveMulti(descriptors: 3, flags: .startOfPacket, queue: 1, reason: .checksumBad)
    let bad = Event.ReceiveMulti(descriptors: 1, flags: .startOfPacket, queue: 1, reason: .frameCheckBad)
    #expect(
      bench.after(0x0003_0000_0001_004a, 0x0004_0000_0101_004a) == [.receiveMulti(good), .receiveMultiDiscard(bad)])
    withExtendedLifetime(second) {}
  }

  @Test func stampsAreThoseOfTheQueueThatTheyName() throws {
    var bench = try Bench(options: InterfaceOptions(flags: .transmitTimestamps))
    let second = try second(bench, .transmitTimestamps)
    #expect(bench.after(0xc001_a770_5f00_1234).isEmpty)
    let stamp = Event.TransmitTimestamp(
      id: 600, seconds: 0x5f00_1234, nanoseconds: 500_000_000, fraction: 0xc000, queue: 1,
      sync: [.clockSet, .inSync])
    #expect(
      bench.after(0x2000_0000_0001_0000, 0x2000_7735_5101_9403, 0x2000_0000_5201_1234) == [.transmitTimestamp(stamp)])
    #expect(second.transmitFillLevel == 7)
  }

  @Test func alternativesAreThoseOfTheQueueThatTheEventNames() throws {
    var bench = try Bench(options: InterfaceOptions(flags: .transmitAlternatives))
    try bench.interface.allocateAlternatives(1, bytes: 512)
    var second = try second(bench, .transmitAlternatives)
    try second.allocateAlternatives(3, bytes: 512)
    #expect(bench.after(0x2000_0009_5201_1234) == [.transmitAlternative(queue: 1, alternative: 1)])
    #expect(bench.after(0x2000_0004_5200_1234) == [.transmitAlternative(queue: 0, alternative: 0)])
  }
}
