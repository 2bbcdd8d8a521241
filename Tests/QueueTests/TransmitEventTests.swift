import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Transmit completions, and the ids that unbundling gives back.
@Suite struct TransmitEventTests {
  @Test func oneCompletionStandsForAllBeforeIt() throws {
    var bench = try Bench()
    try bench.send(8)
    let first = bench.after(0x2000_0000_0000_0000)
    #expect(first == [transmitted(1)])
    // The poll returns no space by itself.
    #expect(bench.interface.transmitFillLevel == 8)
    #expect(bench.unbundle(first[0]) == [200] && bench.interface.transmitFillLevel == 7)
    let second = bench.after(0x2000_0000_0000_0005)
    #expect(second == [transmitted(6)])
    #expect(bench.unbundle(second[0]) == [201, 202, 203, 204, 205])
    #expect(bench.unbundle(second[0]).isEmpty && bench.interface.transmitFillLevel == 2)
    let rest = bench.after(0x2000_0000_0000_0006, 0x2000_0000_0000_0007)
    #expect(rest == [transmitted(7), transmitted(8)])
    #expect(bench.unbundle(rest[0]) == [206] && bench.unbundle(rest[1]) == [207])
    #expect(bench.interface.transmitFillLevel == 0)
  }

  @Test func onlyTheLastOfSeveralCompletionsNeedsToBeUnbundled() throws {
    var bench = try Bench()
    try bench.send(8)
    let events = bench.after(0x2000_0000_0000_0000, 0x2000_0000_0000_0003)
    #expect(bench.unbundle(events[1]) == [200, 201, 202, 203])
  }

  @Test func aPacketOfSeveralFragmentsGivesOneID() throws {
    for words in [[2], [1, 2]] as [[UInt64]] {
      var bench = try Bench()
      try bench.transmitVector([(0x1000, 10), (0x2000, 20), (0x3000, 30)], id: 77)
      for index in words {
        let event = bench.after(0x2000_0000_0000_0000 | index)[0]
        #expect(event == transmitted(UInt32(index) + 1))
        #expect(bench.unbundle(event) == (index == 2 ? [77] : []))
        #expect(bench.interface.transmitFillLevel == 3 - Int(index) - 1)
      }
    }
  }

  @Test func idsComeBackInOrderOverTheWrap() throws {
    var bench = try Bench()
    try bench.send(63)
    let first = bench.after(0x2000_0000_0000_003b)[0]
    #expect(first == transmitted(60) && bench.unbundle(first) == (200..<260).map { $0 })
    try bench.send(4)
    let second = bench.after(0x2000_0000_0000_003f)[0]
    // The index after the last slot is the ring's size, not zero.
    #expect(second == transmitted(64) && bench.unbundle(second) == [260, 261, 262, 263])
    let third = bench.after(0x2000_0000_0000_0002)[0]
    #expect(third == transmitted(3) && bench.unbundle(third) == [264, 265, 266])
    #expect(bench.interface.transmitFillLevel == 0)
  }

  @Test func aFullRingCompletesAtOnce() throws {
    var bench = try Bench(ringSize: 16)
    for _ in 0..<5 {
      let before = bench.interface.state.pointee.transmitAdded
      try bench.send(15)
      let event = bench.after(0x2000_0000_0000_0000 | UInt64((before &+ 14) & 15))[0]
      #expect(bench.unbundle(event) == (0..<15).map { 200 + before + $0 })
      #expect(bench.interface.transmitSpace == 15)
    }
  }

  @Test func whatDoesNotFitTheArrayComesWithTheNextCall() throws {
    var bench = try Bench(ringSize: 512)
    try bench.send(100)
    let event = bench.after(0x2000_0000_0000_0063)[0]
    #expect(bench.unbundle(event) == (200..<264).map { $0 })
    #expect(bench.unbundle(event, room: 10) == (264..<274).map { $0 })
    #expect(bench.unbundle(event) == (274..<300).map { $0 })
    #expect(bench.unbundle(event).isEmpty && bench.interface.transmitFillLevel == 0)
  }

  @Test func cutThroughIsMarked() throws {
    var bench = try Bench()
    try bench.send(1)
    #expect(bench.after(0x2000_0000_1100_0000) == [transmitted(1, cutThrough: true)])
  }

  @Test func aTimestampTypeWithoutTimestampsIsACompletion() throws {
    var bench = try Bench()
    try bench.send(1)
    #expect(bench.after(0x2000_0000_5100_0000) == [transmitted(1)])
  }

  @Test func differentFromTheLibraryALabelWithoutAQueueIsCountedAndPassed() throws {
    var bench = try Bench()
    try bench.send(1)
    #expect(bench.after(0x2000_0000_0005_0000).isEmpty)
    #expect(bench.interface.eventCounts.badLabels == 1 && bench.interface.transmitFillLevel == 1)
  }

  @Test func differentFromTheLibraryACompletionBeyondWhatWasSentEndsThere() throws {
    var bench = try Bench()
    try bench.send(8)
    let event = bench.after(0x2000_0000_0000_0009)[0]
    #expect(event == transmitted(10))
    #expect(bench.unbundle(event) == (200..<208).map { $0 })
    #expect(bench.interface.transmitFillLevel == 0 && bench.interface.transmitSpace == 63)
    #expect(bench.unbundle(event).isEmpty && bench.interface.transmitFillLevel == 0)
  }
}
