import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Receive events as the genuine library decodes them.
@Suite struct ReceiveEventTests {
  private func bench(posted: Int = 8) throws -> Bench {
    var bench = try Bench()
    try bench.postBuffers(posted)
    return bench
  }

  static let single: [(UInt64, Event)] = [
    (0x0001_0000_0000_004a, received(100, 74)),
    (0x0001_4408_0000_004a, received(100, 74, [.startOfPacket, .multicast])),
    (0x0001_0000_0000_0000, received(100, 0)),
    (0x0001_0000_0000_3fff, received(100, 16383)),
  ]

  @Test(arguments: single)
  func onePacketIsOneEvent(_ word: UInt64, _ event: Event) throws {
    var bench = try bench()
    #expect(bench.after(word) == [event])
    #expect(bench.interface.receiveFillLevel == 7 && bench.poll().isEmpty)
  }

  @Test func theLengthOfFragmentsIsCumulative() throws {
    var bench = try bench()
    let events = bench.after(
      0x0001_0000_0000_4700, 0x0002_0000_0000_4700, 0x0003_0000_0000_01f4, 0x0004_0000_0000_003c)
    #expect(
      events == [
        received(100, 1792, [.startOfPacket, .continues]), received(101, 3584, .continues), received(102, 4084, []),
        received(103, 60),
      ])
  }

  @Test func theCumulativeLengthHasSixteenBits() throws {
    var bench = try bench(posted: 40)
    for number in 1...40 {
      bench.post(UInt64(number & 15) << 48 | 1792 | (number < 40 ? 0x4000 : 0))
    }
    let events = bench.poll()
    #expect(events.count == 40)
    #expect(events[35] == received(135, 64512, .continues))
    #expect(events[36] == received(136, 768, .continues))
    #expect(events[39] == received(139, 6144, []))
  }

  @Test func anErrorInTheLastFragmentDiscardsItAlone() throws {
    var bench = try bench()
    #expect(
      bench.after(0x0001_0000_0000_4700, 0x0002_0000_0100_01f4) == [
        received(100, 1792, [.startOfPacket, .continues]), discarded(101, 2292, .frameCheckBad, []),
      ])
  }

  @Test func anErrorInTheFirstFragmentDiscardsItAlone() throws {
    var bench = try bench()
    #expect(
      bench.after(0x0001_0000_0400_4700, 0x0002_0000_0000_01f4) == [
        discarded(100, 1792, .checksumBad, [.startOfPacket, .continues]), received(101, 2292, []),
      ])
  }

  @Test func aPacketThatRanOutOfDescriptorsIsCutAndTheNextBeginsAnew() throws {
    var bench = try bench()
    #expect(
      bench.after(0x0001_0000_0000_4700, 0x0001_0000_0000_0000) == [
        received(100, 1792, [.startOfPacket, .continues]), .receiveTruncated(queue: 0),
      ])
    #expect(bench.interface.receiveFillLevel == 7)
    #expect(bench.after(0x0002_0000_0000_003c) == [received(101, 60)])
  }

  @Test func aTruncationOnAnIdleQueueConsumesNothing() throws {
    var bench = try bench()
    #expect(bench.after(0x0000_0000_0000_003c) == [.receiveTruncated(queue: 0)])
    #expect(bench.interface.receiveFillLevel == 8)
  }

  @Test(arguments: [0x0002_0000_0000_003c, 0x0003_0000_0000_003c, 0x000f_0000_0000_003c] as [UInt64])
  func aPointerThatSkipsIsCountedAndPassed(_ word: UInt64) throws {
    var bench = try bench()
    #expect(bench.after(word).isEmpty)
    #expect(bench.interface.eventCounts.unknown == 1 && bench.interface.receiveFillLevel == 8)
    #expect(bench.after(0x0001_0000_0000_003c) == [received(100, 60)])
  }

  @Test func aLabelWithoutAQueueIsCountedAndPassed() throws {
    var bench = try bench()
    #expect(bench.after(0x0001_0000_0001_003c).isEmpty)
    #expect(bench.interface.eventCounts.badLabels == 1 && bench.interface.receiveFillLevel == 8)
  }

  @Test func thePointerIsComparedByItsLowFourBits() throws {
    var bench = try bench(posted: 24)
    for number in 1...17 { bench.post(UInt64(number & 15) << 48 | 60) }
    #expect(bench.poll() == (0..<17).map { received(100 + $0, 60) })
  }

  @Test func idsComeFromTheRingAndAreClearedThere() throws {
    var bench = try bench()
    _ = bench.after(0x0001_0000_0000_003c)
    #expect(bench.interface.state.pointee.receiveIDs[0] == .max)
    #expect(bench.interface.state.pointee.receiveIDs[1] == 101)
  }

  @Test func differentFromTheLibraryACompletionWithoutABufferIsCountedAndPassed() throws {
    var bench = try Bench()
    #expect(bench.after(0x0001_0000_0000_003c).isEmpty)
    #expect(bench.interface.eventCounts.unknown == 1)
    #expect(bench.interface.receiveFillLevel == 0 && bench.interface.receiveSpace == 63)
    try bench.postBuffers()
    #expect(bench.after(0x0001_0000_0000_003c) == [received(100, 60)])
  }

  @Test func sharedQueuesAreToldApartByTheirLabel() throws {
    var bench = try Bench()
    try bench.postBuffers()
    var second = try bench.domain.allocateVirtualInterface(InterfaceOptions(), sharingEventsOf: bench.interface)
    #expect(second.label == 1)
    try second.receiveInit(DMAAddress(rawValue: 0x1000), id: 77)
    let events = bench.after(0x0001_0000_0001_003c, 0x0001_0000_0000_0040)
    #expect(events == [received(77, 60, queue: 1), received(100, 64)])
    #expect(second.receiveFillLevel == 0 && bench.interface.receiveFillLevel == 7)
  }
}
