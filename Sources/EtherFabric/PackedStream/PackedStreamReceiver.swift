import EtherFabricFormats

/// A virtual interface in packed stream with its buffers: packets of any length one behind the other in large buffers,
/// with one event for up to fifteen. For capture; it sends nothing.
///
/// ```swift
/// while var batch = receiver.receive() {
///   while let packet = batch.next() { handle(packet.bytes) }
/// }
/// ```
///
/// A batch is looked at before the next one is asked for: the compiler keeps it, and what comes of it, from living
/// longer, and the buffer it is in goes back to the adapter when all of its packets have been seen.
public struct PackedStreamReceiver: ~Copyable {
  /// The virtual interface, for filters, flags and statistics. Do not post or poll through it.
  public var interface: VirtualInterface
  public let parameters: PackedStreamParameters
  /// Buffers in all.
  public let bufferCount: Int
  public internal(set) var counters = PackedStreamCounters()
  /// Why nothing comes any more, until `restart`; nil while all is well.
  public internal(set) var fault: Fault?

  /// What ends a stream.
  public enum Fault: Equatable, Sendable {
    /// The event queue overflowed: events are lost, and with them the place in the stream.
    case overflow
    /// The receive ring stopped.
    case stopped(code: UInt16)
    /// The adapter was reset.
    case reset
  }

  let memory: MemoryRegistration
  let base: UnsafeMutableRawPointer
  /// DMA address of each buffer: with physical addresses they do not follow each other.
  let addresses: UnsafeMutablePointer<DMAAddress>
  let events: UnsafeMutablePointer<Event>
  var eventCount = 0
  var eventNext = 0
  /// The buffer that packets are in, -1 before the first.
  var current = -1
  var position: PackedStreamPosition

  static let eventCapacity = 64

  /// - Parameters:
  ///   - domain: a domain with `DomainFlags.receivePackedStream`.
  ///   - bufferCount: buffers to have, raised to 16; nil for as many as the adapter can use without being polled.
  ///   - options: sizes and flags; `receivePackedStream` is added, and the transmit ring left out.
  ///   - hugePages: whether the buffers are to be on 2 MiB pages.
  /// - Throws: `EOPNOTSUPP` where the adapter has no packed stream, `EINVAL` for a domain without the flag; what memory
  ///   or registration was refused with.
  public init(
    _ domain: ProtectionDomain, bufferCount: Int? = nil, options: InterfaceOptions = InterfaceOptions(),
    hugePages: DMAMemory.HugePages = .preferred
  ) throws(EtherFabricError) {
    guard options.receiveCapacity != 0 else {
      throw EtherFabricError(
        "PackedStreamReceiver", errno: 22, reason: "a receive ring of 0 descriptors",
        remedy: "Give 512, 1024 or 2048.")
    }
    var options = options
    options.flags.insert(.receivePackedStream)
    options.transmitCapacity = 0
    let interface = try domain.allocateVirtualInterface(options)
    let parameters = try interface.packedStreamParameters()
    let size = parameters.bufferSize
    // Up to seven wait for the next doorbell, and one is being read: with fewer than nine the stream would end.
    let count = min(interface.receiveCapacity, max(16, bufferCount ?? parameters.maximumUsableBuffers))
    let node = domain.driver.identity.numaNode
    // One buffer more, for what is lost in front of the first that is aligned.
    let mapped = try DMAMemory(byteCount: (count + 1) * size, hugePages: hugePages, node: node >= 0 ? node : nil)
    let memory = try MemoryRegistration(domain, mapped)
    let skip = Int(truncatingIfNeeded: (0 &- memory.address.rawValue) & UInt64(size - 1))
    self.interface = interface
    self.parameters = parameters
    self.bufferCount = count
    self.memory = memory
    base = mapped.base + skip
    addresses = .allocate(capacity: count)
    for index in 0..<count { (addresses + index).initialize(to: memory.dmaAddress(skip + index * size)) }
    events = .allocate(capacity: Self.eventCapacity)
    events.initialize(repeating: .none, count: Self.eventCapacity)
    position = PackedStreamPosition(startOf: base, parameters)
    postAll()
  }

  deinit {
    // First the adapter lets go of the buffers.
    interface.resource.stop()
    events.deallocate()
    addresses.deallocate()
  }

  /// Steers what a filter describes to this receiver (`ef_vi_filter_add`).
  @discardableResult
  public func addFilter(_ filter: FilterSpecification) throws(EtherFabricError) -> FilterCookie {
    try interface.addFilter(filter)
  }

  mutating func postAll() {
    for index in 0..<bufferCount { post(index) }
    interface.receivePush()
  }

  /// Cannot be refused: no more buffers are posted than the ring holds, and all are aligned.
  mutating func post(_ index: Int) {
    do throws(QueueError) {
      try interface.receiveInit(addresses[index], id: 0)
    } catch {
      counters.buffersRefused &+= 1
    }
  }
}

/// What a packed-stream receiver counted.
public struct PackedStreamCounters: Equatable, Sendable {
  public var packets: UInt64 = 0
  /// Bytes stored of these.
  public var bytes: UInt64 = 0
  /// Events that told of packets.
  public var events: UInt64 = 0
  /// Buffers begun.
  public var buffers: UInt64 = 0
  /// Packets that the adapter marked as bad.
  public var packetsWithErrors: UInt64 = 0
  /// Events in which the last packet had no timestamp that could be used.
  public var eventsWithoutTime: UInt64 = 0
  public var softwareEvents: UInt64 = 0
  /// Posts that were refused; 0.
  public var buffersRefused: UInt64 = 0
  public init() {}
}
