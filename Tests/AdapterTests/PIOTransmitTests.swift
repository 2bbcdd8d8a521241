import EmulatedAdapter
import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Descriptors that name bytes of a PIO buffer.
@Suite struct PIOTransmitTests {
  let rig: Rig
  let sender: RawInterface

  init() throws {
    rig = try Rig()
    sender = try RawInterface(rig.left)
  }

  /// Links a buffer and fills it, from `offset` on.
  private func link(_ frame: [UInt8], at offset: Int = 0) throws -> UInt32 {
    let buffer = try rig.left.allocatePIO(domain: sender.domain)
    let memory = try rig.left.linkPIO(buffer, interface: sender.grant.resource)
    for (index, byte) in frame.enumerated() {
      memory.storeBytes(of: byte, toByteOffset: offset + index, as: UInt8.self)
    }
    return buffer
  }

  @Test func theFrameLeavesTheBuffer() throws {
    let receiver = try rig.receiver()
    _ = try link(rig.frame(98, fill: 3), at: 128)
    sender.write(word: 0x9000_0062_0000_0080)
    sender.pushTransmit()
    #expect(sender.events() == [0x2000_0000_0000_0000])
    #expect(receiver.events() == [0x0001_0000_0000_0062] && receiver.received(0, 98) == rig.frame(98, fill: 3))
  }

  @Test func checksumsAreFilledAndShortFramesPadded() throws {
    let receiver = try rig.receiver()
    let datagram = rig.datagram()
    _ = try link(datagram + rig.frame(20))
    sender.write(word: 0x9000_0000_0000_0000 | UInt64(datagram.count) << 32)
    sender.write(word: 0x9000_0014_0000_0000 | UInt64(datagram.count))
    sender.pushTransmit()
    #expect(sender.events() == [0x2000_0000_0000_0001])
    let words = receiver.events()
    #expect(words.count == 2 && words.allSatisfy { $0 & ReceiveEventWord.Bit.anyError == 0 })
    #expect(receiver.received(0, datagram.count) != datagram)
    #expect(receiver.received(1, 60) == rig.frame(20) + [UInt8](repeating: 0, count: 40))
  }

  @Test func fragmentsOfBufferAndMemoryAreOnePacket() throws {
    let receiver = try rig.receiver()
    let frame = rig.frame(300)
    _ = try link(Array(frame[..<100]))
    sender.write(word: 0x9800_0064_0000_0000)
    sender.write(Array(frame[100...]), parts: 2)
    sender.pushTransmit()
    #expect(sender.events() == [0x2000_0000_0000_0002])
    #expect(receiver.events() == [0x0002_0000_0000_012c & 0x0000_ffff_ffff_ffff | 1 << 48])
    #expect(receiver.received(0, 300) == frame)
  }

  /// No buffer, beyond its end, and one that was unlinked: the ring stops.
  @Test(arguments: ["none", "beyond", "unlinked", "freed"])
  func bytesThatAreNotThereStopTheRing(_ kind: String) throws {
    let receiver = try rig.receiver()
    sender.write(rig.frame(60))
    if kind != "none" {
      let buffer = try link(rig.frame(60))
      if kind == "unlinked" { try rig.left.unlinkPIO(buffer, interface: sender.grant.resource) }
      if kind == "freed" { rig.left.freePIO(buffer) }
    }
    sender.write(word: kind == "beyond" ? 0x9000_003c_0000_07c8 : 0x9000_003c_0000_0000)
    sender.write(rig.frame(60))
    sender.pushTransmit()
    #expect(sender.events() == [0x2000_0000_0000_0000, 0xc000_b000_0002_0000])
    #expect(receiver.events().count == 1 && sender.statistic("tx_dma_faults") == 1)
    try rig.left.restartTransmit(interface: sender.grant.resource)
    sender.beginAgain()
    sender.send(rig.frame(60))
    #expect(sender.events() == [0x2000_0000_0000_0000])
  }

  @Test func sixteenBuffersAreAllThereAre() throws {
    let buffers = try (0..<16).map { _ in try rig.left.allocatePIO(domain: sender.domain) }
    let error = #expect(throws: EtherFabricError.self) { try rig.left.allocatePIO(domain: sender.domain) }
    #expect(error?.errno == 28)
    rig.left.freePIO(buffers[3])
    _ = try rig.left.allocatePIO(domain: sender.domain)
    #expect(rig.left.capability(.pioBufferCount) == 16 && rig.left.capability(.pioBufferSize) == 2048)
  }

  @Test func anInterfaceHasOneBuffer() throws {
    let buffer = try link([])
    let error = #expect(throws: EtherFabricError.self) { try link([]) }
    #expect(error?.errno == 16)
    try rig.left.unlinkPIO(buffer, interface: sender.grant.resource)
    _ = try link([])
  }

  @Test func theAPISendsFromABuffer() throws {
    let receiver = try rig.receiver()
    let domain = try Driver(backend: rig.left).allocateProtectionDomain()
    var interface = try domain.allocateVirtualInterface()
    try interface.linkPIO(domain.allocatePIO())
    let frames = [rig.frame(61, fill: 1), rig.frame(1000, fill: 2)]
    try frames[0].withUnsafeBytes { try interface.copyToPIO($0, offset: 64) }
    try interface.transmitPIO(offset: 64, length: 61, id: 5)
    try frames[1].withUnsafeBytes { try interface.transmitCopyPIO($0, offset: 1024, id: 6) }
    #expect(receiver.events().count == 2)
    #expect(receiver.received(0, 61) == frames[0] && receiver.received(1, 1000) == frames[1])
    // Warm calls send nothing and leave nothing behind.
    interface.transmitPIOWarm()
    frames[0].withUnsafeBytes { interface.transmitCopyPIOWarm($0, offset: 0) }
    #expect(receiver.events().isEmpty && interface.transmitFillLevel == 2)
  }
}
