import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import Testing

/// Every word that hardware can raise, and what a poll makes of it.
@Suite struct RaisedWordTests {
  struct Raised: Sendable, CustomTestStringConvertible {
    var name: String
    var word: UInt64
    var events: [Event] = []
    /// The count that moves: unknown, timers, wake-ups, bad labels, time syncs.
    var counts: [UInt64] = [0, 0, 0, 0, 0]
    var testDescription: String { name }
  }

  static let words = [
    Raised(name: "software", word: 0xc000_0000_0000_0007, events: [.software(data: 7)]),
    Raised(name: "controller rebooted", word: 0xc001_5000_0000_0003, events: [.reset]),
    Raised(name: "transmit error", word: 0xc000_b000_0009_0000, events: [.transmitError(queue: 0, code: 9)]),
    Raised(name: "receive error", word: 0xc001_1000_0001_0000, events: [.receiveError(queue: 0, code: 1)]),
    Raised(name: "transmit flushed", word: 0xc000_c000_0000_0000),
    Raised(name: "receive flushed", word: 0xc001_0000_0000_0000),
    Raised(name: "time sync", word: 0xc001_a030_0000_03e8, counts: [0, 0, 0, 0, 1]),
    Raised(name: "wake-up", word: 0x5100_0000_0000_0000, counts: [0, 0, 1, 0, 0]),
    Raised(name: "start-up", word: 0x5200_0000_0000_0000),
    Raised(name: "timer", word: 0x5300_0000_0000_0000, counts: [0, 1, 0, 0, 0]),
    Raised(name: "driver event 4", word: 0x5400_0000_0000_0000, counts: [1, 0, 0, 0, 0]),
    Raised(name: "code 1", word: 0x1000_0000_0000_0000, counts: [1, 0, 0, 0, 0]),
    Raised(name: "code 7", word: 0x7000_0000_0000_0000, counts: [1, 0, 0, 0, 0]),
    Raised(name: "code 15", word: 0xf000_0000_0000_0000, counts: [1, 0, 0, 0, 0]),
    Raised(name: "receive of no queue", word: 0x0001_0000_0005_003c, counts: [0, 0, 0, 1, 0]),
    Raised(name: "transmit of no queue", word: 0x2000_0000_0005_0000, counts: [0, 0, 0, 1, 0]),
    Raised(name: "receive of two descriptors", word: 0x0002_0000_0000_003c, counts: [1, 0, 0, 0, 0]),
    Raised(name: "receive of no descriptor", word: 0x0000_0000_0000_0000, events: [.receiveTruncated(queue: 0)]),
  ]

  /// Codes of management events that a controller has and ef_vi has no use for: the link, sensors, assertions, the old
  /// reboot code, and all the others.
  static let unused = (UInt64(0)..<256).filter { ![0, 0x0b, 0x0c, 0x10, 0x11, 0x15, 0x1a].contains($0) }

  @Test(arguments: words) func isPolled(_ raised: Raised) throws {
    let driver = try Driver.open("emu:cable:raised/0")
    let adapter = try #require(Emulator.adapter(of: driver))
    var interface = try driver.allocateProtectionDomain().allocateVirtualInterface()
    var events = EventBatch(capacity: 4)
    try adapter.raise(raised.word, interface: interface.resourceID)
    interface.poll(&events)
    #expect(events.indices.map { events[$0] } == raised.events)
    let counts = interface.eventCounts
    #expect(
      [counts.unknown, counts.timers, counts.wakeUps, counts.badLabels, counts.timeSyncs] == raised.counts)
    // Whatever it was, the queue goes on behind it.
    try adapter.raise(0xc000_0000_0000_0001, interface: interface.resourceID)
    interface.poll(&events)
    #expect(events.count == 1 && events[0] == .software(data: 1))
  }

  @Test func managementCodesWithoutUseAreCounted() throws {
    let driver = try Driver.open("emu:cable:raised-codes/0")
    let adapter = try #require(Emulator.adapter(of: driver))
    var interface = try driver.allocateProtectionDomain().allocateVirtualInterface()
    var events = EventBatch(capacity: 4)
    for (index, code) in Self.unused.enumerated() {
      try adapter.raise(0xc000_0000_0000_0001 | code << 44, interface: interface.resourceID)
      interface.poll(&events)
      #expect(events.isEmpty && interface.eventCounts.unknown == UInt64(index + 1))
    }
  }
}
