import EtherFabric
import EtherFabricFormats

/// A virtual interface with its memory: receive buffers first, transmit buffers behind them. One thread uses it.
final class Station {
  static let receiveStride = 2048

  let driver: Driver
  /// In front of the memory, so that it goes first.
  var interface: VirtualInterface
  let memory: MemoryRegistration
  /// Bytes from one transmit buffer to the next: enough for the longest frame.
  let transmitStride: Int
  var events = EventBatch(capacity: 64)
  var freeTransmit: [Int32]
  let completed: UnsafeMutableBufferPointer<RequestID>
  /// A packet of several buffers, as far as it is there.
  var assembly: [UInt8] = []
  var assemblyTimestamp: UInt64?
  /// Bytes of it that are still to come, where events are merged.
  var assemblyLeft = 0
  var isAssembling = false

  /// The buffers of a merged event.
  let merged: UnsafeMutableBufferPointer<RequestID>
  /// Events that told of received packets.
  var receiveEvents: UInt64 = 0
  /// Packets that were marked, by reason.
  var discards: [DiscardReason: UInt64] = [:]
  /// Packets that were cut because no descriptor was left.
  var truncated: UInt64 = 0
  /// Transmits that the adapter reported as done.
  var transmitted: UInt64 = 0

  private let transmitBase: Int
  private let before: (port: AdapterStatistics, interface: AdapterStatistics)

  /// Opens the device and allocates an interface with rings of these sizes; 0 for none.
  convenience init(
    _ device: String, receive: Int, transmit: Int, hugePages: DMAMemory.HugePages = .never, flags: InterfaceFlags = []
  ) throws(EtherFabricError) {
    try self.init(
      try Driver.open(device), receive: receive, transmit: transmit, hugePages: hugePages, flags: flags)
  }

  /// The same on a device that is open.
  convenience init(
    _ driver: Driver, receive: Int, transmit: Int, hugePages: DMAMemory.HugePages, flags: InterfaceFlags
  ) throws(EtherFabricError) {
    let domain = try driver.allocateProtectionDomain()
    try self.init(
      domain.allocateVirtualInterface(
        InterfaceOptions(receiveCapacity: receive, transmitCapacity: transmit, flags: flags)),
      domain: domain, hugePages: hugePages)
  }

  /// Gives an interface of a domain its memory, and posts all receive buffers.
  init(
    _ allocated: consuming VirtualInterface, domain: ProtectionDomain, hugePages: DMAMemory.HugePages
  ) throws(EtherFabricError) {
    driver = domain.driver
    interface = allocated
    let receiveCount = interface.receiveCapacity
    let transmitCount = interface.transmitCapacity
    // Addresses, tags and frame check sequence around the payload.
    transmitStride = (driver.mtu + 22 + 2047) / 2048 * 2048
    transmitBase = receiveCount * Self.receiveStride
    memory = try MemoryRegistration(
      domain,
      DMAMemory(
        byteCount: max(4096, transmitBase + transmitCount * transmitStride), hugePages: hugePages,
        node: driver.identity.numaNode))
    freeTransmit = (0..<Int32(transmitCount)).reversed()
    completed = .allocate(capacity: RingRules.transmitBatch)
    merged = .allocate(capacity: RingRules.receiveBatch)
    before = (driver.statistics(), interface.statistics())
    interface.receiveBufferLength = Self.receiveStride
    for index in 0..<receiveCount { try post(RequestID(index)) }
    if receiveCount > 0 { interface.receivePush() }
  }

  deinit {
    completed.deallocate()
    merged.deallocate()
  }

  var identity: AdapterIdentity { driver.identity }

  /// Adds all filters, or tells which one was refused.
  func add(_ filters: [FilterArgument]) throws(EtherFabricError) {
    for filter in filters {
      do throws(EtherFabricError) {
        try interface.addFilter(filter.specification)
      } catch {
        throw error.on(filter)
      }
    }
  }

  /// What the interface counted since it was opened.
  var interfaceCounters: AdapterStatistics { interface.statistics().difference(since: before.interface) }
  /// What the port counted since then.
  var portCounters: AdapterStatistics { driver.statistics().difference(since: before.port) }

  func transmitBuffer(_ index: Int32) -> UnsafeMutableRawPointer {
    memory.base + transmitBase + Int(index) * transmitStride
  }

  func transmitAddress(_ index: Int32) -> DMAAddress {
    memory.dmaAddress(transmitBase + Int(index) * transmitStride)
  }

  func receiveBuffer(_ id: RequestID) -> UnsafeMutableRawPointer {
    memory.base + Int(id.rawValue) * Self.receiveStride
  }

  func post(_ id: RequestID) throws(EtherFabricError) {
    do throws(QueueError) {
      try interface.receiveInit(memory.dmaAddress(Int(id.rawValue) * Self.receiveStride), id: id)
    } catch {
      throw EtherFabricError(error, "VirtualInterface.receiveInit")
    }
  }
}

extension EtherFabricError {
  /// The refusal of a filter, with its text.
  func on(_ filter: FilterArgument) -> EtherFabricError {
    EtherFabricError(operation, errno: errno, reason: "filter '\(filter.text)': \(reason)", remedy: remedy)
  }

  /// The refusal of a datapath call, as the tool reports it.
  init(_ error: QueueError, _ operation: String) {
    self.init(operation, errno: error.errno, reason: "refused", remedy: "\(error)")
  }
}
