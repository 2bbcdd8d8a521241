import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// Time syncs, transmit timestamps and receive prefixes, by a clock that the test moves.
@Suite struct ClockWordTests {
  private static let start: UInt64 = 0x5f00_1234 * 1_000_000_000
  let rig: Rig

  init() throws {
    rig = try Rig.withManualClocks()
    rig.left.setClock(Self.start)
    rig.right.setClock(Self.start)
  }

  @Test func fourSyncsASecondGoToQueuesWithTimestamps() throws {
    let stamping = try RawInterface(rig.left, InterfaceOptions(flags: .transmitTimestamps))
    let plain = try RawInterface(rig.left)
    _ = stamping.events()
    // Ten seconds in steps of 10 ms.
    var words: [UInt64] = []
    for _ in 0..<1000 {
      rig.left.advanceClock(by: 10_000_000)
      words += stamping.events()
    }
    #expect(words.count == 40)
    #expect(words.allSatisfy { ManagementEventWord(word: $0).kind == ManagementEventWord.Kind.timeSync })
    #expect(ManagementEventWord(word: words[3]).data == 0x5f00_1235)
    #expect(plain.events().isEmpty)
  }

  @Test func aSyncTellsTheTimeAndTheStateOfTheClock() throws {
    let stamping = try RawInterface(rig.left, InterfaceOptions(flags: .receiveTimestamps))
    _ = stamping.events()
    rig.left.setClock(Self.start + 486_539_264)
    #expect(stamping.events() == [0xc001_a770_5f00_1234])
    for (isSet, isInSync, bits) in [(false, false, 0x4), (true, false, 0x5), (false, true, 0x6)]
      as [(Bool, Bool, UInt64)]
    {
      rig.left.setClockState(isSet: isSet, isInSync: isInSync)
      #expect(stamping.events() == [0xc001_a700_5f00_1234 | bits << 36 & 0xff0_0000_0000 | 0x40 << 32])
    }
  }

  @Test func aSharedQueueIsSynchronisedForWhoeverStamps() throws {
    let owner = try RawInterface(rig.left)
    let stamping = try RawInterface(
      rig.left, InterfaceOptions(flags: .transmitTimestamps), sharingEventsOf: owner)
    #expect(!owner.events().isEmpty)
    rig.left.advanceClock(by: 250_000_000)
    #expect(owner.events().count == 1)
    withExtendedLifetime(stamping) {}
  }

  @Test func aTransmitWithTimestampIsThreeWords() throws {
    let sender = try RawInterface(rig.left, InterfaceOptions(flags: .transmitTimestamps))
    _ = sender.events()
    rig.left.setClock(Self.start + 500_000_000)
    sender.send(rig.frame(60), rig.frame(60))
    #expect(
      sender.packets() == [
        0x2000_0000_0000_0000, 0x2000_7735_5100_9400, 0x2000_0000_5200_1234, 0x2000_0000_0000_0001,
        0x2000_7735_5100_9400, 0x2000_0000_5200_1234,
      ])
  }

  @Test func aPrefixGoesBeforeTheFirstFragment() throws {
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver(InterfaceOptions(flags: .receiveTimestamps))
    rig.right.setClock(Self.start + 100)
    #expect(receiver.grant.receivePrefixLength == 14)
    let frame = rig.frame(2000)
    sender.send(frame)
    // 1792 bytes with the prefix, then 2014 - 1792.
    #expect(receiver.packets() == [0x0001_0000_0000_4700, 0x0002_0000_0000_00de])
    let prefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0x80, 0xd0, 0x07, 0x90, 0x01, 0, 0]
    #expect(receiver.received(0, 14) == prefix)
    #expect(Array(receiver.received(0, 1792).dropFirst(14)) + receiver.received(1, 222) == frame)
  }

  @Test func stampsAreGoodThroughTheAPI() throws {
    let left = try Driver.open("emu:cable:stamps/0,clock=manual")
    let right = try Driver.open("emu:cable:stamps/1,clock=manual")
    let domains = (try left.allocateProtectionDomain(), try right.allocateProtectionDomain())
    let memory = (
      try MemoryRegistration(domains.0, DMAMemory(byteCount: 1 << 16)),
      try MemoryRegistration(domains.1, DMAMemory(byteCount: 1 << 16))
    )
    var sender = try domains.0.allocateVirtualInterface(InterfaceOptions(flags: .transmitTimestamps))
    var receiver = try domains.1.allocateVirtualInterface(InterfaceOptions(flags: .receiveTimestamps))
    try receiver.addFilter(.unicastAll)
    var events = EventBatch(capacity: 8)
    for index in 0..<16 { try receiver.receivePost(memory.1.dmaAddress(index * 2048), id: RequestID(index)) }
    // The first sync stands in the queue already, so that this poll does not serve the adapter.
    receiver.poll(&events)
    #expect(events.isEmpty && receiver.eventCounts.timeSyncs == 1)
    var times: [UInt64] = []
    for step in 0..<12 as Range<UInt64> {
      // Over the second, and up to 0.4 s after a sync.
      let now = Self.start + 900_000_000 + step * 99_999_999
      for driver in [left, right] { (driver.backend as? EmulatedAdapter)?.setClock(now) }
      memory.0.base.storeBytes(of: 0x02, as: UInt8.self)
      try sender.transmit(memory.0.dmaAddress(0), length: 60, id: RequestID(Int(step)))
      sender.poll(&events)
      guard events.count == 1, case .transmitTimestamp(let sent) = events[0] else {
        Issue.record("step \(step): \(events.count) events")
        continue
      }
      #expect(
        UInt64(sent.seconds) * 1_000_000_000 + UInt64(sent.nanoseconds) == now && sent.id.rawValue == UInt32(step))
      receiver.poll(&events)
      guard events.count == 1, case .receive(let arrived) = events[0] else {
        Issue.record("step \(step): \(events.count) events, \(receiver.statistics().nonzero)")
        continue
      }
      let stamp = try receiver.receiveTimestamp(memory.1.base + Int(arrived.id.rawValue) * 2048)
      #expect(receiver.receiveBytes(memory.1.base + Int(arrived.id.rawValue) * 2048) == 60)
      times.append(stamp.totalNanoseconds)
      #expect(stamp.totalNanoseconds == now && stamp.sync == [.clockSet, .inSync])
    }
    #expect(times.count == 12)
  }
}
