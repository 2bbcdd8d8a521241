import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// Link and MTU.
@Suite struct LinkTests {
  @Test func whileTheLinkIsDownFramesAreLostAndCounted() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver()
    #expect(rig.left.isLinkUp && rig.right.isLinkUp)
    rig.left.setLink(up: false)
    #expect(!rig.left.isLinkUp)
    sender.send(rig.frame(60))
    // The descriptor completes all the same.
    #expect(sender.events() == [0x2000_0000_0000_0000] && receiver.events().isEmpty)
    #expect(rig.left.statistics()[test: "tx_link_down"] == 1)
    rig.left.setLink(up: true)
    rig.right.setLink(up: false)
    sender.send(rig.frame(60))
    #expect(receiver.events().isEmpty && rig.right.statistics()[test: "rx_link_down"] == 1)
    rig.right.setLink(up: true)
    sender.send(rig.frame(60, fill: 5))
    #expect(receiver.events() == [0x0001_0000_0000_003c] && receiver.received(0, 60) == rig.frame(60, fill: 5))
  }

  @Test func theLinkStartsDownWhereThatIsAskedFor() throws {
    let left = try Driver.open("emu:cable:downlink/0,link=down")
    let right = try Driver.open("emu:cable:downlink/1")
    #expect(!left.isLinkUp && right.isLinkUp)
    (left.backend as? EmulatedAdapter)?.setLink(up: true)
    #expect(left.isLinkUp)
  }

  @Test func theLinkIsDownWithoutAPeer() throws {
    let left = try Driver.open("emu:cable:lonely/0")
    #expect(!left.isLinkUp)
    let right = try Driver.open("emu:cable:lonely/1")
    #expect(left.isLinkUp && right.isLinkUp)
  }

  @Test func framesAboveTheMTUAreLostAndCounted() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver()
    rig.right.setMTU(1500)
    #expect(rig.right.mtu == 1500)
    sender.send(rig.frame(1518), rig.frame(1519), rig.frame(60))
    #expect(receiver.events() == [0x0001_0000_0000_05ee, 0x0002_0000_0000_003c])
    #expect(rig.right.statistics()[test: "rx_oversize"] == 1)
    rig.left.setMTU(1500)
    sender.send(rig.frame(1519))
    #expect(rig.left.statistics()[test: "tx_oversize"] == 1)
    #expect(sender.events().last == 0x2000_0000_0000_0003 && receiver.events().isEmpty)
  }

  @Test func malformedFramesCompleteAndAreCounted() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    sender.send(Array(rig.frame(60).prefix(13)))
    sender.write(TransmitDescriptor(address: sender.address.rawValue, length: 0, continues: false))
    sender.pushTransmit()
    #expect(sender.events() == [0x2000_0000_0000_0000, 0x2000_0000_0000_0001])
    #expect(rig.left.statistics()[test: "tx_failed"] == 2 && sender.statistic("tx_dropped") == 2)
  }
}
