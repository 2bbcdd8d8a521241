import EtherFabricFormats

/// A virtual interface with a packet pool: the level on which buffers have owners. Sending and posting consume a
/// buffer, completions and frames hand it back, and what is dropped returns to the pool. What the mirror level leaves
/// to discipline does not compile here.
///
/// ```swift
/// while let frame = endpoint.receive() {
///   handle(frame.bytes)
/// }
/// ```
///
/// An endpoint keeps its receive ring filled from the pool, and has an event queue of its own. On EFCT and EF10CT frames
/// arrive in superbufs instead: the pool is for sending, and nothing is posted.
public struct Endpoint: ~Copyable {
  /// The virtual interface, for filters, flags and statistics. Do not post, send or poll through it.
  public var interface: VirtualInterface
  /// Where its buffers come from.
  public let pool: PacketPool
  public internal(set) var counters = EndpointCounters()
  /// Descriptors that the endpoint keeps posted.
  public var fillLevel: Int

  let core: UnsafeMutablePointer<PoolCore>
  /// DMA address of each buffer.
  let addresses: UnsafeMutablePointer<DMAAddress>
  let events: UnsafeMutablePointer<Event>
  var eventCount = 0
  var eventNext = 0
  let sentIDs: UnsafeMutablePointer<RequestID>
  var sentCount = 0
  var sentNext = 0
  // The frame whose fragments are arriving.
  var partialFirst = UInt32.max
  var partialLast = UInt32.max
  var partialCount: UInt16 = 0
  var partialBytes: UInt32 = 0
  /// Bytes of it that are still to come, where events are merged: its length is in its prefix.
  var partialLeft: UInt32 = 0
  // The buffers of the merged event at hand.
  let mergedIDs: UnsafeMutablePointer<RequestID>
  var mergedCount = 0
  var mergedNext = 0
  /// Bytes that the adapter writes to a buffer.
  let bufferLength: UInt32

  static let eventCapacity = 64

  /// - Parameters:
  ///   - domain: registered memory of `pool`.
  ///   - pool: a pool that is registered in `domain`.
  ///   - fillLevel: receive descriptors to keep posted; nil for as many as ring and half the pool allow.
  /// - Throws: as `ProtectionDomain.allocateVirtualInterface`; `EINVAL` for a pool that `domain` does not know.
  public init(
    _ domain: ProtectionDomain, pool: PacketPool, options: InterfaceOptions = InterfaceOptions(),
    fillLevel: Int? = nil
  ) throws(EtherFabricError) {
    let registration = try Self.registration(of: pool, in: domain, options)
    try self.init(
      domain.allocateVirtualInterface(options), pool: pool, registration: registration, fillLevel: fillLevel)
  }

  /// A member of a set, to which the adapter spreads a part of the flows.
  /// - Parameters:
  ///   - set: of a domain with registered memory of `pool`.
  ///   - index: which member; nil for the first that is free.
  /// - Throws: as `VirtualInterfaceSet.allocateVirtualInterface`; `EINVAL` for a pool that the domain does not know.
  public init(
    _ set: VirtualInterfaceSet, index: Int? = nil, pool: PacketPool, options: InterfaceOptions = InterfaceOptions(),
    fillLevel: Int? = nil
  ) throws(EtherFabricError) {
    let registration = try Self.registration(of: pool, in: set.domain, options)
    try self.init(
      set.allocateVirtualInterface(index: index, options), pool: pool, registration: registration,
      fillLevel: fillLevel)
  }

  private static func registration(
    of pool: PacketPool, in domain: ProtectionDomain, _ options: InterfaceOptions
  ) throws(EtherFabricError) -> MemoryRegistration {
    guard let registration = pool.registration(in: domain) else {
      throw EtherFabricError(
        "Endpoint", errno: 22, reason: "the pool is not registered in this protection domain",
        remedy: "Call PacketPool.register(in:) first.")
    }
    guard !options.flags.contains(.receivePackedStream) else {
      throw EtherFabricError(
        "Endpoint", errno: 22, reason: "packed stream has no buffers of the size of a frame",
        remedy: "Use a PackedStreamReceiver.")
    }
    return registration
  }

  private init(
    _ allocated: consuming VirtualInterface, pool: PacketPool, registration: MemoryRegistration, fillLevel: Int?
  ) {
    interface = allocated
    interface.receiveBufferLength = min(pool.bufferSize, TransmitDescriptor.maximumLength)
    bufferLength = UInt32(interface.receiveBufferLength)
    self.pool = pool
    core = pool.core
    interface.resource.pool = core
    addresses = .allocate(capacity: pool.count)
    for index in 0..<pool.count {
      (addresses + index).initialize(to: registration.dmaAddress(index * pool.bufferSize))
    }
    events = .allocate(capacity: Self.eventCapacity)
    events.initialize(repeating: .none, count: Self.eventCapacity)
    sentIDs = .allocate(capacity: RingRules.transmitBatch)
    sentIDs.initialize(repeating: .none, count: RingRules.transmitBatch)
    mergedIDs = .allocate(capacity: RingRules.receiveBatch)
    mergedIDs.initialize(repeating: .none, count: RingRules.receiveBatch)
    let most = min(interface.receiveCapacity, max(8, pool.count / 2))
    self.fillLevel = min(fillLevel ?? most, interface.receiveCapacity)
    refill()
  }

  deinit {
    // First the adapter lets go of the buffers, then they return.
    #if ETHERFABRIC_HARDWARE
      let outstanding = interface.state.pointee.hardwareState?.outstanding() ?? []
    #endif
    interface.resource.stop()
    interface.resource.forgetPool()
    let state = interface.state
    while state.pointee.express == nil, state.pointee.receiveRemoved != state.pointee.receiveAdded {
      core.put(state.pointee.receiveIDs[Int(state.pointee.receiveRemoved & state.pointee.receiveMask)])
      state.pointee.receiveRemoved &+= 1
    }
    while let id = state.takeOldestTransmitID() { core.put(id) }
    #if ETHERFABRIC_HARDWARE
      for id in outstanding { core.put(id) }
    #endif
    for index in eventNext..<eventCount {
      switch events[index] {
      case .receive(let event): core.put(event.id.rawValue)
      case .receiveDiscard(let event): core.put(event.id.rawValue)
      case .transmitTimestamp(let event): core.put(event.id.rawValue)
      default: break
      }
    }
    for index in mergedNext..<mergedCount { core.put(mergedIDs[index].rawValue) }
    for index in sentNext..<sentCount { core.put(sentIDs[index].rawValue) }
    if partialFirst != .max { core.putChain(partialFirst) }
    addresses.deallocate()
    events.deallocate()
    sentIDs.deallocate()
    mergedIDs.deallocate()
  }

  /// Steers what a filter describes to this endpoint (`ef_vi_filter_add`).
  @discardableResult
  public func addFilter(_ filter: FilterSpecification) throws(EtherFabricError) -> FilterCookie {
    try interface.addFilter(filter)
  }
}
