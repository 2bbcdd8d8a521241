import EtherFabricFormats
import Glibc
import Synchronization

@testable import EtherFabric

/// An adapter of plain memory that does nothing by itself: a test plays the hardware's part.
///
/// The doorbell page is filled with 0xee, so that an untouched register shows.
final class ScriptedBackend: AdapterBackend, @unchecked Sendable {
  let ringSize: Int
  let eventCapacity: Int
  let prefixLength: Int
  /// Of each interface, in the order in which they were allocated.
  private(set) var grants: [InterfaceGrant] = []
  private(set) var restarts: [String] = []
  /// What else is to be granted.
  var extendGrant: (inout InterfaceGrant) -> Void = { _ in }

  init(ringSize: Int, eventCapacity: Int, prefixLength: Int = 0) {
    self.ringSize = ringSize
    self.eventCapacity = eventCapacity
    self.prefixLength = prefixLength
  }

  deinit {
    for (index, grant) in grants.enumerated() {
      grant.receiveRing.deallocate()
      grant.transmitRing.deallocate()
      grant.doorbells.deallocate()
      if index == 0 { grant.eventQueue.deallocate() }
    }
  }

  let identity = AdapterIdentity(
    device: "scripted", interface: "scripted", generation: .x2, macAddress: MACAddress(value: 0x000f_5301_0203),
    isEmulated: true, numaNode: -1, configuration: [])
  var mtu: Int { 1500 }
  var isLinkUp: Bool { true }

  func allocateInterface(_ request: InterfaceRequest) throws(EtherFabricError) -> InterfaceGrant {
    func page(_ count: Int, _ fill: UInt8) -> UnsafeMutableRawPointer {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 8), alignment: 4096)
      memset(memory, Int32(fill), max(count, 8))
      return memory
    }
    func ring(_ capacity: Int) -> UnsafeMutablePointer<UInt64> {
      page(capacity * 8, 0).bindMemory(to: UInt64.self, capacity: max(capacity, 1))
    }
    let receive = request.options.receiveCapacity == 0 ? 0 : ringSize
    let transmit = request.options.transmitCapacity == 0 ? 0 : ringSize
    // The window: doorbells, PIO buffer, and on its fourth page the aperture.
    let doorbells = page(4 * DoorbellPage.size, 0xee)
    var grant = InterfaceGrant(
      resource: UInt32(grants.count), instance: UInt32(grants.count), label: grants.count,
      flags: request.options.flags, eventQueue: grants.first?.eventQueue ?? page(eventCapacity * 8, 0xff),
      eventCapacity: eventCapacity, receiveRing: ring(receive), receiveCapacity: receive,
      transmitRing: ring(transmit), transmitCapacity: transmit, receivePrefixLength: prefixLength,
      doorbells: doorbells, service: nil, serviceContext: doorbells, waitDescriptor: -1)
    if request.options.flags.contains(.cutThrough) { grant.cutThroughAperture = doorbells + DoorbellPage.ctpioAperture }
    extendGrant(&grant)
    grants.append(grant)
    return grant
  }

  func freeInterface(_ resource: UInt32) {}
  func allocateDomain(flags: DomainFlags) -> UInt32 { 1 }
  func freeDomain(_ domain: UInt32) {}
  func register(_ base: UnsafeMutableRawPointer, byteCount: Int, domain: UInt32) -> DMAAddress {
    DMAAddress(rawValue: 0x10_0000)
  }
  func unregister(_ address: DMAAddress, byteCount: Int, domain: UInt32) {}
  func capability(_ capability: Capability) -> UInt64? {
    switch capability {
    case .pioBufferSize: UInt64(DoorbellPage.pioBufferSize)
    case .transmitAlternativesBuffers: 100
    case .transmitAlternativesBufferSize: 512
    default: nil
    }
  }
  func allocatePIO(domain: UInt32) -> UInt32 { 7 }
  func freePIO(_ buffer: UInt32) { restarts.append("free PIO \(buffer)") }
  func linkPIO(_ buffer: UInt32, interface: UInt32) -> UnsafeMutableRawPointer {
    grants[Int(interface)].doorbells + DoorbellPage.pioBuffer
  }
  func unlinkPIO(_ buffer: UInt32, interface: UInt32) { restarts.append("unlink PIO \(buffer)") }
  /// Not in order, and not without a gap.
  func allocateAlternatives(_ count: Int, bytes: Int, interface: UInt32) -> [UInt8] { Array([4, 9, 5].prefix(count)) }
  func freeAlternatives(interface: UInt32) { restarts.append("free alternatives") }
  func statistics() -> AdapterStatistics { AdapterStatistics([]) }
  func statistics(interface: UInt32) -> AdapterStatistics { AdapterStatistics([]) }
  func putSoftwareEvent(_ data: UInt32, interface: UInt32) {}
  func flush(interface: UInt32) { restarts.append("flush") }
  func restartTransmit(interface: UInt32) { restarts.append("transmit") }
  func restartReceive(interface: UInt32) { restarts.append("receive") }
  func restartEvents(interface: UInt32) {
    memset(grants[0].eventQueue, 0xff, eventCapacity * 8)
    restarts.append("events")
  }

  private static let noFilters = EtherFabricError("filter", errno: EOPNOTSUPP, reason: "scripted", remedy: "None.")
  func insert(_ filter: FilterSpecification, interface: UInt32) throws(EtherFabricError) -> FilterCookie {
    throw Self.noFilters
  }
  func remove(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) { throw Self.noFilters }
  func query(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) -> FilterInfo {
    throw Self.noFilters
  }
}
