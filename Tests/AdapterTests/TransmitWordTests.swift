import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// The event words of transmits.
@Suite struct TransmitWordTests {
  @Test func aCompletionNamesItsLastDescriptor() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    sender.send(rig.frame(60))
    #expect(sender.events() == [0x2000_0000_0000_0000])
    sender.send(rig.frame(60), rig.frame(60), rig.frame(60))
    #expect(sender.events() == [0x2000_0000_0000_0003])
    sender.send(rig.frame(200), parts: 5)
    #expect(sender.events() == [0x2000_0000_0000_0008])
  }

  @Test func atMostThirtyTwoPacketsShareACompletion() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    for _ in 0..<100 { sender.write(rig.frame(60)) }
    sender.pushTransmit()
    #expect(sender.events() == [31, 63, 95, 99].map { 0x2000_0000_0000_0000 | $0 })
  }

  @Test func eachPacketHasACompletionWhereThatIsAskedFor() throws {
    var settings = AdapterSettings()
    settings.completionBatch = 1
    let rig = try Rig(settings)
    let sender = try RawInterface(rig.left)
    sender.send(rig.frame(60), rig.frame(60), rig.frame(60))
    #expect(sender.events() == [0, 1, 2].map { 0x2000_0000_0000_0000 | $0 })
  }

  @Test func theIndexWrapsWithTheRing() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver(posted: 504)
    for number in 0..<1200 {
      sender.send(rig.frame(60, fill: UInt8(truncatingIfNeeded: number)))
      #expect(sender.events() == [0x2000_0000_0000_0000 | UInt64(number % 512)])
      #expect(receiver.events().count == 1)
      #expect(receiver.received(number, 60) == rig.frame(60, fill: UInt8(truncatingIfNeeded: number)))
      if number % 8 == 7 { receiver.post(8) }
    }
  }

  @Test func aFullRingIsSent() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    for _ in 0..<511 { sender.write(rig.frame(60)) }
    sender.pushTransmit()
    #expect(sender.events().last == 0x2000_0000_0000_01fe)
    #expect(sender.statistic("tx_packets") == 511)
  }

  @Test func anIncompletePacketWaitsForItsRest() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver()
    let base = sender.address.rawValue + UInt64(RawInterface.transmitOffset)
    sender.write(rig.frame(100), parts: 2)
    sender.ring(DoorbellPage.transmitDoorbell, 1)
    sender.service(InterfaceGrant.Reason.transmitDoorbell)
    #expect(sender.events().isEmpty && receiver.events().isEmpty)
    sender.pushTransmit()
    #expect(sender.events() == [0x2000_0000_0000_0001])
    #expect(receiver.events() == [0x0001_0000_0000_0064] && receiver.received(0, 100) == rig.frame(100))
    #expect(base & 0xfff == 0)
  }

  @Test func fragmentsAreGathered() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver()
    for parts in [1, 2, 3, 17, 60] {
      sender.send(rig.frame(1500, fill: UInt8(parts)), parts: parts)
      #expect(sender.events().count == 1 && receiver.events().count == 1)
    }
    for (slot, parts) in [1, 2, 3, 17, 60].enumerated() {
      #expect(receiver.received(slot, 1500) == rig.frame(1500, fill: UInt8(parts)))
    }
  }

  @Test func aCommandInTheDoorbellSendsNothing() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    sender.write(rig.frame(60))
    sender.ring(DoorbellPage.transmitDoorbell, 0x801)
    sender.service(InterfaceGrant.Reason.transmitDoorbell)
    #expect(sender.events().isEmpty)
    sender.pushTransmit()
    #expect(sender.events() == [0x2000_0000_0000_0000])
  }

  @Test func anOptionDescriptorStopsTheRing() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    sender.write(rig.frame(60))
    sender.write(TransmitDescriptor(word: 0xf200_05a8_0000_0000))
    sender.pushTransmit()
    #expect(sender.events() == [0x2000_0000_0000_0000, 0xc000_b000_0002_0000])
  }

  @Test func framesThatTheFlagsForbidComplete() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left, InterfaceOptions(flags: .transmitTCPUDPOnly))
    let receiver = try rig.receiver()
    sender.send(rig.frame(60), rig.datagram())
    #expect(sender.events() == [0x2000_0000_0000_0001])
    #expect(receiver.events().count == 1 && sender.statistic("tx_dropped") == 1)
  }
}
