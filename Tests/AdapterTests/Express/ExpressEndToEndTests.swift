import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Glibc
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
      var sender = try Endpoint(leftDomain, pool: leftPool)
      var receiver = try Endpoint(rightDomain, pool: rightPool)
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

  @Test(arguments: express)
  func packetIDsAndRequestIDsDoOverTheCable(_ generation: String) throws {
    let (left, right) = try Self.cable("mirror", generation)
    let leftDomain = try left.allocateProtectionDomain()
    let rightDomain = try right.allocateProtectionDomain()
    var sender = try leftDomain.allocateVirtualInterface()
    var receiver = try rightDomain.allocateVirtualInterface()
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

  @Test(arguments: express)
  func aSleepingEndpointIsWokenByAFrame(_ generation: String) throws {
    let (left, right) = try Self.cable("sleep", generation)
    let leftDomain = try left.allocateProtectionDomain()
    let rightDomain = try right.allocateProtectionDomain()
    var sender = try Endpoint(leftDomain, pool: try PacketPool(leftDomain, count: 8))
    var receiver = try Endpoint(rightDomain, pool: try PacketPool(rightDomain, count: 8))
    try receiver.addFilter(.ethernet(right.identity.macAddress))
    for number in 0..<UInt32(3) {
      let isEarly = try receiver.wait(timeout: .milliseconds(5))
      #expect(!isEarly)
      var buffer = try unwrap(sender.allocate())
      buffer.count = 64
      buffer.withUnsafeMutableBytes {
        Self.write(number, count: 64, from: left.identity.macAddress, to: right.identity.macAddress, into: $0)
      }
      try sender.transmit(buffer)
      let isWoken = try receiver.wait(timeout: .seconds(5))
      let frame = try unwrap(receiver.receive(), "frame")
      #expect(isWoken && Self.isRight(frame, number: number, count: 64))
    }
  }

  @Test(arguments: generations)
  func framesAreSentBackFromTheBufferTheyWereTakenInto(_ generation: String) throws {
    let (left, right) = try Self.cable("echo", generation)
    let (here, there) = (left.identity.macAddress, right.identity.macAddress)
    let leftDomain = try left.allocateProtectionDomain()
    let rightDomain = try right.allocateProtectionDomain()
    let leftPool = try PacketPool(leftDomain, count: 32)
    let rightPool = try PacketPool(rightDomain, count: 32)
    do {
      var near = try Endpoint(leftDomain, pool: leftPool)
      var far = try Endpoint(rightDomain, pool: rightPool)
      try near.addFilter(.ethernet(here))
      try far.addFilter(.ethernet(there))
      for number in 0..<UInt32(1200) {
        var buffer = try unwrap(near.allocate())
        buffer.count = 200
        buffer.withUnsafeMutableBytes { Self.write(number, count: 200, from: here, to: there, into: $0) }
        try near.transmit(buffer)
        var back = try unwrap(try unwrap(far.receive(), "frame \(number)").takeBuffer())
        back.withUnsafeMutableBytes { bytes in
          here.store(to: bytes.baseAddress!)
          there.store(to: bytes.baseAddress! + 6)
        }
        try far.transmit(back)
        let frame = try unwrap(near.receive(), "echo \(number)")
        let isRight = Self.isRight(frame, number: number, count: 200)
        #expect(isRight)
        frame.release()
      }
    }
    #expect(leftPool.available == 32 && rightPool.available == 32)
  }

  @Test(arguments: express)
  func framesAndSendsAreStamped(_ generation: String) throws {
    let (left, right) = try Self.cable("stamps", generation)
    let leftDomain = try left.allocateProtectionDomain()
    let rightDomain = try right.allocateProtectionDomain()
    var sender = try Endpoint(
      leftDomain, pool: try PacketPool(leftDomain, count: 8), options: InterfaceOptions(flags: .transmitTimestamps))
    var receiver = try Endpoint(
      rightDomain, pool: try PacketPool(rightDomain, count: 8), options: InterfaceOptions(flags: .receiveTimestamps))
    try receiver.addFilter(.ethernet(right.identity.macAddress))
    var last: UInt64 = 0
    for number in 0..<UInt32(20) {
      var buffer = try unwrap(sender.allocate())
      buffer.count = 64
      buffer.withUnsafeMutableBytes {
        Self.write(number, count: 64, from: left.identity.macAddress, to: right.identity.macAddress, into: $0)
      }
      try sender.transmit(buffer)
      var sent: Timestamp?
      while sent == nil {
        guard let occurrence = sender.next() else { continue }
        if case .sent(let packet) = consume occurrence { sent = packet.timestamp }
      }
      let frame = try unwrap(receiver.receive(), "frame")
      let stamp = try unwrap(frame.timestamp, "a time")
      // Within a second of each other, on adapters that follow the same clock; never backwards.
      #expect(stamp.sync == [.clockSet, .inSync] && sent!.sync == [.clockSet, .inSync])
      #expect(stamp.totalNanoseconds >= last)
      #expect(
        max(stamp.totalNanoseconds, sent!.totalNanoseconds) - min(stamp.totalNanoseconds, sent!.totalNanoseconds)
          < 1_000_000_000)
      last = stamp.totalNanoseconds
    }
  }

  @Test(arguments: express)
  func cutThroughSendsArrive(_ generation: String) throws {
    let (left, right) = try Self.cable("cutthrough", generation)
    let leftDomain = try left.allocateProtectionDomain()
    let rightDomain = try right.allocateProtectionDomain()
    var sender = try leftDomain.allocateVirtualInterface()
    var receiver = try Endpoint(rightDomain, pool: try PacketPool(rightDomain, count: 8))
    try receiver.addFilter(.ethernet(right.identity.macAddress))
    let memory = try MemoryRegistration(leftDomain, DMAMemory(byteCount: 65536))
    var events = EventBatch()
    var ids = [RequestID](repeating: .none, count: 64)
    var completed: UInt32 = 0
    for number in 0..<UInt32(2000) {
      let count = 60 + Int(number) % 1900
      let place = memory.base + Int(number % 32) * 2048
      Self.write(
        number, count: count, from: left.identity.macAddress, to: right.identity.macAddress,
        into: UnsafeMutableRawBufferPointer(start: place, count: 2048))
      // In two parts, which meet within a word.
      let parts = [
        UnsafeRawBufferPointer(start: place, count: 21), UnsafeRawBufferPointer(start: place + 21, count: count - 21),
      ]
      parts.withUnsafeBufferPointer { sender.transmitCutThroughVector($0, threshold: 64) }
      try sender.transmitCutThroughFallback(
        memory.dmaAddress(Int(number % 32) * 2048), length: count, id: RequestID(number))
      let frame = try unwrap(receiver.receive(), "frame \(number)")
      let isRight = Self.isRight(frame, number: number, count: count)
      #expect(isRight)
      frame.release()
      sender.poll(&events)
      for index in events.indices {
        guard case .transmit(let event) = events[index] else { continue }
        for place in 0..<ids.withUnsafeMutableBufferPointer({ sender.unbundle(event, into: $0) }) {
          #expect(event.wasCutThrough && ids[place] == RequestID(completed))
          completed += 1
        }
      }
    }
    #expect(completed == 2000 && sender.transmitFillLevelBytes == 0)
  }

  @Test(arguments: express)
  func capacitiesAreRoundedUpToWhatTheAdapterHas(_ generation: String) throws {
    let (left, _) = try Self.cable("sizes", generation)
    let domain = try left.allocateProtectionDomain()
    let interface = try domain.allocateVirtualInterface(
      InterfaceOptions(receiveCapacity: 700, transmitCapacity: 300, eventCapacity: 1000))
    #expect(interface.receiveCapacity == 1023 && interface.transmitCapacity == 511)
    #expect(interface.eventCapacity == (generation == "x3" ? 1023 : 1017))
    for options in [InterfaceOptions(receiveCapacity: 131_073), InterfaceOptions(receiveCapacity: -2)] {
      let error = #expect(throws: EtherFabricError.self) { _ = try domain.allocateVirtualInterface(options) }
      #expect(error?.errno == EINVAL)
    }
  }
}
