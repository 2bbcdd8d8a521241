import EtherFabric
import EtherFabricFormats
import Testing

@Suite struct EndToEndTests {
  @Test func aFrameCrossesTheCable() throws {
    let left = try Driver.open("emu:cable:e2e/0")
    let right = try Driver.open("emu:cable:e2e/1")
    let leftDomain = try left.allocateProtectionDomain()
    let rightDomain = try right.allocateProtectionDomain()
    let leftMemory = try MemoryRegistration(leftDomain, DMAMemory(byteCount: 1 << 16))
    let rightMemory = try MemoryRegistration(rightDomain, DMAMemory(byteCount: 1 << 16))
    var sender = try leftDomain.allocateVirtualInterface()
    var receiver = try rightDomain.allocateVirtualInterface()
    try receiver.addFilter(.ethernet(right.identity.macAddress))
    for index in 0..<16 {
      try receiver.receiveInit(rightMemory.dmaAddress(index * 2048), id: RequestID(index))
    }
    receiver.receivePush()
    let frame = leftMemory.base
    right.identity.macAddress.store(to: frame)
    left.identity.macAddress.store(to: frame + 6)
    frame.storeBytes(of: UInt16(0x88b5).bigEndian, toByteOffset: 12, as: UInt16.self)
    for index in 14..<100 { frame.storeBytes(of: UInt8(index), toByteOffset: index, as: UInt8.self) }
    try sender.transmit(leftMemory.dmaAddress(0), length: 100, id: 77)
    var events = EventBatch(capacity: 8)
    #expect(sender.poll(&events) == 1)
    #expect(events[0] == .transmit(Event.Transmit(descriptor: 1, queue: 0)))
    #expect(receiver.poll(&events) == 1)
    #expect(
      events[0] == .receive(Event.Receive(id: 0, bytes: 100, flags: .startOfPacket, queue: 0)))
    for index in 0..<100 {
      #expect(
        rightMemory.base.load(fromByteOffset: index, as: UInt8.self)
          == frame.load(fromByteOffset: index, as: UInt8.self))
    }
  }
}
