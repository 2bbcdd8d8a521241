import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Software events, resets, errors, flushes, driver events, unknown words, and the order they keep.
@Suite struct ManagementEventTests {
  static let events: [(UInt64, [Event])] = [
    (0xc000_0000_0000_beef, [.software(data: 0xbeef)]),
    (0xc000_0000_1234_5678, [.software(data: 0x1234_5678)]),
    (0xc000_0072_0000_0042, [.software(data: 0x42)]),
    (0xc001_5000_0000_0000, [.reset]),
    (0xc000_c000_0000_0003, []), (0xc001_0000_0000_0003, []),
    (0x5200_0000_0000_002a, []),
  ]

  @Test(arguments: events)
  func aManagementEventIsDecoded(_ word: UInt64, _ events: [Event]) throws {
    var bench = try Bench()
    #expect(bench.after(word) == events)
    #expect(bench.interface.eventIndex == 1 && bench.interface.eventCounts == EventCounts())
  }

  static let unknown: [UInt64] = [
    0xc000_4000_0000_0001, 0x5000_0000_0000_002a, 0x5400_0000_0000_002a, 0x7000_0000_0000_0001,
    0xf000_0000_0000_0000, 0x1000_0000_0000_0000, 0xd000_0000_0000_0000,
  ]

  @Test(arguments: unknown)
  func anUnknownWordIsCountedAndPassed(_ word: UInt64) throws {
    var bench = try Bench()
    #expect(bench.after(word).isEmpty)
    #expect(bench.interface.eventIndex == 1 && bench.interface.eventCounts.unknown == 1)
    #expect(bench.after(0xc000_0000_0000_0001) == [.software(data: 1)])
  }

  @Test func differentFromTheLibraryQueueErrorsAreEvents() throws {
    var bench = try Bench()
    #expect(bench.after(0xc000_b000_0001_0003) == [.transmitError(queue: 3, code: 1)])
    #expect(bench.after(0xc001_1000_0002_001f) == [.receiveError(queue: 31, code: 2)])
  }

  @Test func afterAResetTheQueueGoesOn() throws {
    var bench = try Bench()
    try bench.postBuffers()
    #expect(bench.after(0xc001_5000_0000_0000, 0x0001_0000_0000_003c) == [.reset, received(100, 60)])
  }

  @Test func aManagementEventIsTheFirstOfItsPoll() throws {
    var bench = try Bench()
    try bench.postBuffers()
    bench.post(0xc000_0000_0000_0001, 0xc000_0000_0000_0002, 0x0001_0000_0000_003c, 0x0002_0000_0000_003d)
    bench.post(0xc000_0000_0000_0003)
    #expect(bench.poll() == [.software(data: 1)])
    #expect(bench.poll() == [.software(data: 2), received(100, 60), received(101, 61)])
    #expect(bench.poll() == [.software(data: 3)])
    #expect(bench.poll().isEmpty)
  }

  @Test func silentWordsAreTakenTogetherWhileNothingWasGiven() throws {
    var bench = try Bench()
    try bench.postBuffers()
    let sync: UInt64 = 0xc001_a030_0000_03e8
    bench.post(sync, 0x0001_0000_0000_003c, sync, sync, 0x0002_0000_0000_003c)
    bench.post(0xc000_c000_0000_0000, 0x0003_0000_0000_003c)
    #expect(bench.poll() == [received(100, 60)])
    #expect(bench.interface.eventCounts.timeSyncs == 1)
    #expect(bench.poll() == [received(101, 60)])
    #expect(bench.interface.eventCounts.timeSyncs == 3)
    #expect(bench.poll() == [received(102, 60)])
    #expect(bench.poll().isEmpty)
  }
}
