import EtherFabric
import EtherFabricFormats

/// One of the two devices of `efvi forward`, with the common pool registered in its domain.
final class ForwardSide {
  static let stride = 2048

  let driver: Driver
  let domain: ProtectionDomain
  var interface: VirtualInterface
  /// The whole pool; set before the first frame.
  var memory: MemoryRegistration!
  var events = EventBatch(capacity: 64)
  let completed: UnsafeMutableBufferPointer<RequestID>
  /// Buffers of the packet that is coming in, and what the adapter wrote to each.
  var parts: [(buffer: RequestID, fragment: DMAFragment)] = []
  var partBytes = 0

  var received: UInt64 = 0
  /// Frames that this side gave to the other.
  var forwarded: UInt64 = 0
  var noRoom: UInt64 = 0
  var discards: [DiscardReason: UInt64] = [:]
  var truncated: UInt64 = 0
  /// Packets in this side's transmit ring.
  var inFlight = 0
  private let before: AdapterStatistics

  init(_ device: String, _ queues: QueueOptions) throws(EtherFabricError) {
    driver = try Driver.open(device)
    domain = try driver.allocateProtectionDomain()
    // Frames go on as they came.
    interface = try domain.allocateVirtualInterface(
      InterfaceOptions(
        receiveCapacity: queues.receive, transmitCapacity: queues.transmit, flags: [.noIPChecksum, .noL4Checksum]))
    interface.receiveBufferLength = Self.stride
    completed = .allocate(capacity: RingRules.transmitBatch)
    before = driver.statistics()
  }

  deinit { completed.deallocate() }

  var counters: AdapterStatistics { driver.statistics().difference(since: before) }

  func add(_ filters: [FilterArgument]) throws(EtherFabricError) {
    for filter in filters {
      do throws(EtherFabricError) {
        try interface.addFilter(filter.specification)
      } catch {
        throw error.on(filter)
      }
    }
  }

  /// The buffer's DMA address in this side's domain.
  func address(_ buffer: RequestID) -> DMAAddress { memory.dmaAddress(Int(buffer.rawValue) * Self.stride) }

  func post(_ buffer: RequestID) throws(EtherFabricError) {
    do throws(QueueError) {
      try interface.receiveInit(address(buffer), id: buffer)
    } catch {
      throw EtherFabricError(error, "VirtualInterface.receiveInit")
    }
  }

  /// Takes up a part of a packet; true with its last.
  func takePart(_ event: Event.Receive) -> Bool {
    if event.flags.contains(.startOfPacket) {
      parts.removeAll(keepingCapacity: true)
      partBytes = 0
    }
    let prefix = parts.isEmpty ? interface.receivePrefixLength : 0
    let length = Int(event.bytes) - partBytes - prefix
    partBytes = Int(event.bytes)
    parts.append((event.id, DMAFragment(address: address(event.id).advanced(by: prefix), length: length)))
    return !event.flags.contains(.continues)
  }

  func add(to report: inout Report, _ name: String, to other: String) {
    report.add(
      "\(name)_to_\(other)",
      [
        ("device", .text(driver.identity.device)), ("received", .integer(received)),
        ("forwarded", .integer(forwarded)), ("no_room", .integer(noRoom)),
      ])
    var rows = discards.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { (name: "\($0.key)", value: Report.Value.integer($0.value)) }
    if truncated > 0 { rows.append(("truncated", .integer(truncated))) }
    if !rows.isEmpty { report.add("\(name)_discards", rows) }
    report.add("\(name)_port", counters: counters)
  }
}
