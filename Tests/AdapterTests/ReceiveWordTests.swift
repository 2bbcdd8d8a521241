import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// The event words and bytes that a frame leaves in its receiver.
@Suite struct ReceiveWordTests {
  let rig: Rig
  let sender: RawInterface

  init() throws {
    rig = try Rig()
    sender = try RawInterface(rig.left)
  }

  @Test func aFrameIsOneWordAndItsBytes() throws {
    let receiver = try rig.receiver()
    sender.send(rig.frame(100, fill: 7))
    #expect(receiver.events() == [0x0001_0000_0000_0064])
    #expect(receiver.received(0, 100) == rig.frame(100, fill: 7))
  }

  @Test func aShortFrameIsPadded() throws {
    let receiver = try rig.receiver()
    sender.send(rig.frame(20))
    #expect(receiver.events() == [0x0001_0000_0000_003c])
    #expect(receiver.received(0, 60) == rig.frame(20) + [UInt8](repeating: 0, count: 40))
  }

  @Test func theClassesStandInTheWord() throws {
    let receiver = try rig.receiver()
    _ = try rig.right.insert(.multicastAll, interface: receiver.grant.resource)
    sender.send(rig.datagram())
    sender.send(rig.datagram(to: MACAddress(value: 0x0100_5e00_0001)))
    sender.send(rig.datagram(vlan: 5))
    // IPv4 and UDP; with multicast; with one VLAN tag.
    #expect(
      receiver.events() == [0x0001_4400_0000_004a, 0x0002_4408_0000_004a, 0x0003_4480_0000_004e])
  }

  @Test func badChecksumsStandInTheWord() throws {
    let receiver = try rig.receiver()
    let raw = try RawInterface(rig.left, InterfaceOptions(flags: [.noIPChecksum, .noL4Checksum]))
    var frame = rig.datagram()
    frame[41] = 1
    raw.send(frame)
    #expect(receiver.events() == [0x0001_4400_0600_004a])
    let half = try RawInterface(rig.left, InterfaceOptions(flags: .noL4Checksum))
    half.send(frame)
    #expect(receiver.events() == [0x0002_4400_0400_004a])
    // A zero UDP checksum is none.
    half.send(rig.datagram())
    #expect(receiver.events() == [0x0003_4400_0000_004a])
    #expect(receiver.statistic("rx_checksum_errors") == 2)
  }

  @Test func aLongFrameContinues() throws {
    let receiver = try rig.receiver()
    let frame = rig.frame(4000, fill: 3)
    sender.send(frame)
    #expect(receiver.events() == [0x0001_0000_0000_4700, 0x0002_0000_0000_4700, 0x0003_0000_0000_01a0])
    #expect(receiver.received(0, 1792) + receiver.received(1, 1792) + receiver.received(2, 416) == frame)
  }

  @Test func anErrorStandsInTheLastWordOfALongFrame() throws {
    let receiver = try rig.receiver()
    let raw = try RawInterface(rig.left, InterfaceOptions(flags: .noL4Checksum))
    var frame = rig.datagram(payload: 2000)
    frame[41] = 1
    raw.send(frame)
    #expect(receiver.events() == [0x0001_4400_0000_4700, 0x0002_4400_0400_00fa])
  }

  @Test func aFrameIsCutWhereDescriptorsEnd() throws {
    let receiver = try rig.receiver(posted: 8)
    sender.send(rig.frame(100), rig.frame(100), rig.frame(100), rig.frame(100))
    sender.send(rig.frame(100), rig.frame(100), rig.frame(100), rig.frame(4000))
    let words = receiver.events()
    #expect(words.suffix(2) == [0x0008_0000_0000_4700, 0x0008_0000_4000_0000])
    #expect(receiver.statistic("rx_truncated") == 1)
    sender.send(rig.frame(100))
    #expect(receiver.events().isEmpty && receiver.statistic("rx_no_descriptor") == 1)
    receiver.post(8)
    sender.send(rig.frame(100))
    #expect(receiver.events() == [0x0009_0000_0000_0064])
  }

  @Test func thePointerIsThatOfTheRingOverItsWrap() throws {
    let receiver = try rig.receiver(posted: 504)
    for number in 1...1400 {
      sender.send(rig.frame(60, fill: UInt8(truncatingIfNeeded: number)))
      #expect(receiver.events() == [UInt64(number & 15) << 48 | 60], "frame \(number)")
      #expect(receiver.received(number - 1, 60) == rig.frame(60, fill: UInt8(truncatingIfNeeded: number)))
      if number % 8 == 0 { receiver.post(8) }
    }
  }

  @Test func descriptorsAreTakenUpToTheDoorbell() throws {
    let receiver = try rig.receiver(posted: 15)
    for _ in 0..<10 { sender.send(rig.frame(60)) }
    #expect(receiver.events().count == 8)
    #expect(receiver.statistic("rx_no_descriptor") == 2)
  }

  @Test func theRingHoldsItsSizeLessOne() throws {
    let receiver = try rig.receiver(posted: 511)
    for _ in 0..<520 { sender.send(rig.frame(60)) }
    // 504 went to the doorbell, as a multiple of eight.
    // One service takes 256 frames from the wire.
    #expect([256, 248, 0] == (0..<3).map { _ in receiver.events().count })
    #expect(receiver.statistic("rx_no_descriptor") == 16)
  }

  @Test func theBufferLengthOfADescriptorHolds() throws {
    let receiver = try RawInterface(rig.right)
    _ = try rig.right.insert(.ethernet(rig.right.macAddress), interface: receiver.grant.resource)
    for index in 0..<8 { receiver.write(receiver.buffer(index), length: 100 + index) }
    receiver.pushReceive()
    sender.send(rig.frame(300))
    #expect(receiver.events() == [0x0001_0000_0000_4064, 0x0002_0000_0000_4065, 0x0003_0000_0000_0063])
    #expect(receiver.received(0, 101)[100] == 0)
  }

  @Test func aGroupFrameGoesToEachInterfaceThatWantsIt() throws {
    let group = MACAddress(value: 0x0100_5e00_0005)
    let receivers = try (0..<3).map { _ in try RawInterface(rig.right) }
    for receiver in receivers {
      _ = try rig.right.insert(.ethernet(group), interface: receiver.grant.resource)
      receiver.post(8)
    }
    sender.send(rig.datagram(to: group))
    for receiver in receivers {
      #expect(receiver.events() == [0x0001_4408_0000_004a])
      // The adapter filled the checksums in; the copies are of one frame.
      #expect(receiver.received(0, 74) == receivers[0].received(0, 74))
    }
    #expect(rig.right.statistics()[test: "rx_replicated"] == 2)
    #expect(rig.right.statistics()[test: "rx_delivered"] == 1)
  }
}
