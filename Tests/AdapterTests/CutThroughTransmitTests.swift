import EmulatedAdapter
import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Frames written to the aperture: what goes out, what the fallback is good for, and the events of both.
@Suite struct CutThroughTransmitTests {
  let rig: Rig
  let sender: RawInterface
  let receiver: RawInterface

  init() throws {
    rig = try Rig()
    sender = try RawInterface(rig.left, InterfaceOptions(flags: .cutThrough))
    receiver = try rig.receiver()
  }

  @Test func theFrameGoesOutAtOnceAndTheFallbackDoesNot() throws {
    sender.cutThrough(rig.frame(98, fill: 1))
    #expect(receiver.events() == [0x0001_0000_0000_0062] && receiver.received(0, 98) == rig.frame(98, fill: 1))
    #expect(sender.events().isEmpty)
    sender.send(rig.frame(98, fill: 2))
    #expect(sender.events() == [0x2000_0000_1100_0000])
    #expect(receiver.events().isEmpty)
    #expect(rig.left.statistics()[test: "ctpio_success"] == 1 && rig.left.statistics()[test: "tx_packets"] == 1)
    // What follows is a send like any other.
    sender.send(rig.frame(60, fill: 3))
    #expect(sender.events() == [0x2000_0000_0000_0001] && receiver.events().count == 1)
    #expect(receiver.received(1, 60) == rig.frame(60, fill: 3))
  }

  @Test func checksumsStayAsTheyAreAndShortFramesArePadded() throws {
    let datagram = rig.datagram()
    sender.cutThrough(datagram)
    #expect(receiver.events().allSatisfy { $0 & ReceiveEventWord.Bit.anyError != 0 })
    #expect(receiver.received(0, datagram.count) == datagram)
    sender.send(datagram)
    sender.cutThrough(rig.frame(20))
    #expect(receiver.events().count == 1)
    #expect(receiver.received(1, 60) == rig.frame(20) + [UInt8](repeating: 0, count: 40))
  }

  @Test func completionsBeforeItAreToldFirst() throws {
    sender.write(rig.frame(60))
    sender.write(rig.frame(60))
    sender.cutThrough(rig.frame(64))
    // The fallback and two sends before it in one doorbell: the ring was empty when the frame came, so the first
    // packet of the ring is taken for its fallback.
    sender.send(rig.frame(64))
    #expect(sender.events() == [0x2000_0000_1100_0000, 0x2000_0000_0000_0002])
  }

  @Test func aFallbackOfFragmentsIsPassedAsOne() throws {
    sender.cutThrough(rig.frame(300))
    sender.write(rig.frame(300), parts: 3)
    sender.ring(DoorbellPage.transmitDoorbell, 2)
    sender.service(InterfaceGrant.Reason.transmitDoorbell)
    #expect(sender.events().isEmpty)
    sender.pushTransmit()
    #expect(sender.events() == [0x2000_0000_1100_0002] && receiver.events().count == 1)
  }

  /// An address that is nobody's does no harm in a fallback that is not sent.
  @Test func theFallbackIsNotFetched() throws {
    sender.cutThrough(rig.frame(60))
    sender.write(TransmitDescriptor(address: 0x3f_ffff_f000, length: 60, continues: false))
    sender.pushTransmit()
    #expect(sender.events() == [0x2000_0000_1100_0000])
  }

  @Test func failuresGoOutByTheFallback() throws {
    rig.left.failNextCutThroughs(2)
    for fill in 1...3 as ClosedRange<UInt8> {
      sender.cutThrough(rig.frame(60, fill: fill))
      sender.send(rig.frame(60, fill: fill + 100))
    }
    #expect(sender.events() == [0x2000_0000_0000_0000, 0x2000_0000_0000_0001, 0x2000_0000_1100_0002])
    #expect(receiver.events().count == 3)
    for (slot, fill) in [101, 102, 3].enumerated() {
      #expect(receiver.received(slot, 60) == rig.frame(60, fill: UInt8(fill)))
    }
    #expect(rig.left.statistics()[test: "ctpio_fallback"] == 2)
  }

  /// With a cut-through threshold below the frame the wire has seen its beginning.
  @Test(arguments: [(threshold: 40, noPoison: false, poisoned: true), (64, false, false), (40, true, false)])
  func anUnderrunPoisonsTheFrame(_ row: (threshold: Int, noPoison: Bool, poisoned: Bool)) throws {
    let flags: InterfaceFlags = row.noPoison ? [.cutThrough, .cutThroughNoPoison] : .cutThrough
    let other = try RawInterface(rig.left, InterfaceOptions(flags: flags))
    rig.left.failNextCutThroughs(1, underrun: true)
    sender.cutThrough(rig.frame(64, fill: 1), threshold: row.threshold)
    #expect(receiver.events() == (row.poisoned ? [0x0001_0000_0100_0040] : []))
    sender.send(rig.frame(64, fill: 2))
    #expect(sender.events() == [0x2000_0000_0000_0000])
    #expect(receiver.events().count == 1 && receiver.received(row.poisoned ? 1 : 0, 64) == rig.frame(64, fill: 2))
    #expect(rig.left.statistics()[test: "ctpio_poison"] == (row.poisoned ? 1 : 0))
    withExtendedLifetime(other) {}
  }

  @Test func whatTheRingStillHoldsComesFirst() throws {
    // Half a packet: the ring cannot run empty.
    sender.write(rig.frame(300), parts: 2)
    sender.ring(DoorbellPage.transmitDoorbell, 1)
    sender.service(InterfaceGrant.Reason.transmitDoorbell)
    sender.cutThrough(rig.frame(60, fill: 1))
    #expect(receiver.events().isEmpty)
    sender.send(rig.frame(60, fill: 2))
    #expect(sender.events() == [0x2000_0000_0000_0002])
    #expect(receiver.events().count == 2 && receiver.received(1, 60) == rig.frame(60, fill: 2))
    sender.cutThrough(rig.frame(60, fill: 3))
    #expect(receiver.events().count == 1)
  }

  @Test func aSecondFrameWithoutAFallbackFails() throws {
    sender.cutThrough(rig.frame(60, fill: 1))
    sender.cutThrough(rig.frame(60, fill: 2))
    sender.send(rig.frame(60, fill: 3), rig.frame(60, fill: 4))
    #expect(sender.events() == [0x2000_0000_1100_0000, 0x2000_0000_0000_0001])
    #expect(receiver.events().count == 2)
    #expect(receiver.received(0, 60) == rig.frame(60, fill: 1) && receiver.received(1, 60) == rig.frame(60, fill: 4))
  }

  @Test(arguments: [0, 13, 4093, 4095])
  func framesThatCannotBeSentFail(_ length: Int) throws {
    guard let aperture = sender.grant.cutThroughAperture else { return }
    aperture.storeBytes(of: UInt32(length), as: UInt32.self)
    sender.command(0x3000, (length + 4 + 63) / 64 * 64)
    #expect(receiver.events().isEmpty && rig.left.statistics()[test: "ctpio_fallback"] == 1)
    sender.send(rig.frame(60))
    #expect(sender.events() == [0x2000_0000_0000_0000] && receiver.events().count == 1)
  }

  @Test func apertureAndCountMustAgree() throws {
    guard let aperture = sender.grant.cutThroughAperture else { return }
    aperture.storeBytes(of: 60, as: UInt32.self)
    sender.command(0x3000, 128)
    sender.command(0x3000, 0)
    #expect(rig.left.statistics()[test: "ctpio_fallback"] == 2 && receiver.events().isEmpty)
    // An interface without an aperture has no such register.
    let plain = try RawInterface(rig.left)
    plain.command(0x3000, 64)
    #expect(rig.left.statistics()[test: "unknown_commands"] == 1)
  }

  @Test func withoutALinkTheFallbackIsTaken() throws {
    rig.left.setLink(up: false)
    sender.cutThrough(rig.frame(60))
    sender.send(rig.frame(60))
    #expect(sender.events() == [0x2000_0000_0000_0000] && rig.left.statistics()[test: "tx_link_down"] == 1)
    rig.left.setLink(up: true)
    sender.cutThrough(rig.frame(60))
    #expect(receiver.events().count == 1)
  }

  @Test func aRingThatStartsAgainExpectsNoFallback() throws {
    sender.cutThrough(rig.frame(60))
    try rig.left.restartTransmit(interface: sender.grant.resource)
    sender.send(rig.frame(60))
    #expect(sender.events() == [0x2000_0000_0000_0000] && receiver.events().count == 2)
  }

  @Test func timestampsAreThoseOfTheCutThrough() throws {
    let rig = try Rig.withManualClocks()
    rig.left.setClock(0x5f00_1234 * 1_000_000_000 + 500_000_000)
    let sender = try RawInterface(rig.left, InterfaceOptions(flags: [.cutThrough, .transmitTimestamps]))
    sender.cutThrough(rig.frame(60))
    rig.left.advanceClock(by: 1000)
    sender.send(rig.frame(60), rig.frame(60))
    #expect(
      sender.packets() == [
        0x2000_0000_1100_0000, 0x2000_7735_1200_9400, 0x2000_0000_1300_1234, 0x2000_0000_0000_0001,
        0x2000_7735_5100_a3a0, 0x2000_0000_5200_1234,
      ])
  }

  @Test func ratesOfThePlanDecide() throws {
    var settings = AdapterSettings()
    settings.faults.seed = 7
    settings.faults.cutThrough.fail = 0.25
    let rig = try Rig(settings)
    let sender = try RawInterface(rig.left, InterfaceOptions(flags: .cutThrough))
    for _ in 0..<400 {
      sender.cutThrough(rig.frame(60))
      sender.send(rig.frame(60))
      _ = sender.events()
    }
    let failed = rig.left.statistics()[test: "ctpio_fallback"]
    #expect((70...130).contains(failed) && rig.left.statistics()[test: "ctpio_success"] == 400 - failed)
    #expect(rig.left.statistics()[test: "tx_packets"] == 400)
  }

  @Test func theEightThousandSeriesHasNone() throws {
    var settings = AdapterSettings()
    settings.generation = .sfc8000
    let rig = try Rig(settings)
    let error = #expect(throws: EtherFabricError.self) {
      _ = try RawInterface(rig.left, InterfaceOptions(flags: .cutThrough))
    }
    #expect(error?.errno == 95 && rig.left.capability(.ctpio) == nil && self.rig.left.capability(.ctpio) == 1)
    _ = try RawInterface(rig.left, InterfaceOptions(flags: .cutThroughNoPoison))
  }

  @Test func theAPISendsEveryFrameOnceHoweverItGoes() throws {
    let domain = try Driver(backend: rig.left).allocateProtectionDomain()
    let memory = try MemoryRegistration(domain, DMAMemory(byteCount: 4096))
    var interface = try domain.allocateVirtualInterface(InterfaceOptions(flags: .cutThrough))
    var events = EventBatch(capacity: 8)
    for number in 0..<16 as Range<UInt8> {
      let frame = rig.frame(64 + Int(number), fill: number)
      if number % 4 == 1 { rig.left.failNextCutThroughs(1) }
      frame.withUnsafeBytes { bytes in
        var fragment = bytes
        withUnsafePointer(to: &fragment) {
          interface.transmitCutThroughVectorCopy(
            UnsafeBufferPointer(start: $0, count: 1), threshold: CutThrough.storeAndForward,
            fallback: memory.base)
        }
      }
      try interface.transmitCutThroughFallback(memory.dmaAddress(0), length: frame.count, id: RequestID(Int(number)))
      #expect(receiver.events().count == 1 && receiver.received(Int(number), frame.count) == frame)
      interface.poll(&events)
      let expected = Event.Transmit(descriptor: UInt32(number) + 1, queue: 0, wasCutThrough: number % 4 != 1)
      #expect(events.count == 1 && events[0] == .transmit(expected))
    }
    // While it warms, nothing goes out by either way.
    interface.startTransmitWarm()
    rig.frame(60).withUnsafeBytes { interface.transmitCutThrough($0, threshold: 64) }
    #expect(throws: QueueError.self) {
      try interface.transmitCutThroughFallback(memory.dmaAddress(0), length: 60, id: 1)
    }
    interface.stopTransmitWarm()
    #expect(receiver.events().isEmpty)
  }
}
