import EmulatedAdapter
import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Frames held in transmit alternatives, let go, dropped, and the events and room of all that.
@Suite struct AlternativeTransmitTests {
  private static let completion: UInt64 = 0x2000_0000_0000_0000
  private static let low: UInt64 = 0x2000_7735_5100_9400
  let rig: Rig
  let sender: RawInterface
  let receiver: RawInterface

  init() throws {
    rig = try Rig.withManualClocks()
    rig.left.setClock(0x5f00_1234 * 1_000_000_000 + 500_000_000)
    sender = try RawInterface(rig.left, InterfaceOptions(flags: .transmitAlternatives))
    receiver = try rig.receiver()
  }

  /// The high word of a packet that has left an alternative.
  private func high(_ fifo: UInt64) -> UInt64 { 0x2000_0000_5200_1234 | fifo << 32 }
  private func select(_ fifo: UInt64) { sender.write(word: 0xa800_0000_0000_0000 | fifo << 48) }

  @Test func stoppedAlternativesHoldAndGoInOrder() throws {
    let fifos = try rig.left.allocateAlternatives(2, bytes: 4096, interface: sender.grant.resource)
    #expect(fifos == [0, 1])
    select(0)
    sender.write(rig.frame(60, fill: 1))
    sender.write(rig.frame(1000, fill: 2), parts: 3)
    select(1)
    sender.send(rig.frame(60, fill: 3))
    // Fetched and complete, and not sent.
    #expect(sender.events() == [1, 4, 6].map { Self.completion | $0 } && receiver.events().isEmpty)
    sender.command(0xa18, 0xa00)
    #expect(sender.events() == [Self.low, high(0), Self.low, high(0)])
    #expect(receiver.events().count == 2)
    #expect(
      receiver.received(0, 60) == rig.frame(60, fill: 1) && receiver.received(1, 1000) == rig.frame(1000, fill: 2))
    sender.command(0xa18, 0xb01)
    #expect(sender.events() == [Self.low, high(1)] && receiver.events().isEmpty)
    #expect(rig.left.statistics()[test: "tx_alt_discarded"] == 1)
  }

  @Test func whileItGoesPacketsPassAndStopHoldsThemAgain() throws {
    _ = try rig.left.allocateAlternatives(1, bytes: 4096, interface: sender.grant.resource)
    sender.command(0xa18, 0xa00)
    select(0)
    sender.send(rig.frame(60, fill: 1))
    #expect(sender.events() == [Self.completion | 1, Self.low, high(0)] && receiver.events().count == 1)
    sender.command(0xa18, 0xb80)
    sender.send(rig.frame(60, fill: 2))
    #expect(sender.events() == [Self.completion | 2] && receiver.events().isEmpty)
    sender.command(0xa18, 0xb00)
    #expect(sender.events() == [Self.low, high(0)] && receiver.events().isEmpty)
    sender.send(rig.frame(60, fill: 3))
    #expect(sender.events() == [Self.completion | 3, Self.low, high(0)] && receiver.events().isEmpty)
  }

  @Test func theNormalPathIsStampedAsNone() throws {
    _ = try rig.left.allocateAlternatives(1, bytes: 4096, interface: sender.grant.resource)
    sender.send(rig.frame(60))
    #expect(sender.events() == [Self.completion, Self.low, high(0x1f)] && receiver.events().count == 1)
    select(0)
    sender.write(rig.frame(60))
    select(0x1f)
    sender.send(rig.frame(60, fill: 9))
    #expect(sender.events() == [Self.completion | 2, Self.completion | 4, Self.low, high(0x1f)])
    #expect(receiver.events().count == 1 && receiver.received(1, 60) == rig.frame(60, fill: 9))
  }

  @Test func withoutAlternativesCompletionsArePlain() throws {
    sender.send(rig.frame(60), rig.frame(60))
    #expect(sender.events() == [Self.completion | 1])
    select(0)
    sender.pushTransmit()
    #expect(sender.events() == [0xc000_b000_0002_0000])
  }

  @Test func anAlternativeOfSomebodyElseStopsTheRing() throws {
    let other = try RawInterface(rig.left, InterfaceOptions(flags: .transmitAlternatives))
    #expect(try rig.left.allocateAlternatives(1, bytes: 512, interface: sender.grant.resource) == [0])
    #expect(try rig.left.allocateAlternatives(1, bytes: 512, interface: other.grant.resource) == [1])
    sender.command(0xa18, 0xa01)
    #expect(rig.left.statistics()[test: "unknown_commands"] == 1)
    select(1)
    sender.send(rig.frame(60))
    #expect(sender.events() == [0xc000_b000_0002_0000] && receiver.events().isEmpty)
    try rig.left.restartTransmit(interface: sender.grant.resource)
    sender.beginAgain()
    sender.send(rig.frame(60))
    #expect(sender.events().count == 3 && receiver.events().count == 1)
  }

  /// 1024 bytes of room are ten frames of 60 bytes: 64 and 32 each.
  @Test func framesBeyondTheRoomAreLostWithoutASign() throws {
    _ = try rig.left.allocateAlternatives(2, bytes: 1000, interface: sender.grant.resource)
    select(0)
    for fill in 0..<12 as Range<UInt8> {
      if fill == 5 { select(1) }
      sender.write(rig.frame(60, fill: fill))
    }
    sender.pushTransmit()
    // One look at the ring completes twelve packets, and ten are there to go.
    #expect(sender.events().count == 12 && rig.left.statistics()[test: "tx_alt_overflow"] == 2)
    sender.command(0xa18, 0xa00)
    sender.command(0xa18, 0xa01)
    #expect(sender.events().count == 20 && receiver.events().count == 10)
    for slot in 0..<10 { #expect(receiver.received(slot, 60) == rig.frame(60, fill: UInt8(slot))) }
    // The room is there again, from another place on.
    sender.command(0xa18, 0xb80)
    select(0)
    for fill in 20..<30 as Range<UInt8> { sender.write(rig.frame(60, fill: fill)) }
    sender.pushTransmit()
    sender.command(0xa18, 0xa00)
    #expect(receiver.events().count == 10 && rig.left.statistics()[test: "tx_alt_overflow"] == 2)
    for slot in 10..<20 { #expect(receiver.received(slot, 60) == rig.frame(60, fill: UInt8(10 + slot))) }
  }

  @Test func frameBytesWrapRoundTheRoom() throws {
    _ = try rig.left.allocateAlternatives(1, bytes: 2048, interface: sender.grant.resource)
    select(0)
    for round in 0..<60 {
      let length = 61 + round * 13
      sender.send(rig.frame(length, fill: UInt8(round)))
      sender.command(0xa18, 0xa00)
      sender.command(0xa18, 0xb80)
      #expect(receiver.events().count == 1)
      #expect(receiver.received(round, length) == rig.frame(length, fill: UInt8(round)))
    }
  }

  @Test func framesThatCannotBeSentLeaveAllTheSame() throws {
    _ = try rig.left.allocateAlternatives(1, bytes: 16384, interface: sender.grant.resource)
    rig.left.setMTU(1500)
    select(0)
    sender.send(rig.frame(5000), [UInt8](repeating: 1, count: 10), rig.datagram())
    sender.command(0xa18, 0xa00)
    #expect(sender.events().count == 9 && receiver.events().count == 1)
    #expect(sender.statistic("tx_dropped") == 2)
  }

  @Test func freeingForgetsWhatIsHeld() throws {
    _ = try rig.left.allocateAlternatives(1, bytes: 512, interface: sender.grant.resource)
    select(0)
    sender.send(rig.frame(60))
    try rig.left.freeAlternatives(interface: sender.grant.resource)
    #expect(sender.events() == [Self.completion | 1])
    sender.command(0xa18, 0xa00)
    sender.send(rig.frame(60, fill: 7))
    #expect(sender.events() == [Self.completion | 2] && receiver.events().count == 1)
    #expect(receiver.received(0, 60) == rig.frame(60, fill: 7))
  }

  @Test func aResetForgetsWhatIsHeld() throws {
    _ = try rig.left.allocateAlternatives(1, bytes: 512, interface: sender.grant.resource)
    select(0)
    sender.send(rig.frame(60, fill: 1))
    rig.left.reset()
    sender.command(0xa18, 0xa00)
    #expect(receiver.events().isEmpty)
    try sender.restartEvents()
    try rig.left.restartTransmit(interface: sender.grant.resource)
    sender.beginAgain()
    // Stopped, empty, and with all of their room, of which this takes the whole.
    sender.command(0xa18, 0xb80)
    select(0)
    for fill in 0..<11 as Range<UInt8> { sender.write(rig.frame(60, fill: fill)) }
    sender.pushTransmit()
    sender.command(0xa18, 0xa00)
    #expect(receiver.events().count == 10 && rig.left.statistics()[test: "tx_alt_overflow"] == 1)
  }

  @Test(arguments: [(Generation.sfc8000, 512, 1024), (.x2, 1024, 512)])
  func theAdapterHasSoMuchAndNoMore(_ generation: Generation, _ size: Int, _ buffers: Int) throws {
    var settings = AdapterSettings()
    settings.generation = generation
    let rig = try Rig(settings)
    #expect(rig.left.capability(.transmitAlternatives) == 1 && rig.left.capability(.transmitAlternativesFIFOs) == 17)
    #expect(rig.left.capability(.transmitAlternativesBuffers) == UInt64(buffers))
    #expect(rig.left.capability(.transmitAlternativesBufferSize) == UInt64(size))
    let interfaces = try (0..<3).map { _ in
      try RawInterface(rig.left, InterfaceOptions(flags: .transmitAlternatives))
    }
    let senders = interfaces.map(\.grant.resource)
    func code(_ count: Int, _ bytes: Int, _ sender: UInt32) -> Int32 {
      do { _ = try rig.left.allocateAlternatives(count, bytes: bytes, interface: sender) } catch { return error.errno }
      return 0
    }
    #expect(code(18, 512, senders[0]) == 16)
    #expect(code(2, size * (buffers - 4) + 1, senders[0]) == 28 && code(1, Int.max, senders[0]) == 28)
    #expect(code(2, size * (buffers - 4), senders[0]) == 0 && code(2, 1, senders[0]) == 114)
    #expect(code(1, 1, senders[1]) == 28)
    try rig.left.freeAlternatives(interface: senders[0])
    #expect(code(10, 1, senders[0]) == 0 && code(8, 1, senders[1]) == 16 && code(7, 1, senders[1]) == 0)
    rig.left.freeInterface(senders[0])
    #expect(code(10, 1, senders[2]) == 0)
  }

  @Test func timestampsAreNotToBeHadWithThem() throws {
    let error = #expect(throws: EtherFabricError.self) {
      _ = try RawInterface(rig.left, InterfaceOptions(flags: [.transmitAlternatives, .transmitTimestamps]))
    }
    #expect(error?.errno == 95)
    let plain = try RawInterface(rig.left)
    let refused = #expect(throws: EtherFabricError.self) {
      _ = try rig.left.allocateAlternatives(1, bytes: 512, interface: plain.grant.resource)
    }
    #expect(refused?.errno == 22)
  }

  @Test func theAPIChoosesBetweenPreparedFrames() throws {
    let domain = try Driver(backend: rig.left).allocateProtectionDomain()
    let memory = try MemoryRegistration(domain, DMAMemory(byteCount: 1 << 14))
    var interface = try domain.allocateVirtualInterface(InterfaceOptions(flags: .transmitAlternatives))
    let usage = try interface.alternativeOverhead().usage(of: 200)
    try interface.allocateAlternatives(2, bytes: 2 * usage)
    for number in 0..<2 {
      let frame = rig.frame(200, fill: UInt8(number))
      for (index, byte) in frame.enumerated() {
        memory.base.storeBytes(of: byte, toByteOffset: number * 4096 + index, as: UInt8.self)
      }
      try interface.selectAlternative(number)
      try interface.transmit(memory.dmaAddress(number * 4096), length: 200, id: RequestID(number))
    }
    var events = EventBatch(capacity: 8)
    interface.poll(&events)
    #expect(events.count == 2 && receiver.events().isEmpty)
    try interface.goAlternative(1)
    try interface.discardAlternative(0)
    #expect(receiver.events().count == 1 && receiver.received(0, 200) == rig.frame(200, fill: 1))
    interface.poll(&events)
    #expect(
      events.indices.map { events[$0] } == [
        .transmitAlternative(queue: 0, alternative: 1), .transmitAlternative(queue: 0, alternative: 0),
      ])
  }
}
