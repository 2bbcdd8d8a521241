import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Glibc
import Testing

/// Event queues of an X3 or X4 express: phase, credits, flushes, sleepers.
@Suite struct ExpressEventTests {
  @Test(arguments: StreamTests.generations)
  func thePhaseTurnsWithEachLap(_ generation: Generation) throws {
    let rig = try StreamTests.rig(generation) { $0.completionBatch = 1 }
    let sender = try RawExpress(
      rig.left, InterfaceOptions(receiveCapacity: 1024, transmitCapacity: 512, eventCapacity: 128))
    let slots = sender.grant.eventQueue.assumingMemoryBound(to: UInt64.self)
    #expect((0..<128).allSatisfy { slots[$0] == .max })
    for number in 0..<300 {
      sender.send(rig.frame(60))
      let phase: UInt64 = number / 128 % 2 == 1 ? 0x0800_0000_0000_0000 : 0
      try #require(sender.waitingEvents() == [0x1000_0000_0000_0000 | UInt64(number & 0xff) << 40 | phase])
    }
    // Nothing is cleared.
    #expect((0..<128).allSatisfy { slots[$0] != .max })
  }

  @Test(arguments: StreamTests.generations)
  func aRaisedWordGetsThePhaseOfItsSlot(_ generation: Generation) throws {
    let rig = try StreamTests.rig(generation)
    let interface = try RawExpress(
      rig.left, InterfaceOptions(receiveCapacity: 1024, transmitCapacity: 512, eventCapacity: 128))
    for lap in 0..<3 {
      for number in 0..<128 as Range<UInt64> {
        // The phase in what is raised does not count.
        try rig.left.raise(
          0x3040_0000_0000_0000 | number | number << 59 & ExpressEventWord.phaseBit,
          interface: interface.grant.resource)
      }
      let phase: UInt64 = lap == 1 ? 0x0800_0000_0000_0000 : 0
      #expect(interface.events() == (0..<128).map { 0x3040_0000_0000_0000 | $0 | phase })
    }
    try rig.left.raise(0x3000_0000_0000_0000, interface: interface.grant.resource)
    try interface.restartEvents()
    #expect(interface.events().isEmpty)
    try rig.left.raise(0x3000_0000_0000_0000, interface: interface.grant.resource)
    #expect(interface.events() == [0x3000_0000_0000_0000])
  }

  @Test(arguments: StreamTests.generations)
  func timeSyncsEndWithTheCredits(_ generation: Generation) throws {
    let rig = try StreamTests.rig(generation) { $0.hasManualClock = true }
    rig.left.setClock(1000 * 1_000_000_000)
    let stamping = try RawExpress(rig.left, InterfaceOptions(receiveCapacity: 1024, flags: .transmitTimestamps))
    let plain = try RawExpress(rig.left)
    func advance(_ count: Int) -> [UInt64] {
      (0..<count).flatMap { _ in
        rig.left.advanceClock(by: 250_000_000)
        return stamping.events()
      }
    }
    // Two at the start, four a second after that; 99 in all without a grant.
    var words = stamping.events() + advance(97)
    #expect(words.count == 99)
    #expect(words.allSatisfy { ExpressControlEvent(word: $0).subtype == ExpressControlEvent.Subtype.timeSync })
    #expect(words[5] == 0x3023_0000_03e9_0000)
    // Then it is said once that there are none.
    #expect(advance(5) == [0x3000_0000_0000_0000])
    #expect(stamping.statistic("credits_exhausted") == 1)
    // A grant alone does not help; clearing does, and both count anew.
    stamping.command(DoorbellPage.eventCredits, 99)
    #expect(advance(3).isEmpty)
    stamping.command(DoorbellPage.eventCredits, 1 << 16 | 2)
    #expect(advance(5).map { ExpressControlEvent(word: $0).subtype } == [1, 1, 0])
    #expect(stamping.statistic("credits_exhausted") == 2)
    // As a program does it: one more with each.
    stamping.command(DoorbellPage.eventCredits, 1 << 16 | 99)
    words = []
    for number in 0..<1000 as Range<UInt64> {
      let new = advance(1)
      try #require(new.map { ExpressControlEvent(word: $0).subtype } == [1], "sync \(number)")
      stamping.command(DoorbellPage.eventCredits, (100 + number) & 0x7f)
    }
    #expect(stamping.statistic("credits_exhausted") == 2)
    #expect(plain.events().isEmpty)
  }

  @Test(arguments: StreamTests.generations)
  func aSyncTellsTheStateOfTheClock(_ generation: Generation) throws {
    let rig = try StreamTests.rig(generation) { $0.hasManualClock = true }
    rig.left.setClock(1000 * 1_000_000_000)
    let stamping = try RawExpress(rig.left, InterfaceOptions(receiveCapacity: 1024, flags: .transmitTimestamps))
    _ = stamping.events()
    for (isSet, isInSync, bits) in [(true, false, 2), (false, true, 1), (false, false, 0), (true, true, 3)]
      as [(Bool, Bool, UInt64)]
    {
      rig.left.setClockState(isSet: isSet, isInSync: isInSync)
      #expect(stamping.events() == [0x3020_0000_03e8_0000 | bits << 48])
    }
  }

  @Test func aFlushTellsOfTheQueuesThatTheAdapterHas() throws {
    let x3 = try StreamTests.rig(.x3)
    let shared = try RawExpress(x3.left)
    _ = try shared.attach(3)
    shared.send(x3.frame(60))
    try x3.left.flush(interface: shared.grant.resource)
    #expect(shared.events() == [0x1000_0000_0000_0000, 0x3040_0000_0000_0000])
    shared.send(x3.frame(60))
    #expect(shared.events().isEmpty)

    let x4 = try StreamTests.rig(.x4Express)
    _ = try RawExpress(x4.left)
    let own = try RawExpress(x4.left)
    _ = try own.attach(3)
    try x4.left.flush(interface: own.grant.resource)
    #expect(own.events() == [0x3040_0000_0000_0000, 0x3040_0000_0003_0031])
  }

  @Test(arguments: StreamTests.generations)
  func whatTheGenerationHasNotIsRefused(_ generation: Generation) throws {
    let rig = try StreamTests.rig(generation)
    let interface = try RawExpress(rig.left)
    func code(_ body: () throws -> Void) -> Int32? {
      do { try body() } catch { return (error as? EtherFabricError)?.errno }
      return nil
    }
    #expect(code { try rig.left.putSoftwareEvent(1, interface: interface.grant.resource) } == EOPNOTSUPP)
    #expect(
      code {
        _ = try rig.left.allocateInterface(
          InterfaceRequest(
            domain: interface.domain, options: InterfaceOptions(receiveCapacity: 1024),
            eventQueueOwner: interface.grant.resource))
      } == EINVAL)
    #expect(interface.events().isEmpty)
    // Registers that it has not.
    for register in [0x400, 0x1000, 0x2001, 0x2ff8] { interface.command(register, 1) }
    #expect(rig.left.statistics()["unknown_commands"] == 4)
  }

  @Test func eventQueuesHaveRoomForWhatComesOfItself() throws {
    let rig = try StreamTests.rig(.x3)
    func capacity(_ rig: Rig, _ options: InterfaceOptions) throws -> Int {
      try RawExpress(rig.left, options).grant.eventCapacity
    }
    #expect(try capacity(rig, InterfaceOptions(receiveCapacity: 131_072)) == 512)
    #expect(try capacity(rig, InterfaceOptions(receiveCapacity: 1024, flags: .transmitTimestamps)) == 1024)
    let x4 = try StreamTests.rig(.x4Express)
    #expect(try capacity(x4, InterfaceOptions(receiveCapacity: 1024)) == 2048)
    #expect(try capacity(x4, InterfaceOptions(receiveCapacity: 131_072)) == 32768)
  }

  private static func isReadable(_ descriptor: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, 0) == 1
  }

  @Test(arguments: StreamTests.generations)
  func aSleeperWakesByAnEvent(_ generation: Generation) throws {
    let rig = try StreamTests.rig(generation)
    let interface = try RawExpress(rig.left)
    let descriptor = interface.grant.waitDescriptor
    for _ in 0..<3 {
      interface.prime()
      #expect(!Self.isReadable(descriptor))
      try rig.left.raise(0x3040_0000_0000_0000, interface: interface.grant.resource)
      #expect(Self.isReadable(descriptor))
      // An event that was not read wakes again.
      interface.prime()
      #expect(Self.isReadable(descriptor))
      #expect(interface.events().count == 1)
      interface.prime()
      #expect(!Self.isReadable(descriptor))
      // A merged completion is none until it is written, and a prime writes it.
      interface.send(rig.frame(60))
      interface.prime()
      #expect(Self.isReadable(descriptor))
      #expect(interface.events().count == 1)
    }
  }
}
