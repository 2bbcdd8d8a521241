import EmulatedAdapter
import EtherFabric
import Testing

/// SplitMix64.
struct Random {
  var state: UInt64

  mutating func next(_ bound: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return Int((value ^ value >> 31) % UInt64(bound))
  }
}

/// First in, first out.
struct Queue {
  private var items: [UInt32] = []
  private var head = 0
  var count: Int { items.count - head }

  mutating func append(_ item: UInt32) { items.append(item) }
  mutating func removeLast(_ count: Int) { items.removeLast(count) }
  mutating func next() -> UInt32? {
    guard head < items.count else { return nil }
    defer { head += 1 }
    if head > 4096 {
      items.removeFirst(head)
      head = 0
    }
    return items[head]
  }
}

/// One virtual interface, and what a reference says of it: which ids the rings hold, and what was sent.
struct Side: ~Copyable {
  let adapter: EmulatedAdapter
  let buffers: MemoryRegistration
  let frames: MemoryRegistration
  var interface: VirtualInterface
  var events: EventBatch
  var small: EventBatch
  let mac: MACAddress

  var posted = Queue()
  var sent = Queue()
  var unpushed = 0
  var softwareEvents = Queue()
  var cookie: FilterCookie?
  var sequence: UInt32 = 0
  /// The last sequence number that arrived here, and the packet that is arriving.
  var lastArrived: UInt32 = 0
  var partial: (sequence: UInt32, length: Int)?
  var arrived = 0
  var cut = 0
  var pushed = 0
  var completed = 0

  /// An interface of a driver, with a filter for its port's address.
  static func open(_ device: String) throws -> Side {
    let driver = try Driver.open(device)
    guard let adapter = driver.backend as? EmulatedAdapter else { throw NotEmulated() }
    let domain = try driver.allocateProtectionDomain()
    let buffers = try MemoryRegistration(domain, DMAMemory(byteCount: 1 << 20))
    let frames = try MemoryRegistration(domain, DMAMemory(byteCount: 512 * 4096))
    let interface = try domain.allocateVirtualInterface()
    let cookie = try interface.addFilter(.ethernet(driver.identity.macAddress))
    return Side(adapter: adapter, buffers: buffers, frames: frames, interface: interface, cookie: cookie)
  }

  private init(
    adapter: EmulatedAdapter, buffers: MemoryRegistration, frames: MemoryRegistration,
    interface: consuming VirtualInterface, cookie: FilterCookie
  ) {
    self.adapter = adapter
    self.buffers = buffers
    self.frames = frames
    mac = adapter.macAddress
    self.interface = interface
    self.cookie = cookie
    events = EventBatch(capacity: 32)
    small = EventBatch(capacity: 2)
  }

  struct NotEmulated: Error {}
  struct Wrong: Error { var what: String }

  /// A condition that must hold; an error costs less than an expectation a million times.
  func check(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    guard condition else { throw Wrong(what: what()) }
  }

  // MARK: Operations

  mutating func initReceive(_ count: Int) throws {
    for _ in 0..<count {
      let isFull = posted.count == interface.receiveCapacity
      let id = UInt32(truncatingIfNeeded: Int(nextBuffer) % 512)
      do {
        try interface.receiveInit(buffers.dmaAddress(Int(id) * 2048), id: RequestID(id))
        try check(!isFull, "a full receive ring took a descriptor")
        posted.append(id)
        nextBuffer += 1
      } catch let error as QueueError {
        try check(isFull && error.kind == .ringFull, "receive ring with \(posted.count): \(error)")
      }
    }
  }
  private var nextBuffer = 0

  mutating func initTransmit(length: Int, parts: Int, to peer: MACAddress) throws {
    sequence += 1
    let slot = Int(sequence % 512)
    let base = frames.base + slot * 4096
    peer.store(to: base)
    base.storeBytes(of: 0xb588_0000_0002, toByteOffset: 8, as: UInt64.self)
    base.storeBytes(of: sequence, toByteOffset: 16, as: UInt32.self)
    base.storeBytes(of: UInt32(length), toByteOffset: 20, as: UInt32.self)
    let space = interface.transmitSpace
    do {
      if parts == 1 {
        try interface.transmitInit(frames.dmaAddress(slot * 4096), length: length, id: RequestID(sequence))
      } else {
        let fragments = (0..<parts).map { part in
          let start = length * part / parts
          return DMAFragment(
            address: frames.dmaAddress(slot * 4096 + start), length: length * (part + 1) / parts - start)
        }
        try fragments.withUnsafeBufferPointer { pointer throws(QueueError) in
          try interface.transmitVectorInit(pointer, id: RequestID(sequence))
        }
      }
      try check(space >= parts && interface.transmitSpace == space - parts, "transmit space \(space), \(parts) parts")
      sent.append(sequence)
      unpushed += 1
    } catch let error as QueueError {
      try check(error.kind == .ringFull && space < parts, "transmit space \(space), \(parts) parts: \(error)")
      sequence -= 1
    }
  }

  mutating func push() {
    interface.transmitPush()
    pushed += unpushed
    unpushed = 0
  }

  mutating func undo() {
    interface.transmitInitUndo()
    sent.removeLast(unpushed)
    unpushed = 0
  }

  mutating func flipFilter() throws {
    if let cookie {
      try interface.removeFilter(cookie)
      self.cookie = nil
    } else {
      cookie = try interface.addFilter(.ethernet(mac))
    }
  }

  mutating func putSoftwareEvent(_ data: UInt32) throws {
    // An event queue of 1024 has room for all descriptors; leave some for these.
    guard softwareEvents.count < 64, posted.count + sent.count < 900 else { return }
    try interface.putSoftwareEvent(data)
    softwareEvents.append(data)
  }

  // MARK: Events

  @discardableResult
  mutating func poll(small isSmall: Bool) throws -> Int {
    let count = isSmall ? interface.poll(&small) : interface.poll(&events)
    for index in 0..<count { try handle(isSmall ? small[index] : events[index]) }
    return count
  }

  private mutating func handle(_ event: Event) throws {
    switch event {
    case .transmit(let transmit):
      try withUnsafeTemporaryAllocation(of: RequestID.self, capacity: 64) { ids in
        let count = interface.unbundle(transmit, into: ids)
        for index in 0..<count {
          let expected = sent.next()
          try check(ids[index].rawValue == expected, "completion \(ids[index]), expected \(expected ?? 0)")
          completed += 1
        }
      }
    case .receive(let receive):
      let expected = posted.next()
      try check(receive.id.rawValue == expected, "buffer \(receive.id), expected \(expected ?? 0)")
      if receive.flags.contains(.startOfPacket) {
        try check(partial == nil, "a packet began within another")
        let base = buffers.base + Int(receive.id.rawValue) * 2048
        let length = Int(base.load(fromByteOffset: 20, as: UInt32.self))
        partial = (base.load(fromByteOffset: 16, as: UInt32.self), length)
      }
      guard let packet = partial else { throw Wrong(what: "a fragment of no packet") }
      guard !receive.flags.contains(.continues) else { return }
      partial = nil
      try check(packet.sequence > lastArrived, "frame \(packet.sequence) after \(lastArrived)")
      try check(Int(receive.bytes) == max(60, packet.length), "\(receive.bytes) bytes of \(packet.length)")
      lastArrived = packet.sequence
      arrived += 1
    case .receiveTruncated:
      partial = nil
      cut += 1
    case .software(let data):
      let expected = softwareEvents.next()
      try check(data == expected, "software event \(data), expected \(expected ?? 0)")
    default: throw Wrong(what: "\(event)")
    }
  }

  mutating func drain() throws {
    var idle = 0
    while idle < 3 { idle = try poll(small: false) == 0 ? idle + 1 : 0 }
  }
}
