import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import EtherFabricFormats
import Testing

/// What timestamps cost in event slots, and how long a stamp can be read.
@Suite struct StampEventTests {
  @Test func anEventQueueThatNobodyPollsOverflowsBySyncsAlone() throws {
    let driver = try Driver.open("emu:cable:syncs/0,clock=manual")
    let adapter = try #require(Emulator.adapter(of: driver))
    var interface = try driver.allocateProtectionDomain().allocateVirtualInterface(
      InterfaceOptions(eventCapacity: 512, flags: .receiveTimestamps))
    adapter.setClock(1_000_000_000)
    var events = EventBatch(capacity: 4)
    // 128 seconds: the sync of the allocation, and four for each second.
    for _ in 0..<511 {
      adapter.advanceClock(by: 250_000_000)
      adapter.service()
    }
    #expect(interface.statistics()["event_overflows"] == 0)
    adapter.advanceClock(by: 250_000_000)
    adapter.service()
    interface.poll(&events)
    #expect(events.count == 1 && events[0] == .overflow)
  }

  @Test func aSendWithAStampTakesThreeSlots() throws {
    let driver = try Driver.open("emu:cable:slots/0")
    let domain = try driver.allocateProtectionDomain()
    let memory = try MemoryRegistration(domain, DMAMemory(byteCount: 1 << 16))
    var events = EventBatch(capacity: 64)
    for (capacity, overflows) in [(nil, false), (512, true)] as [(Int?, Bool)] {
      var interface = try domain.allocateVirtualInterface(
        InterfaceOptions(receiveCapacity: 0, eventCapacity: capacity, flags: .transmitTimestamps))
      #expect(capacity != nil || interface.eventCapacity >= 3 * 511)
      for id in 0..<200 { try interface.transmitInit(memory.dmaAddress(0), length: 60, id: RequestID(id)) }
      interface.transmitPush()
      interface.poll(&events)
      #expect((events.count == 1 && events[0] == .overflow) == overflows)
    }
  }

  @Test func aStampIsReadBeforeTheNextPoll() throws {
    let pair = try StampingPair("stale")
    for adapter in [pair.left, pair.right] { adapter.setClock(1_000_000_000_000) }
    #expect(try pair.exchange().arrived.total == pair.right.clockNow)
    pair.advance(50_000_000)
    let arrival = try pair.exchange()
    #expect(arrival.arrived.total == pair.right.clockNow)
    // The same bytes half a second and two syncs later: refused, and with them every stamp until the next sync.
    for _ in 0..<2 {
      pair.advance(250_000_000)
      pair.right.service()
    }
    #expect(pair.stampAgain().error == nil)
    pair.takeSyncs()
    #expect(pair.stampAgain().error == .notSynchronised)
    pair.advance(1_000_000)
    #expect(try pair.exchange().arrived.error == .notSynchronised)
    pair.advance(250_000_000)
    #expect(try pair.exchange().arrived.total == pair.right.clockNow)
  }
}
