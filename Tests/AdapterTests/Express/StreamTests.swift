import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// Packets that an X3 or X4 express takes from its aperture: what goes out, and the event words that come back.
@Suite struct StreamTests {
  static let generations: [Generation] = [.x3, .x4Express]

  /// An interface of a generation on the left, and an X2 on the right.
  static func rig(_ generation: Generation, _ change: (inout AdapterSettings) -> Void = { _ in }) throws -> Rig {
    var settings = AdapterSettings()
    settings.generation = generation
    change(&settings)
    return try Rig(settings)
  }

  @Test(arguments: generations)
  func aFrameOfTheStreamGoesOut(_ generation: Generation) throws {
    let rig = try Self.rig(generation)
    let sender = try RawExpress(rig.left)
    let receiver = try rig.receiver()
    let frame = rig.frame(100, fill: 7)
    sender.send(frame)
    // Completions wait for a service, so that one event can stand for many.
    #expect(sender.waitingEvents().isEmpty)
    #expect(sender.events() == [0x1000_0000_0000_0000])
    #expect(receiver.events() == [0x0001_0000_0000_0064])
    #expect(receiver.received(0, 100) == frame)
    sender.send(rig.frame(60), rig.frame(61), rig.frame(62))
    #expect(sender.events() == [0x1000_0300_0000_0000])
    #expect(receiver.events().count == 3)
  }

  @Test(arguments: generations)
  func oneCompletionStandsFor128FramesAtMost(_ generation: Generation) throws {
    let rig = try Self.rig(generation)
    let sender = try RawExpress(rig.left)
    for _ in 0..<300 { sender.send(rig.frame(60)) }
    #expect(sender.waitingEvents() == [0x1000_7f00_0000_0000, 0x1000_ff00_0000_0000])
    #expect(sender.events() == [0x1000_2b00_0000_0000])
    #expect(sender.events().isEmpty)
  }

  @Test(arguments: generations)
  func oneCompletionForEachFrame(_ generation: Generation) throws {
    let rig = try Self.rig(generation) { $0.completionBatch = 1 }
    let sender = try RawExpress(rig.left)
    sender.send(rig.frame(60), rig.frame(60), rig.frame(60))
    #expect(sender.waitingEvents() == [0x1000_0000_0000_0000, 0x1000_0100_0000_0000, 0x1000_0200_0000_0000])
  }

  @Test(arguments: generations)
  func theStreamWrapsAtTheEndOfTheAperture(_ generation: Generation) throws {
    let rig = try Self.rig(generation)
    let sender = try RawExpress(rig.left)
    let receiver = try rig.receiver()
    #expect(sender.express.parameters.transmitApertureBytes == 32768)
    var last: UInt64 = 0
    for number in 0..<400 {
      let frame = rig.frame(60 + number * 37 % 1700, fill: UInt8(truncatingIfNeeded: number))
      sender.send(frame)
      last = sender.events().last ?? 0
      try #require(last >> 40 & 0xff == UInt64(number & 0xff), "frame \(number)")
      try #require(receiver.events().count == 1, "frame \(number)")
      try #require(receiver.received(number, frame.count) == frame, "frame \(number)")
      if number % 8 == 7 { receiver.post(8) }
    }
    #expect(sender.added > 8 * 32768)
  }

  @Test(arguments: generations)
  func severalPacketsWithOneCommand(_ generation: Generation) throws {
    let rig = try Self.rig(generation)
    let sender = try RawExpress(rig.left)
    let receiver = try rig.receiver()
    for count in [60, 500, 14] { sender.write(sender.header(count), rig.frame(count, fill: 9)) }
    sender.push()
    #expect(sender.events() == [0x1000_0200_0000_0000])
    #expect(receiver.events().count == 3)
    #expect(receiver.received(1, 500) == rig.frame(500, fill: 9))
    // Padded with zeros, not with what lay behind.
    #expect(receiver.received(2, 60) == rig.frame(14) + [UInt8](repeating: 0, count: 46))
  }

  @Test(arguments: generations)
  func aPacketWaitsForItsEnd(_ generation: Generation) throws {
    let rig = try Self.rig(generation)
    let sender = try RawExpress(rig.left)
    let receiver = try rig.receiver()
    sender.write(sender.header(300), rig.frame(300, fill: 1))
    sender.command(DoorbellPage.ctpioAperture, 128)
    #expect(sender.events().isEmpty && receiver.events().isEmpty)
    sender.push()
    #expect(sender.events() == [0x1000_0000_0000_0000])
    #expect(receiver.events() == [0x0001_0000_0000_012c])
    #expect(receiver.received(0, 300) == rig.frame(300, fill: 1))
  }

  @Test(arguments: generations)
  func checksumsAreLeftAlone(_ generation: Generation) throws {
    let rig = try Self.rig(generation)
    let sender = try RawExpress(rig.left)
    let receiver = try rig.receiver()
    let frame = rig.datagram()
    sender.send(frame)
    _ = receiver.events()
    #expect(receiver.received(0, frame.count) == frame)
    #expect(frame[24] == 0 && frame[25] == 0)
  }

  @Test(arguments: generations)
  func aWarmFrameCompletesAndGoesNowhere(_ generation: Generation) throws {
    let rig = try Self.rig(generation)
    let sender = try RawExpress(rig.left)
    let receiver = try rig.receiver()
    sender.send(rig.frame(60), timestamp: true, warm: true)
    sender.send(rig.frame(60, fill: 3))
    #expect(sender.events() == [0x1000_0100_0000_0000])
    #expect(receiver.events().count == 1)
    #expect(receiver.received(0, 60) == rig.frame(60, fill: 3))
    #expect(sender.statistic("tx_warmed") == 1 && sender.statistic("tx_packets") == 1)
  }

  @Test(arguments: generations)
  func aTimestampIsOneFramesOwn(_ generation: Generation) throws {
    let rig = try Self.rig(generation) { $0.hasManualClock = true }
    rig.left.setClock(0x5f00_1234 * 1_000_000_000 + 500_000_000)
    let sender = try RawExpress(
      rig.left, InterfaceOptions(receiveCapacity: 1024, flags: .transmitTimestamps))
    // The time syncs of a new interface and of the first service: seconds over the top 16 bits of 500 ms in quarter
    // nanoseconds, in sync and set.
    #expect(sender.events() == [0x3023_5f00_1234_7735, 0x3023_5f00_1234_7735])
    sender.send(rig.frame(60), rig.frame(60))
    sender.send(rig.frame(60), timestamp: true)
    sender.send(rig.frame(60), timestamp: true)
    #expect(
      sender.waitingEvents() == [0x1000_0100_0000_0000, 0x1001_0234_7735_9400, 0x1001_0334_7735_9400])
  }

  @Test func theClocksStateStandsInTheStampsOfAnX4() throws {
    let rig = try Self.rig(.x4Express) { $0.hasManualClock = true }
    rig.left.setClock(7_000_000_000)
    let sender = try RawExpress(rig.left)
    var statuses: [UInt64] = []
    for (isSet, isInSync) in [(true, true), (false, true), (true, false), (false, false)] {
      rig.left.setClockState(isSet: isSet, isInSync: isInSync)
      sender.send(rig.frame(60), timestamp: true)
      statuses += sender.waitingEvents().map { $0 >> 48 & 3 }
    }
    #expect(statuses == [1, 2, 3, 2])
  }

  @Test(arguments: generations)
  func framesCompleteWhateverBecomesOfThem(_ generation: Generation) throws {
    let rig = try Self.rig(generation) { $0.mtu = 1000 }
    let sender = try RawExpress(rig.left)
    let receiver = try rig.receiver()
    sender.send(rig.frame(1019), Array(rig.frame(14)[..<13]))
    rig.left.setLink(up: false)
    sender.send(rig.frame(60))
    rig.left.setLink(up: true)
    sender.send(rig.frame(1018))
    #expect(sender.events() == [0x1000_0300_0000_0000])
    #expect(receiver.events().count == 1)
    #expect(sender.statistic("tx_dropped") == 3 && sender.statistic("tx_packets") == 1)
    let port = rig.left.statistics()
    #expect(port["tx_oversize"] == 1 && port["tx_failed"] == 1 && port["tx_link_down"] == 1)
  }

  @Test func noPortOfSuperbufsCarriesMoreThanASlotHolds() throws {
    #expect(try Self.rig(.x3).left.mtu == 1964)
    #expect(try Self.rig(.x4Express).left.mtu == 1964)
    #expect(try Self.rig(.x4).left.mtu == 9000)
    #expect(try Self.rig(.x3) { $0.mtu = 1500 }.left.mtu == 1500)
  }
}
