import EtherFabricFormats
import Testing

@testable import EtherFabric

/// The event ring itself: clearing, batches, gaps, half-written words, overflow.
@Suite struct EventQueueTests {
  private static let software: UInt64 = 0xc000_0000_0000_0000
  private static let completion: UInt64 = 0x2000_0000_0000_0000

  private func bench(_ capacity: Int = 16, stride: UInt32 = 0) throws -> Bench {
    let bench = try Bench(eventCapacity: capacity)
    bench.interface.state.pointee.clearStride = stride
    return bench
  }

  @Test func whatWasReadIsClearedBehindTheReader() throws {
    var near = try bench()
    _ = near.after(Self.completion, Self.completion | 1)
    #expect((0..<16).allSatisfy { near.eventSlot($0) == .max })
    var far = try bench(stride: 8)
    for slot in [8, 9] { far.setEventSlot(slot, 0xffff_ffff_0000_0008) }
    _ = far.after(Self.completion, Self.completion | 1)
    #expect(far.eventSlot(0) == Self.completion && far.eventSlot(1) == Self.completion | 1)
    #expect(far.eventSlot(8) == .max && far.eventSlot(9) == .max)
  }

  @Test func withAStrideOfEightTheLastEightStay() throws {
    var bench = try bench(stride: 8)
    for _ in 0..<13 { #expect(bench.after(Self.completion).count == 1) }
    let occupied = (0..<16).filter { bench.eventSlot($0) != .max }
    #expect(occupied == Array(5...12))
  }

  @Test func aPollGivesNoMoreThanItsRoom() throws {
    var bench = try bench()
    for index in 0..<5 { bench.post(Self.completion | UInt64(index)) }
    #expect(bench.poll(atMost: 2) == [transmitted(1), transmitted(2)])
    #expect(bench.poll(atMost: 2) == [transmitted(3), transmitted(4)])
    #expect(bench.poll(atMost: 2) == [transmitted(5)])
    #expect(bench.poll(atMost: 2).isEmpty && bench.interface.eventIndex == 5)
  }

  @Test func hasEventLooksAtOneSlot() throws {
    var bench = try bench()
    #expect([bench.interface.hasEvent, bench.interface.hasEvents(moreThan: 0)] == [false, false])
    for index in 0..<5 { bench.post(Self.completion | UInt64(index)) }
    #expect(bench.interface.hasEvent == true)
    for (count, isMore) in [(0, true), (3, true), (4, true), (5, false), (-1, false), (16, false)] {
      #expect(bench.interface.hasEvents(moreThan: count) == isMore, "more than \(count)")
    }
  }

  @Test(arguments: [0x0001_0000_ffff_ffff, 0xffff_ffff_0000_003c] as [UInt64])
  func aHalfWrittenWordIsNoEvent(_ word: UInt64) throws {
    var bench = try bench()
    bench.setEventSlot(0, word)
    #expect(bench.interface.hasEvent == false && bench.poll().isEmpty)
    #expect(bench.interface.eventIndex == 0 && bench.eventSlot(0) == word)
    bench.setEventSlot(0, Self.software | 7)
    #expect(bench.poll() == [.software(data: 7)])
  }

  @Test func aGapOfOneIsSkippedAndCounted() throws {
    var bench = try bench()
    bench.setEventSlot(1, Self.completion)
    bench.setEventSlot(2, Self.completion | 1)
    #expect(bench.interface.hasEvent == false)
    #expect(bench.poll() == [transmitted(1), transmitted(2)])
    #expect(bench.interface.eventIndex == 3 && bench.interface.eventCounts.gaps == 1)
  }

  @Test func aGapOfTwoIsWaitedFor() throws {
    var bench = try bench()
    bench.setEventSlot(2, Self.completion)
    #expect(bench.poll().isEmpty && bench.poll().isEmpty && bench.interface.eventIndex == 0)
  }

  @Test func aGapEndsThePollThatHasEvents() throws {
    var bench = try bench()
    bench.setEventSlot(0, Self.completion)
    bench.setEventSlot(2, Self.completion | 1)
    #expect(bench.poll() == [transmitted(1)])
    #expect(bench.poll() == [transmitted(2)])
    #expect(bench.interface.eventCounts.gaps == 1)
  }

  static let limits: [(capacity: Int, stride: UInt32, holds: Int)] = [(16, 0, 15), (16, 8, 7), (32, 8, 23)]

  @Test(arguments: limits)
  func theQueueHoldsItsSizeLessTheStrideAndOne(_ limit: (capacity: Int, stride: UInt32, holds: Int)) throws {
    for start in [0, 5, limit.capacity * 3 + 2] {
      var bench = try bench(limit.capacity, stride: limit.stride)
      #expect(bench.interface.eventCapacity == limit.holds)
      for _ in 0..<start { #expect(bench.after(Self.completion).count == 1) }
      for _ in 0..<limit.holds { bench.post(Self.completion) }
      #expect(bench.poll().count == limit.holds, "from \(start)")
      for _ in 0..<(limit.holds + 1) { bench.post(Self.completion) }
      #expect(bench.poll() == [.overflow], "from \(start)")
    }
  }

  @Test func anOverflowComesAgainUntilTheQueueIsReinitialised() throws {
    var bench = try bench()
    for _ in 0..<16 { bench.post(Self.completion) }
    let index = bench.interface.eventIndex
    for _ in 0..<3 { #expect(bench.poll() == [.overflow]) }
    #expect(bench.interface.hasEvent && bench.interface.eventIndex == index)
    #expect(bench.eventSlot(0) == Self.completion)
    try bench.interface.reinitializeEventQueue()
    #expect(bench.backend.restarts == ["events"] && bench.interface.eventIndex == 0)
    #expect(bench.poll().isEmpty && bench.interface.hasEvent == false)
    bench.writeNext(to: 0)
    #expect(bench.after(Self.software | 9) == [.software(data: 9)])
  }

  @Test func theIndexRunsPastTheRing() throws {
    var bench = try bench()
    for number in 0..<1000 {
      #expect(bench.after(Self.software | UInt64(number)) == [.software(data: UInt32(number))])
    }
    #expect(bench.interface.eventIndex == 1000)
  }

  @Test func theIndexWrapsAtThirtyTwoBits() throws {
    var bench = try bench()
    bench.interface.state.pointee.eventPointer = .max - 3
    bench.writeNext(to: 12)
    for number in 0..<40 {
      #expect(bench.after(Self.software | UInt64(number)) == [.software(data: UInt32(number))])
    }
    #expect(bench.interface.eventIndex == 36)
  }
}
