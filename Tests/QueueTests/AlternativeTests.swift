import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Transmit alternatives: descriptors, commands and events, against what the genuine library writes and reads.
@Suite struct AlternativeTests {
  private func bench() throws -> Bench {
    var bench = try Bench(ringSize: 512, options: InterfaceOptions(flags: .transmitAlternatives))
    try bench.interface.allocateAlternatives(3, bytes: 8192)
    return bench
  }

  @Test func selectingIsADescriptorWithoutADoorbell() throws {
    var bench = try bench()
    #expect(bench.interface.alternativeCount == 3)
    try bench.interface.selectAlternative(1)
    #expect(bench.transmitDescriptor(0) == 0xa809_0000_0000_0000 && bench.transmitID(0) == .max)
    #expect(bench.transmitDoorbell == [nil, nil, nil, nil])
    // The first new descriptor is no packet, so it is not pushed.
    try bench.interface.transmit(DMAAddress(rawValue: 0x5000), length: 60, id: 3)
    #expect(bench.transmitDescriptor(1) == 0x003c_0000_0000_5000)
    #expect(bench.transmitDoorbell == [nil, nil, 2, nil] && bench.interface.transmitFillLevel == 2)
    try bench.interface.transmit(DMAAddress(rawValue: 0x6000), length: 60, id: 4)
    #expect(bench.transmitDoorbell == [0x6000, 0x003c_0000, 3, 0])
    bench.clearDoorbells()
    try bench.interface.selectNormalTransmit()
    #expect(bench.transmitDescriptor(3) == 0xa81f_0000_0000_0000 && bench.transmitDoorbell == [nil, nil, nil, nil])
  }

  @Test func undoTakesSelectionsBack() throws {
    var bench = try bench()
    try bench.send(3)
    try bench.interface.selectNormalTransmit()
    try bench.interface.transmitInit(DMAAddress(rawValue: 0x7000), length: 60, id: 5)
    bench.interface.transmitInitUndo()
    #expect(bench.interface.transmitFillLevel == 3 && bench.transmitID(4) == .max)
  }

  @Test func stopGoAndDiscardAreCommands() throws {
    var bench = try bench()
    try bench.interface.goAlternative(1)
    #expect(bench.transmitDoorbell == [nil, nil, 0xa09, nil])
    try bench.interface.stopAlternative(1)
    #expect(bench.transmitDoorbell == [nil, nil, 0xb89, nil])
    try bench.interface.discardAlternative(1)
    #expect(bench.transmitDoorbell == [nil, nil, 0xb09, nil])
    try bench.interface.goAlternative(0)
    #expect(bench.transmitDoorbell == [nil, nil, 0xa04, nil])
  }

  @Test func eventsTellWhichAlternativeAPacketHasLeft() throws {
    var bench = try bench()
    try bench.interface.selectAlternative(1)
    try bench.interface.transmit(DMAAddress(rawValue: 0x5000), length: 60, id: 3)
    try bench.interface.transmit(DMAAddress(rawValue: 0x6000), length: 60, id: 4)
    bench.post(0x2000_0000_0000_0001, 0x2000_1234_5100_1234, 0x2000_0009_5200_1234, 0x2000_0000_0000_0002)
    bench.post(0x2000_001f_5200_1234, 0x2000_0005_5200_1234, 0x2000_0004_1300_1234, 0x2000_0000_1100_0002)
    let events = bench.poll()
    #expect(
      events == [
        transmitted(2), .transmitAlternative(queue: 0, alternative: 1), transmitted(3),
        .transmitAlternative(queue: 0, alternative: 2), transmitted(3, cutThrough: true),
      ])
    #expect(bench.unbundle(events[0]) == [3] && bench.unbundle(events[2]) == [4])
    #expect(bench.interface.transmitFillLevel == 0)
  }

  @Test func beforeTheyAreAllocatedCompletionsArePlain() throws {
    var bench = try Bench(options: InterfaceOptions(flags: .transmitAlternatives))
    try bench.send(2)
    #expect(bench.after(0x2000_0000_0000_0001) == [transmitted(2)])
    try bench.interface.allocateAlternatives(1, bytes: 1)
    #expect(bench.after(0x2000_0004_5200_0000) == [.transmitAlternative(queue: 0, alternative: 0)])
    try bench.interface.freeAlternatives()
    #expect(bench.backend.restarts == ["free alternatives"] && bench.interface.alternativeCount == 0)
    #expect(bench.after(0x2000_0000_0000_0001) == [transmitted(2)])
    try bench.interface.allocateAlternatives(2, bytes: 1)
  }

  @Test(arguments: [(0, 32), (1, 64), (32, 64), (33, 96), (60, 96), (1514, 1568)])
  func aPacketTakesWordsOfThirtyTwoBytesAndOneMore(_ length: Int, _ usage: Int) throws {
    let bench = try bench()
    let overhead = try bench.interface.alternativeOverhead()
    #expect(overhead == AlternativeOverhead(preRound: 31, mask: 0xffff_ffe0, postRound: 32))
    #expect(overhead.usage(of: length) == usage)
  }

  @Test func theRoomIsWhatTheAlternativesLeave() throws {
    let bench = try bench()
    #expect(try bench.interface.alternativeBuffering(1) == 512 * 98)
    #expect(try bench.interface.alternativeBuffering(17) == 512 * 66)
    #expect(try bench.interface.alternativeBuffering(51) == 0)
  }

  @Test func whatIsRefusedChangesNothing() throws {
    var bench = try bench()
    var none = try Bench(options: InterfaceOptions(flags: .transmitAlternatives))
    var without = try Bench()
    func code(_ call: () throws -> Void) -> Int32 {
      do { try call() } catch let error as EtherFabricError { return error.errno } catch let error as QueueError {
        return error.errno
      } catch {}
      return 0
    }
    #expect(code { try none.interface.allocateAlternatives(0, bytes: 512) } == 22)
    #expect(code { try none.interface.allocateAlternatives(-1, bytes: 512) } == 22)
    #expect(code { try none.interface.allocateAlternatives(1, bytes: 0) } == 22)
    #expect(code { try without.interface.allocateAlternatives(1, bytes: 512) } == 22)
    #expect(code { try bench.interface.allocateAlternatives(1, bytes: 512) } == 114)
    #expect(code { try none.interface.freeAlternatives() } == 22)
    #expect(code { _ = try without.interface.alternativeOverhead() } == 22)
    #expect(code { _ = try without.interface.alternativeBuffering(1) } == 22)
    #expect(code { try none.interface.selectAlternative(0) } == 22)
    #expect(code { try none.interface.selectNormalTransmit() } == 22)
    #expect(code { try without.interface.selectAlternative(0) } == 95)
    #expect(code { try without.interface.selectNormalTransmit() } == 95)
    #expect(code { try without.interface.goAlternative(0) } == 95)
    for number in [-1, 3, Int.max, Int.min] {
      #expect(code { try bench.interface.selectAlternative(number) } == 22)
      #expect(code { try bench.interface.stopAlternative(number) } == 22)
      #expect(code { try bench.interface.goAlternative(number) } == 22)
      #expect(code { try bench.interface.discardAlternative(number) } == 22)
    }
    #expect(bench.transmitDoorbell == [nil, nil, nil, nil] && bench.interface.transmitFillLevel == 0)
  }

  @Test func aFullRingTakesNoSelection() throws {
    var bench = try Bench(options: InterfaceOptions(flags: .transmitAlternatives))
    try bench.interface.allocateAlternatives(1, bytes: 1)
    try bench.send(63)
    #expect(throws: QueueError(.ringFull, value: 1, limit: 0)) { try bench.interface.selectAlternative(0) }
    #expect(throws: QueueError(.ringFull, value: 1, limit: 0)) { try bench.interface.selectNormalTransmit() }
  }
}
