import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Glibc
import Testing

/// What the adapter writes to packed-stream buffers, its events, and what it does when credits or buffers run out.
@Suite struct PackedStreamWordTests {
  /// A receiver with its buffers, by hand.
  final class Receiver {
    let adapter: EmulatedAdapter
    let grant: InterfaceGrant
    let size: Int
    let base: UnsafeMutableRawPointer
    private let address: DMAAddress
    private let domain: UInt32
    private let count: Int
    private var added = 0
    private var eventRead = 0

    init(_ adapter: EmulatedAdapter, _ flags: InterfaceFlags = [], buffers: Int = 16, credits: Int = 20) throws {
      self.adapter = adapter
      size = flags.contains(.packedStream64K) ? 1 << 16 : 1 << 20
      count = buffers
      domain = try adapter.allocateDomain(flags: .receivePackedStream)
      base = .allocate(byteCount: buffers * size, alignment: 1 << 20)
      address = try adapter.register(base, byteCount: buffers * size, domain: domain)
      grant = try adapter.allocateInterface(
        InterfaceRequest(
          domain: domain,
          options: InterfaceOptions(transmitCapacity: 0, flags: flags.union(.receivePackedStream))))
      _ = try adapter.insert(.ethernet(adapter.macAddress), interface: grant.resource)
      post(buffers)
      // The first credit is there from the start.
      if credits > 1 { give(credits - 1) }
    }

    deinit {
      adapter.freeInterface(grant.resource)
      adapter.unregister(address, byteCount: count * size, domain: domain)
      adapter.freeDomain(domain)
      base.deallocate()
    }

    func post(_ count: Int) {
      for _ in 0..<count {
        let buffer = address.rawValue + UInt64(added % self.count * size)
        grant.receiveRing[added % grant.receiveCapacity] = ReceiveDescriptor(address: buffer | 256, length: 1792).word
        added += 1
      }
      grant.doorbells.storeBytes(
        of: UInt32(added & ~7 & (grant.receiveCapacity - 1)), toByteOffset: DoorbellPage.receiveDoorbell,
        as: UInt32.self)
      grant.service?(grant.serviceContext, InterfaceGrant.Reason.receiveDoorbell)
    }

    func give(_ credits: Int) {
      grant.command?(grant.serviceContext, DoorbellPage.receiveDoorbell, UInt64(PackedStreamCredit.word(credits)))
    }

    func events() -> [UInt64] {
      grant.service?(grant.serviceContext, InterfaceGrant.Reason.poll)
      let slots = grant.eventQueue.assumingMemoryBound(to: UInt64.self)
      var words: [UInt64] = []
      while EventWord(word: slots[eventRead & (grant.eventCapacity - 1)]).isPresent {
        words.append(slots[eventRead & (grant.eventCapacity - 1)])
        slots[eventRead & (grant.eventCapacity - 1)] = .max
        eventRead += 1
      }
      return words
    }

    func prefix(_ offset: Int) -> PackedStreamLayout.Prefix { PackedStreamLayout.Prefix(loading: base + offset) }
    func bytes(_ offset: Int, _ count: Int) -> [UInt8] {
      Array(UnsafeRawBufferPointer(start: base + offset, count: count))
    }
    func statistic(_ name: String) -> UInt64 { adapter.statistics(interface: grant.resource)[test: name] }
  }

  let rig: Rig
  let sender: RawInterface

  init() throws {
    rig = try Rig()
    sender = try RawInterface(rig.left)
  }

  private func send(_ count: Int, length: Int = 60) {
    for number in 0..<count {
      sender.write(rig.frame(length, fill: UInt8(truncatingIfNeeded: number)))
      if number % 32 == 31 { sender.pushTransmit() }
    }
    sender.pushTransmit()
  }

  @Test func framesStandOneBehindTheOther() throws {
    let receiver = try Receiver(rig.right)
    sender.send(rig.frame(60, fill: 1), rig.frame(1514, fill: 2), rig.frame(61, fill: 3))
    // Three packets in a new buffer.
    #expect(receiver.events() == [0x0022_0000_0000_0000])
    for (offset, count, fill) in [(256, 60, 1), (448, 1514, 2), (2048, 61, 3)] as [(Int, Int, UInt8)] {
      #expect(
        receiver.prefix(offset)
          == PackedStreamLayout.Prefix(timestamp: .max, captured: UInt16(count), original: UInt16(count)))
      #expect(receiver.bytes(offset + 8, count) == rig.frame(count, fill: fill))
    }
    sender.send(rig.frame(60, fill: 4))
    #expect(receiver.events() == [0x0003_0000_0000_0000])
    #expect(receiver.bytes(2048 + 192 + 8, 60) == rig.frame(60, fill: 4))
    #expect(receiver.statistic("rx_packets") == 4 && receiver.statistic("rx_bytes") == 60 + 1514 + 61 + 60)
  }

  @Test func anEventTellsOfFifteenAtMost() throws {
    let receiver = try Receiver(rig.right)
    send(33)
    #expect(receiver.events() == [0x002e_0000_0000_0000, 0x000d_0000_0000_0000, 0x0000_0000_0000_0000])
  }

  @Test func classesAreNotToldButErrorsAre() throws {
    let receiver = try Receiver(rig.right)
    let raw = try RawInterface(rig.left, InterfaceOptions(flags: [.noIPChecksum, .noL4Checksum]))
    var bad = rig.datagram()
    bad[41] = 1
    for frame in [rig.frame(60), bad, rig.frame(60)] { raw.write(frame) }
    raw.pushTransmit()
    #expect(receiver.events() == [0x0020_0000_0000_0000, 0x0001_0000_0600_0000, 0x0002_0000_0000_0000])
    #expect(receiver.statistic("rx_checksum_errors") == 1)
  }

  @Test func stampsStandInThePrefix() throws {
    let rig = try Rig.withManualClocks()
    rig.right.setClock(1_700_000_000_250_000_000)
    let receiver = try Receiver(rig.right, .receiveTimestamps)
    let sender = try RawInterface(rig.left)
    sender.send(rig.frame(60))
    let words = receiver.events()
    // Time syncs, then the packet.
    #expect(words.map { EventWord(word: $0).code } == [12, 12, 0])
    #expect(receiver.prefix(256).timestamp == 1_000_000_000)
  }

  @Test func aFrameThatWasCutKeepsItsLength() throws {
    var settings = AdapterSettings()
    settings.faults.receive.cut = 1
    let rig = try Rig(AdapterSettings(), settings)
    let receiver = try Receiver(rig.right)
    let sender = try RawInterface(rig.left)
    sender.send(rig.frame(1000))
    let words = receiver.events()
    #expect(words == [0x0020_0000_2000_0000])
    let prefix = receiver.prefix(256)
    #expect(prefix.original == 1000 && prefix.captured < 1000 && prefix.captured >= 60)
  }

  @Test func aBufferIsFullWhenTheNextPrefixWouldBeBehindIt() throws {
    let receiver = try Receiver(rig.right, .packedStream64K)
    // 340 frames of 192 bytes leave 256 + 340 * 192 = 65536: the last does not fit.
    send(340)
    var words = receiver.events()
    words += receiver.events()
    #expect(words.filter { $0 & 1 << 53 != 0 }.count == 2)
    var packets = 0
    var last: UInt64 = 15
    for word in words {
      if word & 1 << 53 != 0, packets > 0 { #expect(packets == 339) }
      packets += Int((word >> 48 &- last) & 15)
      last = word >> 48 & 15
    }
    #expect(packets == 340)
    #expect(receiver.bytes(256 + 338 * 192 + 8, 60) == rig.frame(60, fill: 82))
    #expect(receiver.bytes(65536 + 256 + 8, 60) == rig.frame(60, fill: 83))
  }

  @Test func oneCreditIsOneBufferOf64KiB() throws {
    let receiver = try Receiver(rig.right, .packedStream64K, credits: 1)
    send(350)
    let words = receiver.events() + receiver.events()
    #expect(words.filter { $0 & 1 << 53 != 0 }.count == 1)
    #expect(receiver.statistic("rx_packets") == 339)
    #expect(receiver.statistic("rx_no_credit") == 11 && receiver.statistic("rx_no_descriptor") == 0)
    #expect(rig.right.statistics()[test: "rx_no_credit"] == 11)
    receiver.give(1)
    send(1)
    #expect(receiver.events().count == 1)
    #expect(receiver.statistic("rx_packets") == 340)
  }

  @Test func aBoundaryOf64KiBInALargeBufferIsACredit() throws {
    let receiver = try Receiver(rig.right, credits: 2)
    // One for the buffer, one for the first boundary; the second cannot be crossed.
    send(14, length: 8900)
    #expect(receiver.events() == [0x002d_0000_0000_0000])
    #expect(receiver.statistic("rx_packets") == 14)
    send(1, length: 8900)
    #expect(receiver.events().isEmpty)
    #expect(receiver.statistic("rx_no_credit") == 1)
    // What stays within the boundary can still be written.
    send(1)
    #expect(receiver.events() == [0x000e_0000_0000_0000])
  }

  @Test func withoutABufferFramesAreDroppedAndCounted() throws {
    let receiver = try Receiver(rig.right, .packedStream64K, buffers: 8, credits: 64)
    for _ in 0..<12 {
      send(256)
      _ = receiver.events()
    }
    let packets = receiver.statistic("rx_packets")
    #expect(packets == 8 * 339)
    #expect(receiver.statistic("rx_no_descriptor") == 12 * 256 - packets)
    #expect(receiver.statistic("rx_no_credit") == 0)
    receiver.post(8)
    send(1)
    #expect(receiver.events().last.map { $0 & 1 << 53 } == 1 << 53)
  }

  @Test func memoryThatIsNotTheDomainsStopsTheQueueAfterWhatCameBefore() throws {
    let receiver = try Receiver(rig.right)
    let size = receiver.size
    sender.write(rig.frame(60))
    sender.pushTransmit()
    _ = receiver.events()
    // The second buffer is of nobody.
    receiver.grant.receiveRing[1] = ReceiveDescriptor(address: 0x7_0000_0000 | 256, length: 1792).word
    var words: [UInt64] = []
    for _ in 0..<(size / 9000 + 8) {
      send(1, length: 8900)
      receiver.give(1)
      words += receiver.events()
    }
    let last = try #require(words.last)
    #expect(ManagementEventWord(word: last).kind == ManagementEventWord.Kind.receiveError)
    #expect(words.dropLast().allSatisfy { EventWord(word: $0).code == EventWord.Code.receive })
    #expect(receiver.statistic("rx_dma_faults") == 1)
    #expect(receiver.statistic("rx_stopped") >= 1)
  }

  @Test func aRestartedQueueBeginsWithItsFirstBufferAndOneCredit() throws {
    let receiver = try Receiver(rig.right, .packedStream64K)
    send(3)
    #expect(receiver.events() == [0x0022_0000_0000_0000])
    try rig.right.restartReceive(interface: receiver.grant.resource)
    send(1)
    #expect(receiver.events().isEmpty, "nothing is posted")
    receiver.post(8)
    send(2)
    #expect(receiver.events() == [0x0021_0000_0000_0000])
  }

  @Test func creditsOfOtherInterfacesAreUnknownCommands() throws {
    let plain = try rig.receiver()
    let before = rig.right.statistics()[test: "unknown_commands"]
    plain.grant.command?(plain.grant.serviceContext, DoorbellPage.receiveDoorbell, 0x801)
    #expect(rig.right.statistics()[test: "unknown_commands"] == before + 1)
  }
}
