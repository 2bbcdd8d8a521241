import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// What the metadata of an X3 and an X4 express say of a frame: classes, checksums, faults, time.
@Suite struct FrameMetadataWordTests {
  /// A receiver of either generation with one queue, and its metadata in order.
  final class Receiver {
    let rig: Rig
    let sender: RawInterface
    let interface: RawExpress
    private let queue: ReceiveQueueGrant
    private var read = 0

    init(
      _ generation: Generation, _ options: InterfaceOptions = InterfaceOptions(receiveCapacity: 1024),
      _ change: (inout AdapterSettings) -> Void = { _ in }
    ) throws {
      var settings = AdapterSettings()
      settings.generation = generation
      change(&settings)
      rig = try Rig(AdapterSettings(), settings)
      if settings.hasManualClock { rig.right.setClock(0x5f00_1234 * 1_000_000_000 + 486_539_264) }
      sender = try RawInterface(rig.left, InterfaceOptions(flags: [.noIPChecksum, .noL4Checksum]))
      interface = try RawExpress(rig.right, options, superbufs: 1)
      queue = try interface.receive(.ethernet(rig.right.macAddress))
      if generation != .x3 { try interface.post(0, queue) }
    }

    func metadata(of frame: [UInt8]) throws -> FrameMetadata {
      sender.send(frame)
      _ = interface.events()
      read += 1
      if let superbufs = queue.superbufs { return Slot(superbufs, read).metadata }
      return Slot(try interface.superbuf(0), read - 1).metadata
    }
  }

  /// Bytes with their IPv4 header and UDP checksums in place.
  private static func correct(_ frame: [UInt8]) -> [UInt8] {
    var frame = frame
    frame.withUnsafeMutableBytes { FrameLayout.fillChecksums($0, ip: true, l4: true) }
    return frame
  }

  @Test(arguments: StreamTests.generations)
  func classesAndChecksums(_ generation: Generation) throws {
    let receiver = try Receiver(generation)
    let rig = receiver.rig
    let good = Self.correct(rig.datagram())
    var metadata = try receiver.metadata(of: good)
    #expect(metadata.l2Class == 1 && metadata.l3Class == 0 && metadata.l4Class == 1)
    #expect(!metadata.l3Bad && !metadata.l4Bad && metadata.discardBits == 0)

    var bad = good
    bad[24] ^= 1
    metadata = try receiver.metadata(of: bad)
    #expect(metadata.l3Bad && !metadata.l4Bad && metadata.discardBits == FrameMetadata.Discard.l3Checksum)
    bad = good
    bad[60] ^= 1
    metadata = try receiver.metadata(of: bad)
    #expect(!metadata.l3Bad && metadata.l4Bad && metadata.discardBits == FrameMetadata.Discard.l4Checksum)
    #expect(receiver.interface.statistic("rx_checksum_errors") == 2)

    // A fragment: L4 is not judged.
    var fragment = good
    fragment[20] = 0x20
    metadata = try receiver.metadata(of: Self.correct(fragment))
    #expect(metadata.l3Class == 0 && metadata.l4Class == 2 && !metadata.l3Bad && metadata.l4Bad)
    #expect(metadata.discardBits == 0)
    // TCP, and a protocol that is neither.
    var tcp = Self.correct(rig.datagram())
    tcp[23] = 6
    metadata = try receiver.metadata(of: Self.correct(tcp))
    #expect(metadata.l4Class == 0 && !metadata.l4Bad)
    tcp[23] = 1
    metadata = try receiver.metadata(of: Self.correct(tcp))
    #expect(metadata.l3Class == 0 && !metadata.l3Bad && metadata.l4Class == 3 && metadata.l4Bad)
    #expect(metadata.discardBits == FrameMetadata.Discard.l4ClassOther)
    // One tag is Ethernet still, two are not.
    metadata = try receiver.metadata(of: Self.correct(rig.datagram(vlan: 5)))
    #expect(metadata.l2Class == 1 && metadata.l3Class == 0 && metadata.l4Class == 1)
    var tagged = rig.datagram(vlan: 5)
    tagged.insert(contentsOf: [0x81, 0, 0, 7], at: 12)
    metadata = try receiver.metadata(of: Self.correct(tagged))
    #expect(metadata.l2Class == 0 && metadata.l3Class == 2 && metadata.l4Class == 3)
    // A length in place of a type.
    var llc = rig.frame(60)
    llc.replaceSubrange(12..<14, with: [0, 46])
    metadata = try receiver.metadata(of: llc)
    #expect(metadata.l2Class == 0)
  }

  @Test(arguments: StreamTests.generations)
  func anIPv6Datagram(_ generation: Generation) throws {
    let receiver = try Receiver(generation)
    var frame = Array(receiver.rig.frame(14)) + [0x60, 0, 0, 0, 0, 16, 17, 64]
    frame.replaceSubrange(12..<14, with: [0x86, 0xdd])
    frame += [UInt8](repeating: 0xfd, count: 16) + [UInt8](repeating: 0xfe, count: 16)
    frame += [0x10, 0, 0x20, 0, 0, 16, 0, 0] + [UInt8](0..<8)
    var metadata = try receiver.metadata(of: Self.correct(frame))
    #expect(metadata.l3Class == 1 && metadata.l4Class == 1 && !metadata.l3Bad && !metadata.l4Bad)
    // Not a zero checksum either.
    metadata = try receiver.metadata(of: frame)
    #expect(metadata.l4Bad && !metadata.l3Bad)
  }

  @Test(arguments: StreamTests.generations)
  func theChecksumFieldIsTheSumBehindTheEthernetHeader(_ generation: Generation) throws {
    let receiver = try Receiver(generation)
    for count in [60, 61, 100, 1501] {
      let frame = receiver.rig.frame(count, fill: UInt8(truncatingIfNeeded: count))
      var sum = 0
      for index in 14..<count { sum += Int(frame[index]) << ((index - 14) % 2 == 0 ? 8 : 0) }
      while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
      #expect(try receiver.metadata(of: frame).checksum == UInt16(sum))
    }
  }

  @Test(arguments: StreamTests.generations)
  func damageStandsInTheL2Status(_ generation: Generation) throws {
    let corrupt = try Receiver(generation) { $0.faults.receive.corrupt = 1 }
    // The plan may hit the address; then the filter does not match.
    var seen = 0
    for _ in 0..<40 where seen == 0 {
      corrupt.sender.send(corrupt.rig.frame(1000))
      _ = corrupt.interface.events()
      seen = Int(corrupt.interface.statistic("rx_packets"))
    }
    #expect(try corrupt.metadata(of: corrupt.rig.frame(1000)).l2Status == 2)
    #expect(corrupt.interface.statistic("rx_fcs_errors") > 0)
    let cut = try Receiver(generation) { $0.faults.receive.cut = 1 }
    var metadata = FrameMetadata(first: 0, second: 0)
    for _ in 0..<5 where metadata.length == 0 { metadata = try cut.metadata(of: cut.rig.frame(1000)) }
    #expect(metadata.l2Status == 1 && metadata.length < 1000 && metadata.discardBits & 8 != 0)
  }

  @Test(arguments: StreamTests.generations)
  func theTimeStandsInTheSecondWord(_ generation: Generation) throws {
    let receiver = try Receiver(
      generation, InterfaceOptions(receiveCapacity: 1024, flags: .receiveTimestamps)
    ) { $0.hasManualClock = true }
    var metadata = try receiver.metadata(of: receiver.rig.frame(60))
    #expect(metadata.second == 0x5f00_1234_7400_0000 && metadata.timestampStatus == 1)
    receiver.rig.right.advanceClock(by: 513_460_737)
    metadata = try receiver.metadata(of: receiver.rig.frame(60))
    #expect(metadata.seconds == 0x5f00_1235 && metadata.quarters == 4)
    // An X3 says that there is a time, an X4 also what the clock is worth.
    let clock = receiver.rig.right
    for (isSet, isInSync, status) in [(false, false, 2), (true, false, 3), (true, true, 1)] as [(Bool, Bool, UInt8)] {
      clock.setClockState(isSet: isSet, isInSync: isInSync)
      #expect(try receiver.metadata(of: receiver.rig.frame(60)).timestampStatus == (generation == .x3 ? 1 : status))
    }
  }

  @Test func anX3KeepsTheLastTimeSyncInSharedMemory() throws {
    let receiver = try Receiver(
      .x3, InterfaceOptions(receiveCapacity: 1024, flags: .receiveTimestamps)
    ) { $0.hasManualClock = true }
    let queue = try receiver.interface.attach(5)
    let area = try #require(queue.shared)
    var word: UInt64 { area.load(fromByteOffset: 192, as: UInt64.self) & 0x3_ffff_ffff_ffff }
    #expect(word == 0x3_5f00_1234_7400)
    let clock = receiver.rig.right
    for (quarter, time) in [0x5f00_1234_af9a, 0x5f00_1234_eb35, 0x5f00_1235_3865].enumerated()
      as EnumeratedSequence<[UInt64]>
    {
      clock.advanceClock(by: 250_000_000)
      receiver.interface.service()
      #expect(word == 3 << 48 | time, "quarter \(quarter)")
    }
    clock.setClockState(isSet: true, isInSync: false)
    receiver.interface.service()
    #expect(word >> 48 == 2)
    // No event: those are for transmit timestamps.
    #expect(receiver.interface.events().isEmpty)
  }
}
