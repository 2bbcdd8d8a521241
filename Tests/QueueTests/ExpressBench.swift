import EtherFabricFormats
import Glibc
import Testing

@testable import EtherFabric

/// One virtual interface over an `ExpressBackend`, and the hands of the hardware and of the driver.
struct ExpressBench: ~Copyable {
  let backend: ExpressBackend
  let domain: ProtectionDomain
  var interface: VirtualInterface
  /// 64 KiB of registered memory, byte k of which is 7k + 1, as the golden words have it.
  let memory: MemoryRegistration
  private var batch: EventBatch
  private var written: Int
  /// EFCT: superbufs that the driver handed over, by queue.
  private var handedOver: [Int: UInt32]

  init(
    _ datapath: Datapath, eventCapacity: Int = 1024, superbufs: Int = 4, generatesEvents: Bool = false,
    serves: Bool = false,
    options: InterfaceOptions = InterfaceOptions(), adjust: (ExpressBackend) -> Void = { _ in }
  ) throws {
    let backend = ExpressBackend(
      datapath, eventCapacity: eventCapacity, superbufs: superbufs, generatesEvents: generatesEvents, serves: serves)
    adjust(backend)
    let domain = try Driver(backend: backend).allocateProtectionDomain()
    let memory = try MemoryRegistration(domain, try DMAMemory(byteCount: 65536))
    for index in 0..<65536 {
      memory.base.storeBytes(of: UInt8(truncatingIfNeeded: index * 7 + 1), toByteOffset: index, as: UInt8.self)
    }
    interface = try domain.allocateVirtualInterface(options)
    self.backend = backend
    self.domain = domain
    self.memory = memory
    batch = EventBatch(capacity: 64)
    written = 0
    handedOver = [:]
  }

  /// A DMA address in `memory`.
  func address(_ offset: Int) -> DMAAddress { memory.dmaAddress(offset) }

  mutating func send(_ count: Int, length: Int = 60, firstID: Int = 1000) throws(QueueError) {
    for index in 0..<count { try interface.transmit(address(0), length: length, id: RequestID(firstID + index)) }
  }

  mutating func transmitVector(_ parts: [(Int, Int)], id: RequestID) throws(QueueError) {
    let fragments = parts.map { DMAFragment(address: address($0.0), length: $0.1) }
    try fragments.withUnsafeBufferPointer { pointer throws(QueueError) in
      try interface.transmitVector(pointer, id: id)
    }
  }

  /// A cut-through send of bytes of `memory`.
  mutating func cutThrough(_ parts: [(Int, Int)], threshold: Int) {
    let fragments = parts.map { UnsafeRawBufferPointer(start: memory.base + $0.0, count: $0.1) }
    fragments.withUnsafeBufferPointer { interface.transmitCutThroughVector($0, threshold: threshold) }
  }

  /// Words of the aperture from a byte position of the stream on.
  func stream(_ position: Int, _ count: Int) -> [UInt64] {
    (0..<count).map { backend.aperture.load(fromByteOffset: (position + $0 * 8) & 4095, as: UInt64.self) }
  }

  /// Values stored to one register, in order.
  func commands(_ register: Int) -> [UInt64] {
    backend.wires.commands.filter { $0.register == register }.map(\.value)
  }

  /// Writes event words one behind the other, round the ring, with the phase of the lap.
  mutating func post(_ words: UInt64...) {
    for word in words {
      let phase = written & backend.eventCapacity != 0 ? ExpressEventWord.phaseBit : 0
      backend.eventQueue.storeBytes(
        of: word & ~ExpressEventWord.phaseBit | phase, toByteOffset: written % backend.eventCapacity * 8,
        as: UInt64.self)
      written += 1
    }
  }

  mutating func postCompletion(_ sequence: Int, stamp: UInt64 = 0) {
    post(1 << 60 | UInt64(sequence & 255) << 40 | stamp)
  }

  mutating func poll() -> [Event] {
    interface.poll(&batch)
    return batch.indices.map { batch[$0] }
  }

  mutating func poll(atMost count: Int) -> [Event] {
    var room = [Event](repeating: .none, count: count)
    let stored = room.withUnsafeMutableBufferPointer { interface.poll(into: $0) }
    return Array(room[..<stored])
  }

  mutating func unbundle(_ event: Event, room: Int = 64) -> [UInt32] {
    guard case .transmit(let transmit) = event else { return [] }
    var ids = [RequestID](repeating: .none, count: room)
    let count = ids.withUnsafeMutableBufferPointer { interface.unbundle(transmit, into: $0) }
    return ids[..<count].map(\.rawValue)
  }

  /// The memory of a superbuf.
  func superbuf(_ number: Int, queue: Int = 5) -> UnsafeMutableRawPointer {
    let base = backend.driverMemory[queue]?.base ?? backend.registrations.last { $0.count >= 1 << 20 }!.base
    return base + number << 20
  }

  /// Writes metadata, second word first. `extra` is or'ed into the first.
  func write(
    _ superbuf: Int, _ slot: Int, length: Int, sentinel: Bool, extra: UInt64 = 0, time: UInt64 = 0, queue: Int = 5
  ) {
    let address = self.superbuf(superbuf, queue: queue) + slot * 2048
    address.storeBytes(of: time, toByteOffset: 8, as: UInt64.self)
    let word = UInt64(length) | 1 << 14 | 1 << 32 | 1 << 36 | (sentinel ? 1 << 43 : 0) | extra
    address.storeBytes(of: word, as: UInt64.self)
  }

  /// EFCT: the driver hands over a filled superbuf.
  mutating func handOver(_ superbuf: Int, sentinel: Bool, sequence: UInt32? = nil, queue: Int = 5) {
    let ring = backend.shared[queue]!
    let added = handedOver[queue, default: 0]
    let entry = ring + SharedReceiveQueue.filled + Int(added & 15) * 8
    entry.storeBytes(of: UInt16(superbuf), as: UInt16.self)
    entry.storeBytes(of: sentinel ? 1 : 0, toByteOffset: 2, as: UInt8.self)
    entry.storeBytes(of: sequence ?? added, toByteOffset: 4, as: UInt32.self)
    handedOver[queue] = added + 1
    ring.storeBytes(of: added + 1, toByteOffset: SharedReceiveQueue.filledAdded, as: UInt32.self)
  }

  /// EFCT: superbufs that came back and that the driver has not taken.
  func returned(queue: Int = 5) -> [Int] {
    let ring = backend.shared[queue]!
    let added = ring.load(fromByteOffset: SharedReceiveQueue.freeAdded, as: UInt32.self)
    let removed = ring.load(fromByteOffset: SharedReceiveQueue.freeRemoved, as: UInt32.self)
    return (removed..<added).map {
      Int(ring.load(fromByteOffset: SharedReceiveQueue.free + Int($0 & 15) * 2, as: UInt16.self))
    }
  }

  /// EFCT: the driver takes all superbufs that came back.
  func takeReturned(queue: Int = 5) {
    let ring = backend.shared[queue]!
    let added = ring.load(fromByteOffset: SharedReceiveQueue.freeAdded, as: UInt32.self)
    ring.storeBytes(of: added, toByteOffset: SharedReceiveQueue.freeRemoved, as: UInt32.self)
  }

  /// EF10CT: posts so far, as superbuf and sentinel.
  func posts(queue: Int = 5) -> [Post] {
    let base = backend.registrations.last { $0.count >= 1 << 20 }!.address
    return commands(0x2000 + queue * 8).map {
      Post(superbuf: Int(($0 << 12 & (1 << 52 - 1)) - base) >> 20, sentinel: $0 >> 52 & 1 == 1, other: $0 >> 53)
    }
  }

  struct Post: Equatable {
    var superbuf: Int
    var sentinel: Bool
    var other: UInt64 = 0
  }

  /// Polls until nothing comes, and gives the packet ids of good frames.
  mutating func packets() -> [UInt32] {
    var packets: [UInt32] = []
    while true {
      let events = poll()
      guard !events.isEmpty else { return packets }
      for case .receiveReference(let event) in events { packets.append(event.packet) }
    }
  }

  mutating func release(_ packets: [UInt32]) throws {
    for packet in packets { try interface.release(packet: packet) }
  }
}

func reference(_ packet: UInt32, _ bytes: UInt16, filter: UInt16 = 0, queue: UInt8 = 5) -> Event {
  .receiveReference(Event.ReceiveReference(packet: packet, bytes: bytes, filterID: filter, queue: queue))
}

func completion(_ descriptor: UInt32) -> Event {
  .transmit(Event.Transmit(descriptor: descriptor, queue: 0, wasCutThrough: true))
}
