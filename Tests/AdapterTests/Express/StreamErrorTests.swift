import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// Streams that stop their transmit queue.
@Suite struct StreamErrorTests {
  /// What can be wrong with a stream, and the reason in the event.
  enum Fault: String, CaseIterable {
    case noLength, tooLong, misaligned, tooMuch, backwards, action

    var reason: UInt64 {
      switch self {
      case .noLength, .tooLong: 4
      case .misaligned: 5
      case .tooMuch, .backwards: 6
      case .action: 8
      }
    }

    func commit(_ sender: RawExpress, _ frame: [UInt8]) {
      switch self {
      case .noLength:
        sender.write(sender.header(0), frame)
        sender.push()
      case .tooLong:
        sender.write(sender.header(1983), frame)
        sender.push()
      case .misaligned: sender.command(DoorbellPage.ctpioAperture, sender.added + 32)
      case .tooMuch: sender.command(DoorbellPage.ctpioAperture, sender.added + 32768 - 64 + 64)
      case .backwards: sender.command(DoorbellPage.ctpioAperture, sender.added - 64)
      case .action:
        sender.write(sender.header(60, action: 1), frame)
        sender.push()
      }
    }
  }

  private static func error(_ generation: Generation, reason: UInt64) -> UInt64 {
    // Type 3, sub-type 3, a transmit queue, the queue and its label 0.
    0x3060_0000_0000_0000 | reason << 10
  }

  @Test(arguments: StreamTests.generations, Fault.allCases)
  func aFaultStopsTheQueueAndSaysWhy(_ generation: Generation, _ fault: Fault) throws {
    let rig = try StreamTests.rig(generation)
    let sender = try RawExpress(rig.left)
    let receiver = try rig.receiver()
    sender.send(rig.frame(60))
    fault.commit(sender, rig.frame(60))
    // What was sent before is completed before.
    #expect(sender.waitingEvents() == [0x1000_0000_0000_0000, Self.error(generation, reason: fault.reason)])
    #expect(sender.statistic("tx_stream_errors") == 1 && sender.statistic("tx_dma_faults") == 1)
    // The queue has stopped.
    sender.send(rig.frame(60))
    #expect(sender.events().isEmpty)
    #expect(receiver.events().count == 1)
    #expect(sender.statistic("refused_commands") == 1)
    // And starts from its beginning.
    try rig.left.restartTransmit(interface: sender.grant.resource)
    sender.beginAgain()
    sender.send(rig.frame(60, fill: 5))
    #expect(sender.events() == [0x1000_0000_0000_0000])
    _ = receiver.events()
    #expect(receiver.received(1, 60) == rig.frame(60, fill: 5))
  }

  @Test(arguments: StreamTests.generations)
  func theFIFOHoldsAllButOneLineOfItself(_ generation: Generation) throws {
    let rig = try StreamTests.rig(generation)
    let sender = try RawExpress(rig.left, InterfaceOptions(receiveCapacity: 1024, transmitCapacity: 512))
    #expect(sender.express.transmitFIFOBytes == 32768)
    for _ in 0..<511 { sender.write(sender.header(56), rig.frame(56)) }
    sender.push()
    #expect(sender.waitingEvents().count == 3)
    #expect(sender.events() == [0x1000_fe00_0000_0000])
  }

  @Test func aShortQueueOfAnX4HasAShortFIFO() throws {
    let rig = try StreamTests.rig(.x4Express)
    let sender = try RawExpress(rig.left, InterfaceOptions(receiveCapacity: 1024, transmitCapacity: 128))
    #expect(sender.express.transmitFIFOBytes == 8192)
    for _ in 0..<128 { sender.write(sender.header(56), rig.frame(56)) }
    sender.push()
    #expect(sender.waitingEvents() == [Self.error(.x4Express, reason: 6)])
  }

  @Test func anX4ChecksTheCutThroughThreshold() throws {
    for (generation, reason) in [(.x4Express, 8), (.x3, nil)] as [(Generation, UInt64?)] {
      let rig = try StreamTests.rig(generation)
      let sender = try RawExpress(rig.left)
      let header = { StreamHeader(length: 60, threshold: $0, timestamp: false, warm: false) }
      sender.write(header(2), rig.frame(60))
      sender.push()
      sender.write(header(1), rig.frame(60))
      sender.push()
      let completion: UInt64 = 0x1000_0000_0000_0000
      #expect(
        sender.events() == (reason.map { [completion, Self.error(generation, reason: $0)] } ?? [completion | 1 << 40]))
    }
  }

  @Test(arguments: StreamTests.generations, [ExpressErrorReason.streamReordering, .hardwareInternal])
  func anyReasonCanBeProvoked(_ generation: Generation, _ reason: ExpressErrorReason) throws {
    let rig = try StreamTests.rig(generation)
    let sender = try RawExpress(rig.left)
    rig.left.failStreams(2, reason: reason, interface: sender.grant.resource)
    for _ in 0..<2 {
      sender.send(rig.frame(60))
      #expect(sender.events() == [Self.error(generation, reason: UInt64(reason.rawValue))])
      try rig.left.restartTransmit(interface: sender.grant.resource)
      sender.beginAgain()
    }
    sender.send(rig.frame(60))
    #expect(sender.events() == [0x1000_0000_0000_0000])
  }

  @Test func theLabelStandsWhereTheGenerationHasIt() throws {
    // Two interfaces, of which the second is queue 1; the label of both is 0.
    for generation in StreamTests.generations {
      let rig = try StreamTests.rig(generation)
      let first = try RawExpress(rig.left)
      let second = try RawExpress(rig.left)
      second.write(second.header(0), rig.frame(60))
      second.push()
      #expect(second.events() == [0x3060_0000_0001_1000])
      withExtendedLifetime(first) {}
    }
  }

  @Test(arguments: StreamTests.generations)
  func anInterfaceWithoutTransmitsTakesNone(_ generation: Generation) throws {
    let rig = try StreamTests.rig(generation)
    let sender = try RawExpress(rig.left, InterfaceOptions(receiveCapacity: 1024, transmitCapacity: 0))
    sender.send(rig.frame(60))
    #expect(sender.events().isEmpty && sender.statistic("refused_commands") == 1)
  }
}
