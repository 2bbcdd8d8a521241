import EtherFabric
import EtherFabricFormats
import Testing

@Suite struct EndpointTests {
  static func frame(to: MACAddress, from: MACAddress, count: Int, fill: UInt8, into buffer: inout PacketBuffer) {
    buffer.count = count
    buffer.withUnsafeMutableBytes { bytes in
      let base = bytes.baseAddress!
      to.store(to: base)
      from.store(to: base + 6)
      base.storeBytes(of: UInt16(0x88b5).bigEndian, toByteOffset: 12, as: UInt16.self)
      for index in 14..<count { bytes[index] = fill &+ UInt8(truncatingIfNeeded: index) }
    }
  }

  static func hasNothing(_ endpoint: inout Endpoint) -> Bool {
    guard let frame = endpoint.receive() else { return true }
    frame.release()
    return false
  }

  @Test func aFrameGoesFromPoolToPoolAndAllBuffersComeBack() throws {
    let left = try Driver.open("emu:cable:endpoint/0")
    let right = try Driver.open("emu:cable:endpoint/1")
    let leftDomain = try left.allocateProtectionDomain()
    let rightDomain = try right.allocateProtectionDomain()
    let leftPool = try PacketPool(leftDomain, count: 64)
    let rightPool = try PacketPool(rightDomain, count: 64)
    do {
      var sender = try Endpoint(leftDomain, pool: leftPool)
      var receiver = try Endpoint(rightDomain, pool: rightPool)
      try receiver.addFilter(.ethernet(right.identity.macAddress))
      #expect(rightPool.available == 32)
      for number in 0..<100 {
        var buffer = try unwrap(leftPool.allocate())
        Self.frame(
          to: right.identity.macAddress, from: left.identity.macAddress, count: 100, fill: UInt8(number), into: &buffer)
        try sender.transmit(buffer)
        let frame = try unwrap(receiver.receive())
        #expect(frame.count == 100)
        #expect(frame.bytes.unsafeLoad(fromByteOffset: 14, as: UInt8.self) == UInt8(number) &+ 14)
        #expect(frame.discardReason == nil)
        let isQuiet = Self.hasNothing(&sender)
        #expect(isQuiet)
      }
      #expect(sender.counters.packetsSent == 100)
      #expect(receiver.counters.framesReceived == 100)
      #expect(rightPool.framesDropped == 100)
    }
    #expect(leftPool.available == 64)
    #expect(rightPool.available == 64)
  }

  @Test func aJumboArrivesOverSeveralBuffers() throws {
    let left = try Driver.open("emu:cable:jumbo/0")
    let right = try Driver.open("emu:cable:jumbo/1")
    let leftDomain = try left.allocateProtectionDomain()
    let rightDomain = try right.allocateProtectionDomain()
    let leftPool = try PacketPool(leftDomain, count: 32, bufferSize: 16384)
    let rightPool = try PacketPool(rightDomain, count: 64)
    var sender = try Endpoint(leftDomain, pool: leftPool)
    var receiver = try Endpoint(rightDomain, pool: rightPool)
    try receiver.addFilter(.ethernet(right.identity.macAddress))
    var buffer = try unwrap(leftPool.allocate())
    Self.frame(to: right.identity.macAddress, from: left.identity.macAddress, count: 9000, fill: 3, into: &buffer)
    try sender.transmit(buffer)
    let frame = try unwrap(receiver.receive())
    #expect(frame.count == 9000)
    #expect(frame.fragmentCount == 5)
    var copy = [UInt8](repeating: 0, count: 9000)
    let copied = copy.withUnsafeMutableBytes { frame.copyBytes(to: $0) }
    #expect(copied == 9000)
    #expect((14..<9000).allSatisfy { copy[$0] == 3 &+ UInt8(truncatingIfNeeded: $0) })
    frame.release()
    #expect(rightPool.framesReleased == 1)
  }

  @Test func aTransmitThatIsRefusedHandsTheBufferBackOrReturnsItToThePool() throws {
    let driver = try Driver.open("emu:cable:refused/0")
    let domain = try driver.allocateProtectionDomain()
    let pool = try PacketPool(domain, count: 4, bufferSize: 16384)
    var endpoint = try Endpoint(domain, pool: pool, options: InterfaceOptions(receiveCapacity: 0))
    // One byte more than descriptors can carry.
    var buffer = try unwrap(pool.allocate())
    buffer.count = 16384
    let back = try unwrap(endpoint.tryTransmit(buffer), "the refused buffer")
    #expect(pool.available == 3)
    var refusal: QueueError?
    do { try endpoint.transmit(back) } catch { refusal = error }
    #expect(refusal == QueueError(.lengthOutOfRange, value: 16384, limit: 16383))
    #expect(pool.available == 4)
    #expect(pool.buffersRefused == 1)
  }

  @Test func aSleeperIsWokenByAFrame() throws {
    let left = try Driver.open("emu:cable:sleep/0")
    let right = try Driver.open("emu:cable:sleep/1")
    let leftDomain = try left.allocateProtectionDomain()
    let rightDomain = try right.allocateProtectionDomain()
    let leftPool = try PacketPool(leftDomain, count: 32)
    let rightPool = try PacketPool(rightDomain, count: 64)
    var sender = try Endpoint(leftDomain, pool: leftPool)
    var receiver = try Endpoint(rightDomain, pool: rightPool)
    try receiver.addFilter(.ethernet(right.identity.macAddress))
    let isEarly = try receiver.wait(timeout: .milliseconds(5))
    #expect(!isEarly)
    var buffer = try unwrap(leftPool.allocate())
    Self.frame(to: right.identity.macAddress, from: left.identity.macAddress, count: 64, fill: 3, into: &buffer)
    try sender.transmit(buffer)
    let isWoken = try receiver.wait(timeout: .seconds(5))
    #expect(isWoken)
    _ = try unwrap(receiver.receive(), "frame")
  }

  @Test func aTaskIsWokenByAFrame() async throws {
    let left = try Driver.open("emu:cable:async/0")
    let right = try Driver.open("emu:cable:async/1")
    let leftDomain = try left.allocateProtectionDomain()
    let rightDomain = try right.allocateProtectionDomain()
    let memory = try MemoryRegistration(leftDomain, DMAMemory(byteCount: 4096))
    let target = try MemoryRegistration(rightDomain, DMAMemory(byteCount: 1 << 16))
    var sender = try leftDomain.allocateVirtualInterface()
    var receiver = try rightDomain.allocateVirtualInterface()
    try receiver.addFilter(.ethernet(right.identity.macAddress))
    for index in 0..<8 { try receiver.receivePost(target.dmaAddress(index * 2048), id: RequestID(index)) }
    right.identity.macAddress.store(to: memory.base)
    async let sent: Void = Task.sleep(for: .milliseconds(20))
    try await sent
    try sender.transmit(memory.dmaAddress(0), length: 64, id: 1)
    try await receiver.waitForEvent()
    let hasEvent = receiver.hasEvent
    #expect(hasEvent)
  }
}
