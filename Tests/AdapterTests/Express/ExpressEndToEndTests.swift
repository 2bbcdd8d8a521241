import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// Both sides of EFCT and EF10CT over a cable, with code that does not ask for the generation.
@Suite struct ExpressEndToEndTests {
  static let generations = ["8000", "x2", "x3", "x4", "x4-express"]
  static let express = ["x3", "x4-express"]

  /// A driver at each end of a cable of its own.
  static func cable(_ name: String, _ generation: String, _ options: String = "") throws -> (Driver, Driver) {
    let ends = try (0...1).map { try Driver.open("emu:cable:\(name)-\(generation)/\($0),nic=\(generation)\(options)") }
    return (ends[0], ends[1])
  }

  /// A frame of an experimental type, with a number in its first bytes behind the header.
  static func write(
    _ number: UInt32, count: Int, from: MACAddress, to: MACAddress, into bytes: UnsafeMutableRawBufferPointer
  ) {
    let base = bytes.baseAddress!
    to.store(to: base)
    from.store(to: base + 6)
    base.storeBytes(of: UInt16(0x88b5).bigEndian, toByteOffset: 12, as: UInt16.self)
    for index in 14..<count { bytes[index] = UInt8(truncatingIfNeeded: Int(number) &* 31 &+ index) }
    base.storeBytes(of: number, toByteOffset: 16, as: UInt32.self)
  }

  static func isRight(_ frame: borrowing ReceivedFrame, number: UInt32, count: Int) -> Bool {
    guard frame.count == count else { return false }
    return frame.bytes.withUnsafeBytes { bytes in
      bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self) == number
        && (20..<count).allSatisfy { bytes[$0] == UInt8(truncatingIfNeeded: Int(number) &* 31 &+ $0) }
    }
  }

  @Test(arguments: generations)
  func framesGoFromPoolToPoolWhateverTheGeneration(_ generation: String) throws {
    let (left, right) = try Self.cable("endpoints", generation)
    let leftPool = try PacketPool(try left.allocateProtectionDomain(), count: 64)
    let leftDomain = try left.allocateProtectionDomain()
    try leftPool.register(in: leftDomain)
    let rightDomain = try right.allocateProtectionDomain()
    let rightPool = try PacketPool(rightDomain, count: 64)
    do {
      var sender = try Endpoint(leftDomain, pool: leftPool, options: Self.options(left))
      var receiver = try Endpoint(rightDomain, pool: rightPool, options: Self.options(right))
      let (here, there) = (left.identity.macAddress, right.identity.macAddress)
      try receiver.addFilter(.ethernet(there))
      var taken: UInt32 = 0
      // More than four superbufs hold.
      for number in 0..<UInt32(2500) {
        let count = 60 + Int(number) * 7 % 1400
        var buffer = try unwrap(leftPool.allocate())
        buffer.count = count
        buffer.withUnsafeMutableBytes { Self.write(number, count: count, from: here, to: there, into: $0) }
        try sender.transmit(buffer)
        while true {
          guard let occurrence = sender.next() else { break }
          if case .sent = consume occurrence { break }
        }
        let frame = try unwrap(receiver.receive(), "frame \(number)")
        #expect(Self.isRight(frame, number: number, count: count) && frame.discardReason == nil && !frame.isMulticast)
        if number % 3 == 0 {
          let copy = try unwrap(frame.takeBuffer())
          #expect(copy.count == count)
          taken += 1
        } else if number % 3 == 1 {
          frame.release()
        }
      }
      while sender.counters.packetsSent < 2500 { _ = sender.next() }
      #expect(receiver.counters.framesReceived == 2500)
      // Taken, released, dropped: every frame is one of them, wherever it lay.
      #expect(taken == 834 && rightPool.framesReleased == 833 && rightPool.framesDropped == 833)
      #expect(leftPool.available + (sender.interface.receiveFillLevel == 0 ? 0 : 32) >= 32)
    }
    #expect(leftPool.available == 64 && rightPool.available == 64)
  }

  /// Ring sizes that the generation has.
  static func options(_ driver: Driver, flags: InterfaceFlags = []) -> InterfaceOptions {
    InterfaceOptions(receiveCapacity: driver.identity.generation == .x4Express ? 1024 : 512, flags: flags)
  }

  @Test(arguments: express)
  func packetIDsAndRequestIDsDoOverTheCable(_ generation: String) throws {
    let (left, right) = try Self.cable("mirror", generation)
    let leftDomain = try left.allocateProtectionDomain()
    let rightDomain = try right.allocateProtectionDomain()
    var sender = try leftDomain.allocateVirtualInterface(Self.options(left))
    var receiver = try rightDomain.allocateVirtualInterface(Self.options(right))
    try receiver.addFilter(.ethernet(right.identity.macAddress))
    let memory = try MemoryRegistration(leftDomain, try DMAMemory(byteCount: 4096))
    Self.write(
      7, count: 100, from: left.identity.macAddress, to: right.identity.macAddress,
      into: UnsafeMutableRawBufferPointer(start: memory.base, count: 4096))
    var events = EventBatch(capacity: 64)
    let ids = UnsafeMutableBufferPointer<RequestID>.allocate(capacity: 64)
    ids.initialize(repeating: .none)
    defer { ids.deallocate() }
    var sent = 0
    var received = 0
    for round in 0..<200 {
      for index in 0..<10 { try sender.transmit(memory.address, length: 60 + index, id: RequestID(index)) }
      while sent < 10 * (round + 1) {
        sender.poll(&events)
        for index in events.indices {
          if case .transmit(let event) = events[index] { sent += sender.unbundle(event, into: ids) }
        }
      }
      while received < 10 * (round + 1) {
        try #require(receiver.poll(&events) > 0)
        for index in events.indices {
          guard case .receiveReference(let event) = events[index] else { continue }
          #expect(event.bytes == 60 + UInt16(received % 10))
          #expect(receiver.packet(event.packet).load(fromByteOffset: 16, as: UInt16.self) == 7)
          try receiver.release(packet: event.packet)
          received += 1
        }
      }
    }
    #expect(sender.transmitFillLevelBytes == 0 && sender.transmitFillLevel == 0)
    #expect(receiver.eventCounts.unknown == 0 && receiver.eventCounts.badLabels == 0)
  }
}
