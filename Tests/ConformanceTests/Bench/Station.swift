import EtherFabric
import Glibc

/// A frame as the program got it.
struct Arrival: Equatable {
  var bytes: [UInt8]
  /// Of each of its events, in order.
  var flags: [ReceiveFlags] = []
  /// Why it was discarded; nil for a good frame.
  var discard: DiscardReason?
  var stamp: Result<Timestamp, TimestampError>?
}

/// A virtual interface with memory, the way a program uses it: buffers go back to the ring when they are read.
struct Station: ~Copyable {
  var interface: VirtualInterface
  /// Frames that arrived and were not taken yet.
  var arrivals: [Arrival] = []
  /// Completed requests, in order.
  var completed: [RequestID] = []
  /// Every other event.
  var others: [Event] = []
  /// Whether buffers are posted again.
  var reposts = true

  private let receiveMemory: MemoryRegistration
  private let transmitMemory: MemoryRegistration
  private var events = EventBatch(capacity: 32)
  private var partial: Arrival?
  private var partialBytes = 0

  static let bufferSize = 2048
  static let transmitSlots = 512
  static let transmitSize = 16384

  /// - Parameters:
  ///   - post: receive buffers, posted at once.
  ///   - room: receive buffers at least.
  init(_ driver: Driver, post: Int = 504, room: Int = 0, options: InterfaceOptions = InterfaceOptions()) throws {
    let domain = try driver.allocateProtectionDomain()
    let count = max(post, room, 8)
    let received = try MemoryRegistration(domain, DMAMemory(byteCount: count * Self.bufferSize))
    let sent = try MemoryRegistration(domain, DMAMemory(byteCount: Self.transmitSlots * Self.transmitSize))
    var interface = try domain.allocateVirtualInterface(options)
    try Self.post(0..<post, received, &interface)
    receiveMemory = received
    transmitMemory = sent
    self.interface = interface
  }

  mutating func post(_ range: Range<Int>) throws(QueueError) { try Self.post(range, receiveMemory, &interface) }

  private static func post(
    _ range: Range<Int>, _ memory: MemoryRegistration, _ interface: inout VirtualInterface
  ) throws(QueueError) {
    for index in range {
      try interface.receiveInit(memory.dmaAddress(index * bufferSize), id: RequestID(index))
    }
    interface.receivePush()
  }

  /// Sends one frame; `id` comes back in `completed`.
  mutating func transmit(_ frame: [UInt8], id: Int, push: Bool = true) throws(QueueError) {
    let offset = id % Self.transmitSlots * Self.transmitSize
    memcpy(transmitMemory.base + offset, frame, frame.count)
    try interface.transmitInit(transmitMemory.dmaAddress(offset), length: frame.count, id: RequestID(id))
    if push { interface.transmitPush() }
  }

  /// One poll. Returns whether there was anything.
  @discardableResult
  mutating func poll() -> Bool {
    guard interface.poll(&events) > 0 else { return false }
    for index in events.indices {
      switch events[index] {
      case .receive(let event): collect(event.id, Int(event.bytes), event.flags, nil)
      case .receiveDiscard(let event): collect(event.id, Int(event.bytes), event.flags, event.reason)
      case .transmit(let event):
        withUnsafeTemporaryAllocation(of: RequestID.self, capacity: 64) { ids in
          let count = interface.unbundle(event, into: ids)
          completed += ids[..<count]
        }
      default: others.append(events[index])
      }
    }
    return true
  }

  /// The next `count` frames, or as many as come in time.
  mutating func take(_ count: Int, within timeout: Duration = .seconds(2)) -> [Arrival] {
    let end = ContinuousClock.now + timeout
    while arrivals.count < count, ContinuousClock.now < end {
      if !poll() { breathe() }
    }
    defer { arrivals.removeFirst(min(count, arrivals.count)) }
    return Array(arrivals.prefix(count))
  }

  /// The request ids completed, once there are `count` of them or the time is over.
  mutating func completions(_ count: Int, within timeout: Duration = .seconds(2)) -> [Int] {
    let end = ContinuousClock.now + timeout
    while completed.count < count, ContinuousClock.now < end {
      if !poll() { breathe() }
    }
    defer { completed = [] }
    return completed.map { Int($0.rawValue) }
  }

  private mutating func collect(_ id: RequestID, _ bytes: Int, _ flags: ReceiveFlags, _ reason: DiscardReason?) {
    let buffer = receiveMemory.base + Int(id.rawValue) * Self.bufferSize
    var arrival = partial ?? Arrival(bytes: [])
    let isFirst = partial == nil
    if isFirst, interface.flags.contains(.receiveTimestamps) {
      do throws(TimestampError) {
        arrival.stamp = .success(try interface.receiveTimestamp(buffer))
      } catch {
        arrival.stamp = .failure(error)
      }
    }
    let skipped = isFirst ? interface.receivePrefixLength : 0
    let count = bytes - partialBytes
    arrival.bytes += UnsafeRawBufferPointer(start: buffer + skipped, count: count - skipped)
    arrival.flags.append(flags)
    arrival.discard = reason
    if flags.contains(.continues) {
      partial = arrival
      partialBytes = bytes
    } else {
      arrivals.append(arrival)
      partial = nil
      partialBytes = 0
    }
    guard reposts else { return }
    memset(buffer, 0xee, Self.bufferSize)
    try? interface.receivePost(receiveMemory.dmaAddress(Int(id.rawValue) * Self.bufferSize), id: id)
  }
}
