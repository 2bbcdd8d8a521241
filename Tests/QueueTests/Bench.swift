import EtherFabricFormats
import Testing

@testable import EtherFabric

/// One virtual interface over a `ScriptedBackend`, and the hardware's hands.
struct Bench: ~Copyable {
  let backend: ScriptedBackend
  let domain: ProtectionDomain
  var interface: VirtualInterface
  private var batch: EventBatch
  private var written: Int

  init(
    ringSize: Int = 64, eventCapacity: Int = 64, options: InterfaceOptions = InterfaceOptions(), prefixLength: Int = 0,
    grant: @escaping (inout InterfaceGrant) -> Void = { _ in }
  ) throws {
    let backend = ScriptedBackend(ringSize: ringSize, eventCapacity: eventCapacity, prefixLength: prefixLength)
    backend.extendGrant = grant
    let domain = try Driver(backend: backend).allocateProtectionDomain()
    interface = try domain.allocateVirtualInterface(options)
    self.backend = backend
    self.domain = domain
    batch = EventBatch(capacity: 64)
    written = 0
  }

  /// A register of the doorbell page, nil while it has its filling. `clear` fills it again.
  func register(_ offset: Int) -> UInt32? {
    let value = backend.grants[0].doorbells.load(fromByteOffset: offset, as: UInt32.self)
    return value == 0xeeee_eeee ? nil : value
  }

  /// The four words of the transmit doorbell.
  var transmitDoorbell: [UInt32?] { [0xa10, 0xa14, 0xa18, 0xa1c].map { register($0) } }

  /// Words of the window behind the doorbell page.
  func window(_ offset: Int, count: Int = 1) -> [UInt64] {
    (0..<count).map { backend.grants[0].doorbells.load(fromByteOffset: offset + 8 * $0, as: UInt64.self) }
  }

  func clearDoorbells() {
    for offset in stride(from: 0, to: 4096, by: 4) {
      backend.grants[0].doorbells.storeBytes(of: 0xeeee_eeee, toByteOffset: offset, as: UInt32.self)
    }
  }

  func transmitDescriptor(_ slot: Int) -> UInt64 { backend.grants[0].transmitRing[slot] }
  func receiveDescriptor(_ slot: Int) -> UInt64 { backend.grants[0].receiveRing[slot] }
  func transmitID(_ slot: Int) -> UInt32 { interface.state.pointee.transmitIDs[slot] }

  /// An event slot, as it is.
  func eventSlot(_ slot: Int) -> UInt64 {
    backend.grants[0].eventQueue.load(fromByteOffset: slot * 8, as: UInt64.self)
  }

  func setEventSlot(_ slot: Int, _ word: UInt64) {
    backend.grants[0].eventQueue.storeBytes(of: word, toByteOffset: slot * 8, as: UInt64.self)
  }

  /// Writes event words one behind the other, round the ring.
  mutating func post(_ words: UInt64...) {
    for word in words {
      setEventSlot(written % backend.eventCapacity, word)
      written += 1
    }
  }

  /// The next event goes to this slot.
  mutating func writeNext(to slot: Int) { written = slot }

  mutating func poll() -> [Event] {
    interface.poll(&batch)
    return batch.indices.map { batch[$0] }
  }

  /// Polls into room for `count` events.
  mutating func poll(atMost count: Int) -> [Event] {
    var room = [Event](repeating: .none, count: count)
    let stored = room.withUnsafeMutableBufferPointer { interface.poll(into: $0) }
    return Array(room[..<stored])
  }

  mutating func after(_ words: UInt64...) -> [Event] {
    for word in words { post(word) }
    return poll()
  }

  /// Posts receive buffers with the ids 100, 101 and so on.
  mutating func postBuffers(_ count: Int = 8) throws {
    for index in 0..<count {
      let id = 100 + Int(interface.state.pointee.receiveAdded)
      try interface.receiveInit(DMAAddress(rawValue: 0x6_0000_0000 + UInt64(2048 * index)), id: RequestID(id))
    }
    interface.receivePush()
  }

  /// Sends packets of one descriptor with the ids 200, 201 and so on.
  mutating func send(_ count: Int) throws {
    for _ in 0..<count {
      let id = 200 + Int(interface.state.pointee.transmitAdded)
      try interface.transmit(DMAAddress(rawValue: 0x1_2345_6040), length: 60, id: RequestID(id))
    }
  }

  mutating func transmitVector(_ parts: [(UInt64, Int)], id: RequestID) throws(QueueError) {
    let fragments = parts.map { DMAFragment(address: DMAAddress(rawValue: $0.0), length: $0.1) }
    try fragments.withUnsafeBufferPointer { pointer throws(QueueError) in
      try interface.transmitVector(pointer, id: id)
    }
  }

  mutating func unbundle(_ event: Event, room: Int = 64) -> [UInt32] {
    guard case .transmit(let transmit) = event else { return [] }
    var ids = [RequestID](repeating: .none, count: room)
    let count = ids.withUnsafeMutableBufferPointer { interface.unbundle(transmit, into: $0) }
    return ids[..<count].map(\.rawValue)
  }
}

func received(
  _ id: UInt32, _ bytes: UInt16, _ flags: ReceiveFlags = .startOfPacket, queue: UInt8 = 0
) -> Event {
  .receive(Event.Receive(id: RequestID(id), bytes: bytes, flags: flags, queue: queue))
}

func discarded(
  _ id: UInt32, _ bytes: UInt16, _ reason: DiscardReason, _ flags: ReceiveFlags = .startOfPacket
) -> Event {
  .receiveDiscard(Event.ReceiveDiscard(id: RequestID(id), bytes: bytes, flags: flags, queue: 0, reason: reason))
}

func transmitted(_ descriptor: UInt32, cutThrough: Bool = false) -> Event {
  .transmit(Event.Transmit(descriptor: descriptor, queue: 0, wasCutThrough: cutThrough))
}
