import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// A bad frame of each kind, from the cable to its event.
@Suite struct DiscardWordTests {
  typealias Bit = ReceiveEventWord.Bit

  /// UDP inside VXLAN or GRE, its checksums right.
  private func tunnel(_ rig: Rig, gre: Bool, damage: (inout [UInt8]) -> Void = { _ in }) -> [UInt8] {
    var inner = rig.datagram()
    inner.withUnsafeMutableBytes { FrameLayout.fillChecksums($0, ip: true, l4: true) }
    damage(&inner)
    let header: [UInt8] =
      gre
      ? [0, 0, 0x65, 0x58]
      : [0x10, 0, 0x12, 0xb5, 0, UInt8(16 + inner.count), 0, 0, 8, 0, 0, 0, 0, 0, 5, 0]
    let length = 20 + header.count + inner.count
    let ip: [UInt8] = [
      0x45, 0, 0, UInt8(length), 0, 0, 0, 0, 64, gre ? 47 : 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
    ]
    return Array(rig.datagram()[..<14]) + ip + header + inner
  }

  private func words(_ rig: Rig, _ frame: [UInt8], flags: InterfaceFlags = []) throws -> [UInt64] {
    let receiver = try rig.receiver()
    let sender = try RawInterface(rig.left, InterfaceOptions(flags: flags))
    sender.send(frame)
    return receiver.events()
  }

  @Test func aFrameInsideAnotherHasItsClassesAndTheKindOfItsCarrier() throws {
    let rig = try Rig()
    // IPv4 and UDP inside; 1 VXLAN, 2 GRE.
    #expect(try words(rig, tunnel(rig, gre: false)) == [0x0001_4401_0000_007c])
    #expect(try words(rig, tunnel(rig, gre: true)) == [0x0001_4402_0000_0070])
  }

  @Test(arguments: [false, true])
  func badChecksumsInsideHaveBitsOfTheirOwn(_ gre: Bool) throws {
    let rig = try Rig()
    let ip = try words(rig, tunnel(rig, gre: gre) { $0[22] ^= 1 })
    #expect(ip.map { $0 & Bit.anyError } == [Bit.innerIPChecksumBad])
    let udp = try words(rig, tunnel(rig, gre: gre) { $0[60] ^= 1 })
    #expect(udp.map { $0 & Bit.anyError } == [Bit.innerL4ChecksumBad])
  }

  @Test func headersThatAreCutAreMarked() throws {
    let rig = try Rig()
    var frame = rig.datagram()
    // A header length of 60 bytes, of which the frame has 46.
    frame[14] = 0x4f
    let word = try #require(try words(rig, Array(frame[..<60]), flags: .noIPChecksum).first)
    #expect(word & Bit.parseIncomplete != 0 && word & Bit.anyError == 0)
    #expect(ReceiveEventWord(word: word).l3Class == 0)
  }

  /// What a fault plan or a sender does to a frame, and the bits that its event has.
  struct Kind: Sendable {
    var name: String
    var bits: UInt64
    var reason: DiscardReason
    /// The mask that selects it alone.
    var mask: DiscardMask
  }

  static let kinds = [
    Kind(name: "corrupt", bits: Bit.frameCheckBad, reason: .frameCheckBad, mask: .frameCheckError),
    Kind(name: "cut", bits: Bit.truncated, reason: .frameCheckBad, mask: .lengthError),
    Kind(name: "ip", bits: Bit.ipChecksumBad, reason: .checksumBad, mask: .l3ChecksumError),
    Kind(name: "udp", bits: Bit.l4ChecksumBad, reason: .checksumBad, mask: .l4ChecksumError),
    Kind(name: "inner ip", bits: Bit.innerIPChecksumBad, reason: .innerChecksumBad, mask: .innerL3ChecksumError),
    Kind(name: "inner udp", bits: Bit.innerL4ChecksumBad, reason: .innerChecksumBad, mask: .innerL4ChecksumError),
  ]

  @Test(arguments: kinds, [InterfaceFlags(), .receiveEventMerge])
  func eachKindIsADiscardUnderItsMaskAndNoneWithout(_ kind: Kind, _ flags: InterfaceFlags) throws {
    for mask in [kind.mask, DiscardMask.standard, []] {
      let fault = ["corrupt": ",rx-corrupt=1,seed=5", "cut": ",rx-truncate=1"][kind.name] ?? ""
      let rig = try Rig(named: "discard-\(kind.bits)-\(flags.rawValue)-\(mask.rawValue)", options: fault)
      let driver = try #require(rig.driver)
      var receiver = try driver.allocateProtectionDomain().allocateVirtualInterface(InterfaceOptions(flags: flags))
      let memory = try MemoryRegistration(receiver.protectionDomain, DMAMemory(byteCount: 8 * 2048))
      for index in 0..<8 { try receiver.receivePost(memory.dmaAddress(index * 2048), id: RequestID(index)) }
      try receiver.addFilter(.unicastAll)
      receiver.receiveDiscards = mask
      let isAsItIs = kind.name == "ip" || kind.name == "udp"
      let sender = try RawInterface(
        rig.left, InterfaceOptions(flags: isAsItIs ? [.noIPChecksum, .noL4Checksum] : []))
      sender.send(frame(kind, rig))
      var batch = EventBatch()
      receiver.poll(&batch)
      #expect(batch.count == 1)
      let isDiscard = !mask.isEmpty
      switch batch[0] {
      case .receive, .receiveMulti: #expect(!isDiscard)
      case .receiveDiscard(let event): #expect(isDiscard && event.reason == kind.reason)
      case .receiveMultiDiscard(let event): #expect(isDiscard && event.reason == kind.reason)
      default: Issue.record("\(batch[0])")
      }
      // Marked or not, the buffer is consumed.
      let fill = receiver.receiveFillLevel
      #expect(flags.isEmpty ? fill == 7 : fill == 8)
    }
  }

  private func frame(_ kind: Kind, _ rig: Rig) -> [UInt8] {
    var datagram = rig.datagram()
    datagram.withUnsafeMutableBytes { FrameLayout.fillChecksums($0, ip: true, l4: true) }
    switch kind.name {
    case "ip": datagram[22] ^= 1
    case "udp": datagram[60] ^= 1
    case "inner ip": return tunnel(rig, gre: false) { $0[22] ^= 1 }
    case "inner udp": return tunnel(rig, gre: true) { $0[60] ^= 1 }
    default: return rig.frame(500)
    }
    return datagram
  }

  @Test func everyBitCanBeRaised() throws {
    let rig = try Rig(named: "discard-raise")
    let driver = try #require(rig.driver)
    var receiver = try driver.allocateProtectionDomain().allocateVirtualInterface()
    let memory = try MemoryRegistration(receiver.protectionDomain, DMAMemory(byteCount: 8 * 2048))
    for index in 0..<8 { try receiver.receivePost(memory.dmaAddress(index * 2048), id: RequestID(index)) }
    for (index, kind) in Self.kinds.enumerated() {
      try rig.right.raise(
        ReceiveEventWord(bytes: 60, label: 0, pointer: UInt32(index + 1), flags: kind.bits).word,
        interface: receiver.resourceID)
    }
    var batch = EventBatch()
    receiver.poll(&batch)
    #expect(batch.count == Self.kinds.count)
    for (index, kind) in Self.kinds.enumerated() {
      guard case .receiveDiscard(let event) = batch[index] else {
        Issue.record("\(batch[index])")
        continue
      }
      #expect(event.reason == kind.reason && event.id == RequestID(index))
    }
  }
}
