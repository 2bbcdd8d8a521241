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

  /// Packets in superbufs that were not given back, because `reposts` is off.
  private(set) var held: [UInt32] = []

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
    var interface = try domain.allocateVirtualInterface(Self.fitting(options, driver))
    try Self.post(0..<post, received, &interface)
    receiveMemory = received
    transmitMemory = sent
    self.interface = interface
  }

  /// Capacities are those of EF10; an X4 express begins at 1024 receive entries.
  private static func fitting(_ options: InterfaceOptions, _ driver: Driver) -> InterfaceOptions {
    guard driver.identity.generation.datapath.isExpress else { return options }
    var fitting = options
    if options.receiveCapacity > 0 { fitting.receiveCapacity = max(1024, options.receiveCapacity) }
    fitting.eventCapacity = nil
    return fitting
  }

  mutating func post(_ range: Range<Int>) throws(QueueError) { try Self.post(range, receiveMemory, &interface) }

  private static func post(
    _ range: Range<Int>, _ memory: MemoryRegistration, _ interface: inout VirtualInterface
  ) throws(QueueError) {
    guard interface.receiveCapacity == 0 || !interface.takesFramesByReference else { return }
    for index in range {
      try interface.receiveInit(memory.dmaAddress(index * bufferSize), id: RequestID(index))
    }
    interface.receivePush()
  }

  /// Sends one frame; `id` comes back in `completed`.
  mutating func transmit(_ frame: [UInt8], id: Int, push: Bool = true) throws(QueueError) {
    let offset = id % Self.transmitSlots * Self.transmitSize
    memcpy(transmitMemory.base + offset, frame, frame.count)
    while true {
      do throws(QueueError) {
        try interface.transmitInit(transmitMemory.dmaAddress(offset), length: frame.count, id: RequestID(id))
        break
      } catch {
        // The adapter's FIFO is smaller than a ring of descriptors: what has left makes room.
        guard error.kind == .ringFull, interface.takesFramesByReference, poll() else { throw error }
      }
    }
    if push { interface.transmitPush() }
  }

  /// Gives the packets back that were held.
  mutating func releaseHeld() throws(QueueError) {
    for packet in held { try interface.release(packet: packet) }
    held = []
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
      case .receiveReference(let event), .receiveReferenceDiscard(let event): collect(event)
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

  private mutating func collect(_ event: Event.ReceiveReference) {
    let bytes = UnsafeRawBufferPointer(start: interface.packet(event.packet), count: Int(event.bytes))
    var arrival = Arrival(bytes: Array(bytes), flags: [.startOfPacket])
    if arrival.bytes[0] & 1 != 0 { arrival.flags[0].insert(.multicast) }
    if !event.errors.isEmpty {
      arrival.discard =
        event.errors.isDisjoint(with: [.frameCheckError, .lengthError]) ? .checksumBad : .frameCheckBad
    }
    if interface.flags.contains(.receiveTimestamps) {
      do throws(TimestampError) {
        arrival.stamp = .success(try interface.timestamp(ofPacket: event.packet))
      } catch {
        arrival.stamp = .failure(error)
      }
    }
    arrivals.append(arrival)
    guard reposts else {
      held.append(event.packet)
      return
    }
    do throws(QueueError) {
      try interface.release(packet: event.packet)
    } catch {
      others.append(.receiveError(queue: event.queue, code: .max))
    }
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

extension VirtualInterface {
  /// Whether frames come in superbufs.
  var takesFramesByReference: Bool { protectionDomain.driver.identity.generation.datapath.isExpress }
}
