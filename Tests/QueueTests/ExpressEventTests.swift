import EtherFabricFormats
import Testing

@testable import EtherFabric

/// The event queue of EFCT and EF10CT: phases, completions, timestamps, errors, credits.
@Suite struct ExpressEventTests {
  static let both: [Datapath] = [.efct, .ef10ct]

  @Test(arguments: both)
  func oneCompletionOfManyIsSplitInBatches(_ datapath: Datapath) throws {
    var bench = try ExpressBench(datapath)
    try bench.send(200)
    bench.postCompletion(199)
    let events = bench.poll()
    #expect(events == [completion(64), completion(128), completion(192), completion(200)])
    #expect(bench.interface.transmitSpaceBytes == 32696 && bench.interface.transmitFillLevel == 200)
    for (index, level) in [136, 72, 8, 0].enumerated() {
      let first = UInt32(1000 + index * 64)
      #expect(bench.unbundle(events[index]) == Array(first..<min(first + 64, 1200)))
      #expect(bench.interface.transmitFillLevel == level)
    }
    // Twice gives nothing.
    #expect(bench.unbundle(events[3]).isEmpty && bench.unbundle(events[0]).isEmpty)
    #expect(bench.interface.transmitFillLevel == 0)
  }

  @Test func whatASmallPollLeavesComesWithTheNext() throws {
    var bench = try ExpressBench(.efct)
    try bench.send(100)
    bench.postCompletion(99)
    for event in bench.poll(atMost: 2) { _ = bench.unbundle(event) }
    try bench.send(200, firstID: 3000)
    bench.postCompletion(299)
    let first = bench.poll(atMost: 2)
    #expect(first == [completion(164), completion(228)] && bench.interface.transmitFillLevel == 200)
    for event in first { _ = bench.unbundle(event) }
    let second = bench.poll(atMost: 2)
    #expect(second == [completion(292), completion(300)] && bench.interface.transmitFillLevel == 72)
    #expect(bench.unbundle(second[0]).count == 64)
    #expect(bench.unbundle(second[1]) == Array(3192..<3200))
    #expect(bench.poll(atMost: 2).isEmpty && bench.interface.transmitFillLevel == 0)
  }

  @Test func aSmallArrayTakesItsIDsInTurns() throws {
    var bench = try ExpressBench(.efct)
    try bench.send(5)
    bench.postCompletion(4)
    let event = bench.poll()[0]
    #expect(bench.unbundle(event, room: 2) == [1000, 1001])
    #expect(bench.unbundle(event, room: 2) == [1002, 1003])
    #expect(bench.unbundle(event, room: 2) == [1004])
    #expect(bench.unbundle(event, room: 2).isEmpty)
  }

  @Test func onlyTheLastOfSeveralCompletionsNeedsToBeUnbundled() throws {
    var bench = try ExpressBench(.efct)
    try bench.send(8)
    bench.postCompletion(2)
    bench.postCompletion(6)
    let events = bench.poll()
    #expect(bench.unbundle(events[1]).count == 7 && bench.unbundle(events[0]).isEmpty)
  }

  @Test func slotsAreReadByPhaseLapAfterLap() throws {
    var bench = try ExpressBench(.efct, eventCapacity: 8, options: InterfaceOptions(transmitCapacity: 128))
    #expect(bench.interface.eventCapacity == 7)
    for index in 0..<40 {
      #expect(!bench.interface.hasEvent && bench.poll().isEmpty)
      try bench.send(2, firstID: 1000 + index * 2)
      bench.postCompletion(index * 2)
      #expect(bench.interface.hasEvent && bench.interface.hasEvents(moreThan: 0))
      #expect(bench.interface.hasEvents(moreThan: 1) == false)
      bench.postCompletion(index * 2 + 1)
      #expect(bench.interface.hasEvents(moreThan: 1) && !bench.interface.hasEvents(moreThan: 2))
      let events = bench.poll()
      #expect(events == [completion(UInt32(index * 2 + 1)), completion(UInt32(index * 2 + 2))])
      #expect(bench.unbundle(events[1]) == [UInt32(1000 + index * 2), UInt32(1001 + index * 2)])
    }
    #expect(bench.interface.eventIndex == 80)
    // Nothing is cleared: the words stand in their slots.
    #expect(bench.backend.eventQueue.load(as: UInt64.self) >> 60 == 1)
  }

  @Test func anAdapterThatComesRoundIsAnOverflow() throws {
    var bench = try ExpressBench(.ef10ct, eventCapacity: 16, options: InterfaceOptions(transmitCapacity: 128))
    try bench.send(3)
    for index in 0..<3 { bench.postCompletion(index) }
    #expect(bench.poll().count == 3)
    for _ in 0..<16 { bench.post(1 << 60 | 2 << 40) }
    #expect(bench.poll() == [.overflow] && bench.poll() == [.overflow])
    try bench.interface.reinitializeEventQueue()
    #expect(bench.backend.restarts == ["events"] && bench.interface.eventIndex == 0)
    #expect(bench.poll().isEmpty)
  }

  @Test func stampedSendsNeedNoUnbundling() throws {
    var bench = try ExpressBench(.efct, options: InterfaceOptions(flags: .transmitTimestamps))
    try bench.send(10, firstID: 100)
    bench.post(3 << 60 | 1 << 53 | 3 << 48 | 1234 << 16 | 0x8000)
    for (index, kind) in "TTXTTTXXTX".enumerated() {
      bench.postCompletion(index, stamp: kind == "T" ? 1 << 48 | 210 << 32 | UInt64(index * 4 + 1) : 0)
    }
    let events = bench.poll()
    #expect(events.count == 10 && bench.interface.transmitFillLevel == 8)
    // The fill level after each unbundling, as the library has it.
    for (index, id, level) in [(2, 102, 4), (6, 106, 3), (7, 107, 1), (9, 109, 0)] as [(Int, UInt32, Int)] {
      #expect(bench.unbundle(events[index]) == [id])
      #expect(bench.interface.transmitFillLevel == level)
    }
    for index in [0, 1, 3, 4, 5, 8] {
      #expect(
        events[index]
          == .transmitTimestamp(
            Event.TransmitTimestamp(
              id: RequestID(100 + index), seconds: 1234, nanoseconds: UInt32(index), fraction: 0x4000, queue: 0,
              sync: [.clockSet, .inSync])))
    }
  }

  @Test func idsAreNotLostWhenStampsOvertakeTheirUnbundling() throws {
    var bench = try ExpressBench(.efct, options: InterfaceOptions(flags: .transmitTimestamps))
    try bench.send(4, firstID: 100)
    bench.postCompletion(1)
    let first = bench.poll()
    bench.postCompletion(2, stamp: 1 << 48)
    guard case .transmitTimestamp(let stamp) = bench.poll()[0] else {
      Issue.record("no timestamp")
      return
    }
    #expect(stamp.id == 102)
    bench.postCompletion(3)
    let last = bench.poll()
    #expect(bench.unbundle(first[0]) == [100, 101] && bench.interface.transmitFillLevel == 1)
    #expect(bench.unbundle(last[0]) == [103] && bench.interface.transmitFillLevel == 0)
  }

  @Test func theSecondsOfAStampAreThoseOfTheLastSyncOrTheNext() throws {
    var bench = try ExpressBench(.efct, options: InterfaceOptions(flags: .transmitTimestamps))
    try bench.send(4, firstID: 100)
    // Without any sync there is no telling the time.
    bench.postCompletion(0, stamp: 1 << 48 | 7 << 32 | 41)
    // A sync at 0x653421ff s; a stamp of the same second, and one of the next.
    bench.post(3 << 60 | 1 << 53 | 1 << 49 | 0x6534_21ff << 16)
    bench.postCompletion(1, stamp: 1 << 48 | 0xff << 32 | 3_999_999_999)
    bench.postCompletion(2, stamp: 2 << 48 | 0x00 << 32 | 6)
    bench.postCompletion(3, stamp: 0)
    let times = bench.poll().compactMap { event -> [UInt32]? in
      guard case .transmitTimestamp(let stamp) = event else { return nil }
      return [stamp.id.rawValue, stamp.seconds, stamp.nanoseconds, UInt32(stamp.fraction), UInt32(stamp.sync.rawValue)]
    }
    #expect(
      times == [
        [100, 0, 0, 0, 0], [101, 0x6534_21ff, 999_999_999, 0xc000, 1], [102, 0x6534_2200, 1, 0x8000, 1],
      ])
    #expect(bench.interface.eventCounts.timeSyncs == 1)
  }

  @Test(arguments: both)
  func anErrorStopsTheQueueAndNamesWhatWasNotSent(_ datapath: Datapath) throws {
    var bench = try ExpressBench(datapath)
    try bench.send(5, firstID: 100)
    bench.postCompletion(1)
    let done = bench.poll()[0]
    #expect(bench.unbundle(done) == [100, 101])
    bench.post(3 << 60 | 3 << 53 | 4 << 10)
    #expect(bench.poll() == [.transmitError(queue: 0, code: 4)])
    #expect(bench.interface.transmitSpaceBytes == 0 && bench.interface.transmitFillLevelBytes == 32696)
    #expect(bench.interface.state.pointee.express!.pointee.unusedEventSlots == bench.interface.eventCapacity - 2)
    #expect(throws: QueueError(.ringFull, value: 60, limit: 0)) { try bench.send(1) }
    #expect(try bench.interface.reinitializeTransmitQueue().map(\.rawValue) == [102, 103, 104])
    #expect(bench.backend.restarts == ["transmit"])
    // The queue begins anew, and no slot of the event queue has been lost.
    #expect(bench.interface.state.pointee.express!.pointee.unusedEventSlots == bench.interface.eventCapacity)
    #expect(bench.interface.transmitFillLevel == 0 && bench.interface.transmitSpaceBytes == 32696)
    #expect(bench.unbundle(done).isEmpty)
    try bench.send(1, firstID: 500)
    #expect(bench.commands(DoorbellPage.ctpioAperture).last == 128)
    bench.postCompletion(0)
    let event = bench.poll()[0]
    #expect(bench.unbundle(event) == [500])
  }

  @Test func anErrorOfAReceiveQueueIsTold() throws {
    var bench = try ExpressBench(.efct)
    bench.post(3 << 60 | 3 << 53 | 2 << 10 | 7 << 4 | 1)
    #expect(bench.poll() == [.receiveError(queue: 7, code: 2)])
    try bench.send(1)
    // Labels that no queue has, flushes and unknown words give no event.
    bench.post(3 << 60 | 3 << 53 | 4 << 10 | 9 << 4, 3 << 60 | 2 << 53, 3 << 60 | 9 << 53, 5 << 60, 1 << 60 | 40 << 50)
    #expect(bench.poll().isEmpty)
    #expect(bench.interface.eventCounts.badLabels == 2 && bench.interface.eventCounts.unknown == 2)
    #expect(bench.interface.transmitFillLevelBytes == 128)
  }

  @Test func aCompletionOfWhatWasNotSentChangesNothingElse() throws {
    var bench = try ExpressBench(.efct)
    try bench.send(3)
    bench.postCompletion(77)
    let events = bench.poll()
    #expect(events == [completion(3)] && bench.unbundle(events[0]) == [1000, 1001, 1002])
    #expect(bench.interface.eventCounts.unknown == 1)
    #expect(bench.interface.transmitFillLevelBytes == 0 && bench.interface.transmitFillLevel == 0)
    let forged = Event.transmit(Event.Transmit(descriptor: 900, queue: 0))
    #expect(bench.unbundle(forged).isEmpty)
    try bench.send(1, firstID: 7)
    bench.postCompletion(3)
    let next = bench.poll()[0]
    #expect(bench.unbundle(next) == [7])
  }

  @Test func creditsAreGrantedForEachSyncAndAnewAfterAnOverflow() throws {
    var bench = try ExpressBench(.efct, eventCapacity: 8)
    for index in 0..<32 {
      bench.post(3 << 60 | 1 << 53 | 3 << 48 | UInt64(index) << 16)
      #expect(bench.poll().isEmpty)
    }
    let credits = bench.commands(DoorbellPage.eventCredits)
    #expect(credits.prefix(3) == [0x64, 0x65, 0x66] && credits[27...] == [0x7f, 0, 1, 2, 3])
    bench.post(3 << 60)
    #expect(bench.poll().isEmpty && bench.commands(DoorbellPage.eventCredits).last == 0x10063)
    bench.post(3 << 60 | 1 << 53)
    #expect(bench.poll().isEmpty && bench.commands(DoorbellPage.eventCredits).last == 0x64)
  }

  @Test func anEmptyPollLetsTheAdapterWorkOnce() throws {
    var bench = try ExpressBench(.efct, serves: true)
    try bench.send(1)
    let queue = bench.backend.eventQueue
    var reasons: [UInt32] = []
    bench.backend.wires.onService = { reason in
      reasons.append(reason)
      queue.storeBytes(of: 1 << 60, as: UInt64.self)
    }
    #expect(bench.poll() == [completion(1)] && reasons == [InterfaceGrant.Reason.poll])
    bench.backend.wires.onService = { reasons.append($0) }
    #expect(bench.poll().isEmpty && reasons.count == 2)
    bench.interface.prime()
    #expect(reasons.last == InterfaceGrant.Reason.prime | InterfaceGrant.Reason.receiveDoorbell)
    #expect(bench.backend.window.load(fromByteOffset: 0x400, as: UInt32.self) == 1)
    bench.backend.wires.onService = nil
  }
}
