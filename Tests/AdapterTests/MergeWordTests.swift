import EmulatedAdapter
import EmulatedWires
import EtherFabric
import EtherFabricFormats
import Glibc
import Testing

/// The words and prefixes that merged events leave in their receiver.
@Suite struct MergeWordTests {
  let rig: Rig
  let sender: RawInterface

  init() throws {
    rig = try Rig()
    sender = try RawInterface(rig.left)
  }

  private func receiver(_ flags: InterfaceFlags = [], posted: Int = 64) throws -> RawInterface {
    try rig.receiver(InterfaceOptions(flags: flags.union(.receiveEventMerge)), posted: posted)
  }

  private func send(_ count: Int, length: Int = 60) {
    for number in 0..<count { sender.write(rig.frame(length, fill: UInt8(truncatingIfNeeded: number))) }
    sender.pushTransmit()
  }

  /// Length in the prefix of a buffer.
  private func length(_ receiver: RawInterface, _ slot: Int) -> Int {
    ReceivePrefix.packetLength(of: receiver.memory.base + slot * 2048)
  }

  @Test func oneFrameIsOneEventAtOnce() throws {
    let receiver = try receiver()
    send(1, length: 100)
    #expect(receiver.events() == [0x0001_0000_0000_0072])
    #expect(length(receiver, 0) == 100)
    #expect(Array(receiver.received(0, 114)[14...]) == rig.frame(100))
  }

  @Test func theFramesOfAServiceShareEvents() throws {
    let receiver = try receiver()
    send(33)
    #expect(receiver.events() == [0x000f_0000_0000_004a, 0x000e_0000_0000_004a, 0x0001_0000_0000_004a])
    for slot in 0..<33 { #expect(Array(receiver.received(slot, 74)[14...]) == rig.frame(60, fill: UInt8(slot))) }
    // Nothing is kept back for the next service.
    #expect(receiver.events().isEmpty)
    #expect(receiver.statistic("rx_packets") == 33)
  }

  @Test func framesOfOtherClassesHaveAnotherEvent() throws {
    let receiver = try receiver()
    _ = try rig.right.insert(.multicastAll, interface: receiver.grant.resource)
    sender.write(rig.datagram())
    sender.write(rig.datagram())
    sender.write(rig.datagram(to: MACAddress(value: 0x0100_5e00_0001)))
    sender.write(rig.frame(60))
    sender.pushTransmit()
    #expect(receiver.events() == [0x0002_4400_0000_0058, 0x0003_4408_0000_0058, 0x0004_0000_0000_004a])
  }

  @Test func badFramesShareNoEventWithGoodOnes() throws {
    let receiver = try receiver()
    let raw = try RawInterface(rig.left, InterfaceOptions(flags: [.noIPChecksum, .noL4Checksum]))
    var bad = rig.datagram()
    bad[41] = 1
    var good = rig.datagram()
    good[24] = 0x66
    good[25] = 0xaf
    for frame in [good, good, bad, bad, good] { raw.write(frame) }
    raw.pushTransmit()
    let words = receiver.events()
    #expect(words.map { $0 >> 48 & 0xf } == [2, 4, 5])
    #expect(words.map { $0 & ReceiveEventWord.Bit.anyError != 0 } == [false, true, false])
    #expect(receiver.statistic("rx_checksum_errors") == 2)
  }

  @Test func theFirstAndTheLastBufferOfAJumboHaveEventsOfTheirOwn() throws {
    let receiver = try receiver()
    sender.write(rig.frame(100))
    sender.write(rig.frame(8900, fill: 3))
    sender.write(rig.frame(100))
    sender.pushTransmit()
    // One; the first of five, the three in the middle, the last; one.
    #expect(
      receiver.events() == [
        0x0001_0000_0000_0072, 0x0002_0000_0000_4700, 0x0005_0000_0000_4700, 0x0006_0000_0000_06d2,
        0x0007_0000_0000_0072,
      ])
    #expect([0, 1, 6].map { length(receiver, $0) } == [100, 8900, 100])
    let bytes =
      receiver.received(1, 1792)[14...] + (2..<5).flatMap { receiver.received($0, 1792) } + receiver.received(5, 1746)
    #expect(Array(bytes) == rig.frame(8900, fill: 3))
  }

  @Test func theMiddleOfALongFrameIsCutByTheLimit() throws {
    let receiver = try RawInterface(rig.right, InterfaceOptions(flags: .receiveEventMerge))
    _ = try rig.right.insert(.ethernet(rig.right.macAddress), interface: receiver.grant.resource)
    for slot in 0..<24 { receiver.write(receiver.buffer(slot), length: 100) }
    receiver.pushReceive()
    sender.send(rig.frame(1900))
    // 20 buffers: 1, 15, 3 and 1.
    #expect(
      receiver.events() == [
        0x0001_0000_0000_4064, 0x0000_0000_0000_4064, 0x0003_0000_0000_4064, 0x0004_0000_0000_000e,
      ])
  }

  @Test func descriptorsThatEndWithinAFrameAreToldByAnEventThatCompletesNone() throws {
    let receiver = try receiver(posted: 8)
    for _ in 0..<7 { sender.write(rig.frame(60)) }
    sender.write(rig.frame(4000))
    sender.write(rig.frame(60))
    sender.pushTransmit()
    #expect(receiver.events() == [0x0007_0000_0000_004a, 0x0008_0000_0000_4700, 0x0008_0000_4000_0000])
    #expect(receiver.statistic("rx_truncated") == 1 && receiver.statistic("rx_no_descriptor") == 1)
  }

  @Test func aTimeSyncDoesNotOvertakePackets() throws {
    // Frames that bring their times: the third is beyond the sync of the first.
    var name = Array("/tmp/efvi-merge-XXXXXX".utf8CString)
    let file = mkstemp(&name)
    defer {
      close(file)
      unlink(name)
    }
    let path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let writer = try CaptureWriter(path: path)
    for milliseconds in [0, 100, 300, 350] as [UInt64] {
      rig.frame(60).withUnsafeBytes {
        _ = writer.record($0.baseAddress!, length: 60, timestamp: 1_700_000_000_000_000_000 + milliseconds * 1_000_000)
      }
    }
    try writer.close()
    var settings = AdapterSettings()
    settings.waitsForPoll = true
    let adapter = try EmulatedAdapter(wire: ReplayWire(path: path), settings: settings)
    let receiver = try RawInterface(adapter, InterfaceOptions(flags: [.receiveEventMerge, .receiveTimestamps]))
    _ = try adapter.insert(.ethernet(rig.right.macAddress), interface: receiver.grant.resource)
    receiver.post(16)
    let words = receiver.events()
    // The sync of the allocation, that of the first frame, two frames, a sync, two frames, the sync of now.
    #expect(words.map { EventWord(word: $0).code } == [12, 12, 0, 12, 0, 12])
    #expect([words[2], words[4]] == [0x0002_0000_0000_004a, 0x0004_0000_0000_004a])
  }

  @Test func aFaultReportsWhatCameBefore() throws {
    let receiver = try RawInterface(rig.right, InterfaceOptions(flags: .receiveEventMerge))
    _ = try rig.right.insert(.ethernet(rig.right.macAddress), interface: receiver.grant.resource)
    for slot in 0..<8 { receiver.write(slot == 3 ? 0x7_0000_0000 : receiver.buffer(slot)) }
    receiver.pushReceive()
    send(5)
    let words = receiver.events()
    #expect(words.first == 0x0003_0000_0000_004a)
    #expect(words.count == 2 && ManagementEventWord(word: words[1]).kind == ManagementEventWord.Kind.receiveError)
    #expect(receiver.statistic("rx_dma_faults") == 1 && receiver.statistic("rx_stopped") == 2)
  }

  // MARK: Filter ids

  private func filterID(_ receiver: RawInterface, _ slot: Int) -> UInt16? {
    ReceivePrefix.filterID(of: receiver.memory.base + slot * 2048)
  }

  @Test(arguments: [InterfaceFlags.receiveFilterID, [.receiveFilterID, .receiveEventMerge]])
  func thePrefixNamesTheFilter(_ flags: InterfaceFlags) throws {
    let receiver = try RawInterface(rig.right, InterfaceOptions(flags: flags))
    let interface = receiver.grant.resource
    let mac = try rig.right.insert(.ethernet(rig.right.macAddress), interface: interface)
    let udp = try rig.right.insert(.udp(local: IPEndpoint("10.0.0.2:8192")!), interface: interface)
    receiver.post(64)
    sender.write(rig.frame(60))
    sender.write(rig.datagram())
    sender.write(rig.frame(60))
    sender.pushTransmit()
    #expect(receiver.events().count == 3)
    let ids = try [mac, udp, mac].map { UInt16(try rig.right.query($0, interface: interface).hardwareFilterID) }
    #expect((0..<3).map { filterID(receiver, $0) } == ids)
    #expect(ids[0] != ids[1])
  }

  @Test func withoutTheFlagThePrefixIsMarked() throws {
    let receiver = try receiver()
    send(1)
    #expect(receiver.events().count == 1)
    #expect(filterID(receiver, 0) == nil)
    #expect(receiver.received(0, 8)[7] == 0x80)
  }

  @Test func eachCopyOfAGroupFrameNamesTheFilterOfItsInterface() throws {
    let group = MACAddress(value: 0x0100_5e00_0005)
    var ids: [UInt16] = []
    let receivers = try (0..<3).map { _ in
      let receiver = try RawInterface(rig.right, InterfaceOptions(flags: .receiveFilterID))
      let cookie = try rig.right.insert(.ethernet(group), interface: receiver.grant.resource)
      ids.append(UInt16(try rig.right.query(cookie, interface: receiver.grant.resource).hardwareFilterID))
      receiver.post(8)
      return receiver
    }
    sender.send(rig.datagram(to: group))
    for (receiver, id) in zip(receivers, ids) {
      // As without the flag, but for the 14 bytes of the prefix.
      #expect(receiver.events() == [0x0001_4408_0000_0058])
      #expect(filterID(receiver, 0) == id)
    }
    #expect(Set(ids).count == 3)
  }
}
