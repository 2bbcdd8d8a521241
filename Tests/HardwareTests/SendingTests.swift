import EtherFabric
import Glibc
import Testing

/// The mirror's ways of sending, over libciul on an X2, and what it must not be asked.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SendingTests {
  /// A sender with registered memory, and a receiver.
  struct Pair: ~Copyable {
    let cable: LibraryCable
    var sender: VirtualInterface
    let memory: MemoryRegistration
    var receiver: Endpoint
    let mac: MACAddress

    static func make(_ flags: InterfaceFlags = [], _ generation: Generation = .x2) throws -> Pair {
      let cable = try LibraryCable(generation)
      let mac = cable.right.identity.macAddress
      let (domain, memory) = try cable.at(.left) { driver in
        let domain = try driver.allocateProtectionDomain()
        return (domain, try MemoryRegistration(domain, DMAMemory(byteCount: 1 << 16)))
      }
      let sender = try cable.at(.left) { _ in try domain.allocateVirtualInterface(InterfaceOptions(flags: flags)) }
      let receiver = try cable.endpoint(.right)
      try receiver.interface.addFilter(.ethernet(mac))
      return Pair(cable: cable, sender: sender, memory: memory, receiver: receiver, mac: mac)
    }

    /// The ids that completions return.
    mutating func completions(_ count: Int) -> [UInt32] {
      var events = EventBatch(capacity: 16)
      var ids: [UInt32] = []
      let end = ContinuousClock.now + .seconds(2)
      while ids.count < count, ContinuousClock.now < end {
        sender.poll(&events)
        for index in events.indices {
          guard case .transmit(let event) = events[index] else { continue }
          withUnsafeTemporaryAllocation(of: RequestID.self, capacity: 64) { room in
            let found = sender.unbundle(event, into: room)
            ids += room[..<found].map(\.rawValue)
          }
        }
      }
      return ids
    }
  }

  @Test func aVectorIsGathered() throws {
    var pair = try Pair.make()
    let bytes = pair.cable.frame(5, to: pair.mac, length: 300)
    pair.memory.base.copyMemory(from: bytes, byteCount: 300)
    let fragments = [(0, 14), (14, 100), (114, 186)].map {
      DMAFragment(address: pair.memory.dmaAddress($0.0), length: $0.1)
    }
    try fragments.withUnsafeBufferPointer { try pair.sender.transmitVector($0, id: 9) }
    #expect(pair.receiver.bytes() == bytes)
    #expect(pair.completions(1) == [9])
    let none = #expect(throws: QueueError.self) {
      try pair.sender.transmitVector(UnsafeBufferPointer(start: nil, count: 0), id: 1)
    }
    #expect(none?.kind == .badVector)
  }

  @Test func fromThePIOBuffer() throws {
    var pair = try Pair.make()
    let bytes = pair.cable.frame(6, to: pair.mac, length: 90)
    let unlinked = #expect(throws: QueueError.self) { try pair.sender.transmitPIO(offset: 0, length: 64, id: 1) }
    #expect(unlinked?.kind == .noPIOBuffer)
    #expect(pair.sender.pioSize == 0)
    let buffer = try pair.cable.at(.left) { _ in try pair.sender.protectionDomain.allocatePIO() }
    try pair.sender.linkPIO(buffer)
    #expect(pair.sender.pioSize == buffer.count)
    pair.sender.transmitPIOWarm()
    try bytes.withUnsafeBytes { try pair.sender.copyToPIO($0, offset: 128) }
    try pair.sender.transmitPIO(offset: 128, length: 90, id: 3)
    #expect(pair.receiver.bytes() == bytes)
    try bytes.withUnsafeBytes { try pair.sender.transmitCopyPIO($0, offset: 0, id: 4) }
    #expect(pair.receiver.bytes() == bytes)
    #expect(pair.completions(2) == [3, 4])
    let beyond = #expect(throws: QueueError.self) {
      try bytes.withUnsafeBytes { try pair.sender.copyToPIO($0, offset: buffer.count - 10) }
    }
    #expect(beyond?.kind == .lengthOutOfRange)
    try pair.sender.unlinkPIO()
  }

  @Test(arguments: EndpointTests.generations) func byCutThrough(_ generation: Generation) throws {
    var pair = try Pair.make(generation == .x2 ? .cutThrough : [], generation)
    let bytes = pair.cable.frame(8, to: pair.mac, length: 400)
    pair.memory.base.copyMemory(from: bytes, byteCount: 400)
    pair.sender.startTransmitWarm()
    bytes.withUnsafeBytes { pair.sender.transmitCutThrough($0, threshold: 64) }
    pair.sender.stopTransmitWarm()
    bytes.withUnsafeBytes { pair.sender.transmitCutThrough($0, threshold: 64) }
    try pair.sender.transmitCutThroughFallback(pair.memory.address, length: 400, id: 11)
    #expect(pair.receiver.bytes() == bytes)
    let isQuiet = pair.receiver.isQuiet()
    #expect(isQuiet)
    #expect(pair.completions(1) == [11])
  }

  @Test func withoutTheFlagCutThroughIsRefused() throws {
    var pair = try Pair.make()
    let bytes = pair.cable.frame(8, to: pair.mac)
    bytes.withUnsafeBytes { pair.sender.transmitCutThrough($0, threshold: 64) }
    let error = #expect(throws: QueueError.self) {
      try pair.sender.transmitCutThroughFallback(pair.memory.address, length: 100, id: 1)
    }
    #expect(error?.kind == .unsupported)
  }

  @Test func alternativesHoldAndLetGo() throws {
    var pair = try Pair.make(.transmitAlternatives)
    let early = #expect(throws: QueueError.self) { try pair.sender.selectAlternative(0) }
    #expect(early?.kind == .noAlternative)
    try pair.sender.allocateAlternatives(2, bytes: 16384)
    #expect(pair.sender.alternativeCount == 2)
    #expect(try pair.sender.alternativeOverhead() == .ef10)
    #expect(try pair.sender.alternativeBuffering(2) > 0)
    let bytes = pair.cable.frame(4, to: pair.mac, length: 200)
    pair.memory.base.copyMemory(from: bytes, byteCount: 200)
    try pair.sender.selectAlternative(1)
    try pair.sender.transmit(pair.memory.address, length: 200, id: 1)
    try pair.sender.selectNormalTransmit()
    pair.sender.transmitPush()
    var events = EventBatch(capacity: 16)
    pair.sender.poll(&events)
    let isQuiet = pair.receiver.isQuiet()
    #expect(isQuiet)
    try pair.sender.goAlternative(1)
    #expect(pair.receiver.bytes() == bytes)
    let wrong = #expect(throws: QueueError.self) { try pair.sender.goAlternative(2) }
    #expect(wrong?.kind == .noAlternative)
    try pair.sender.stopAlternative(1)
    try pair.sender.freeAlternatives()
    #expect(pair.sender.alternativeCount == 0)
  }

  @Test func wrongSendsAreRefusedAndChangeNothing() throws {
    var pair = try Pair.make()
    for length in [-1, 16384, .max] {
      let error = #expect(throws: QueueError.self) {
        try pair.sender.transmitInit(pair.memory.address, length: length, id: 1)
      }
      #expect(error?.kind == .lengthOutOfRange)
    }
    let far = #expect(throws: QueueError.self) {
      try pair.sender.transmitInit(DMAAddress(rawValue: .max - 10), length: 64, id: 1)
    }
    #expect(far?.kind == .addressOutOfRange)
    #expect(pair.sender.transmitFillLevel == 0)
    pair.sender.transmitPush()
    try pair.sender.transmitInit(pair.memory.address, length: 64, id: 2)
    pair.sender.transmitInitUndo()
    #expect(pair.sender.transmitFillLevel == 0)
    // An event of nobody's returns nothing.
    let ids = UnsafeMutableBufferPointer<RequestID>.allocate(capacity: 4)
    defer { ids.deallocate() }
    #expect(pair.sender.unbundle(Event.Transmit(descriptor: 300, queue: 0), into: ids) == 0)
  }

  @Test func aSmallRoomTakesACompletionInParts() throws {
    var pair = try Pair.make()
    for id in 0..<20 { try pair.sender.transmitInit(pair.memory.address, length: 64, id: RequestID(UInt32(id))) }
    pair.sender.transmitPush()
    var events = EventBatch(capacity: 16)
    var last: Event.Transmit?
    _ = (0..<100).first { _ in
      pair.sender.poll(&events)
      for index in events.indices { if case .transmit(let event) = events[index] { last = event } }
      return last?.descriptor == 20
    }
    let event = try #require(last)
    let ids = UnsafeMutableBufferPointer<RequestID>.allocate(capacity: 8)
    defer { ids.deallocate() }
    var all: [UInt32] = []
    while case let count = pair.sender.unbundle(event, into: ids), count > 0 { all += ids[..<count].map(\.rawValue) }
    #expect(all == Array(0..<20))
  }
}
