import EtherFabricFormats
import Glibc

@testable import EtherFabric

/// An EFCT or EF10CT adapter of plain memory that does nothing by itself: a test plays the hardware's part, and on EFCT
/// that of the driver that posts superbufs.
final class ExpressBackend: AdapterBackend, @unchecked Sendable {
  /// What crosses by calls: commands, in order, and the adapter's turn.
  final class Wires {
    var commands: [(register: Int, value: UInt64)] = []
    var onService: ((UInt32) -> Void)?
  }

  let datapath: Datapath
  let eventCapacity: Int
  let superbufCount: Int
  let generatesEvents: Bool
  let serves: Bool
  var parameters: DesignParameters
  var fifoBytes = 32768
  var queueLimit = 8
  var attachFailure: EtherFabricError?
  let wires = Wires()
  let eventQueue: UnsafeMutableRawPointer
  let aperture: UnsafeMutableRawPointer
  let window: UnsafeMutableRawPointer
  /// EFCT: memory of superbufs and the shared rings, by queue.
  private(set) var driverMemory: [Int: DMAMemory] = [:]
  private(set) var shared: [Int: UnsafeMutableRawPointer] = [:]
  private(set) var attached: [(queue: Int, superbufs: Int)] = []
  private(set) var registrations: [(base: UnsafeMutableRawPointer, address: UInt64, count: Int, domain: UInt32)] = []
  private(set) var freed = 0
  private(set) var removed: [FilterCookie] = []
  private(set) var restarts: [String] = []
  private var destinations: [UInt64: UInt16] = [:]
  private var filters: UInt64 = 0
  private let pages: UnsafeMutablePointer<HostMemory.Page>
  private var nextPage = 16
  static let pageCount = 1 << 15

  init(
    _ datapath: Datapath, eventCapacity: Int = 1024, superbufs: Int = 4, generatesEvents: Bool = false,
    serves: Bool = false
  ) {
    self.datapath = datapath
    self.eventCapacity = eventCapacity
    superbufCount = superbufs
    self.generatesEvents = generatesEvents
    self.serves = serves
    parameters = datapath == .efct ? .x3 : .x4Express
    func page(_ count: Int, _ fill: UInt8) -> UnsafeMutableRawPointer {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 4096)
      memset(memory, Int32(fill), count)
      return memory
    }
    eventQueue = page(max(4096, eventCapacity * 8), 0xff)
    aperture = page(4096, 0xee)
    window = page(16384, 0xee)
    pages = .allocate(capacity: Self.pageCount)
    pages.initialize(repeating: HostMemory.Page(host: 0, domain: 0), count: Self.pageCount)
  }

  deinit {
    eventQueue.deallocate()
    aperture.deallocate()
    window.deallocate()
    pages.deallocate()
    for memory in shared.values { memory.deallocate() }
  }

  var identity: AdapterIdentity {
    AdapterIdentity(
      device: "scripted", interface: "scripted", generation: datapath == .efct ? .x3 : .x4Express,
      macAddress: MACAddress(value: 0x000f_5301_0203), isEmulated: true, numaNode: -1, configuration: [])
  }
  /// The adapter forgets the superbufs; what is out keeps them.
  func forgetMemory() { driverMemory = [:] }
  func overwriteMemory() {
    for memory in driverMemory.values { memset(memory.base, 0xee, memory.count) }
  }

  var mtu: Int { 1500 }
  var isLinkUp: Bool { true }

  private func capacity(_ asked: Int) -> Int { asked == InterfaceOptions.adapterDefault ? 512 : asked }

  func allocateInterface(_ request: InterfaceRequest) throws(EtherFabricError) -> InterfaceGrant {
    let nothing = UnsafeMutablePointer<UInt64>(bitPattern: 8).unsafelyUnwrapped
    var grant = InterfaceGrant(
      resource: 0, instance: 0, label: 0, flags: request.options.flags, eventQueue: eventQueue,
      eventCapacity: eventCapacity, receiveRing: nothing, receiveCapacity: capacity(request.options.receiveCapacity),
      transmitRing: nothing, transmitCapacity: capacity(request.options.transmitCapacity), receivePrefixLength: 0,
      doorbells: window, service: serves ? expressService : nil,
      serviceContext: Unmanaged.passUnretained(wires).toOpaque(), waitDescriptor: -1)
    grant.datapath = datapath
    grant.command = expressCommand
    grant.express = ExpressGrant(
      parameters: parameters, aperture: aperture, transmitFIFOBytes: fifoBytes,
      memory: HostMemory(pages: pages, pageCount: Self.pageCount, domain: request.domain),
      receiveQueueLimit: queueLimit)
    return grant
  }

  func attachReceiveQueue(
    _ queue: Int, superbufs: Int, interface: UInt32
  ) throws(EtherFabricError) -> ReceiveQueueGrant {
    if let attachFailure { throw attachFailure }
    attached.append((queue, superbufs))
    guard datapath == .efct else {
      var grant = ReceiveQueueGrant(queue: queue, superbufCount: superbufs, postRegister: 0x2000 + queue * 8)
      grant.generatesEvents = generatesEvents
      return grant
    }
    let memory = try DMAMemory(byteCount: superbufCount << 20)
    driverMemory[queue] = memory
    let ring = UnsafeMutableRawPointer.allocate(byteCount: SharedReceiveQueue.size, alignment: 64)
    memset(ring, 0, SharedReceiveQueue.size)
    ring.storeBytes(of: 512, toByteOffset: SharedReceiveQueue.slots, as: UInt32.self)
    shared[queue] = ring
    var grant = ReceiveQueueGrant(
      queue: queue, superbufs: memory.base, superbufCount: superbufCount, shared: ring, hasHugePages: false)
    grant.memory = memory
    return grant
  }

  func freeInterface(_ resource: UInt32) { freed += 1 }
  func allocateDomain(flags: DomainFlags) -> UInt32 { 1 }
  func freeDomain(_ domain: UInt32) {}

  func register(_ base: UnsafeMutableRawPointer, byteCount: Int, domain: UInt32) -> DMAAddress {
    let count = (byteCount + 4095) / 4096
    for page in 0..<count {
      pages[nextPage + page] = HostMemory.Page(host: UInt(bitPattern: base) + UInt(page * 4096), domain: domain)
    }
    let address = UInt64(nextPage) << 12
    nextPage += count + 1
    registrations.append((base, address, byteCount, domain))
    return DMAAddress(rawValue: address)
  }

  func unregister(_ address: DMAAddress, byteCount: Int, domain: UInt32) {
    registrations.removeAll { $0.address == address.rawValue }
    let first = Int(address.rawValue >> 12)
    for page in first..<first + (byteCount + 4095) / 4096 { pages[page] = HostMemory.Page(host: 0, domain: 0) }
  }

  func insert(_ filter: FilterSpecification, interface: UInt32) throws(EtherFabricError) -> FilterCookie {
    filters += 1
    destinations[filters] = filter.destinationQueue ?? 5
    return FilterCookie(kind: filter.kind, id: filters)
  }
  func remove(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) { removed.append(cookie) }
  func query(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) -> FilterInfo {
    FilterInfo(validFields: [.receiveQueue], receiveQueue: UInt32(destinations[cookie.id] ?? 0))
  }

  func capability(_ capability: Capability) -> UInt64? { nil }
  func statistics() -> AdapterStatistics { AdapterStatistics([]) }
  func statistics(interface: UInt32) -> AdapterStatistics { AdapterStatistics([]) }
  func putSoftwareEvent(_ data: UInt32, interface: UInt32) {}
  func flush(interface: UInt32) { restarts.append("flush") }
  func restartTransmit(interface: UInt32) { restarts.append("transmit") }
  func restartReceive(interface: UInt32) { restarts.append("receive") }
  func restartEvents(interface: UInt32) {
    memset(eventQueue, 0xff, eventCapacity * 8)
    restarts.append("events")
  }
}

private func expressCommand(_ context: UnsafeMutableRawPointer, _ register: Int, _ value: UInt64) {
  Unmanaged<ExpressBackend.Wires>.fromOpaque(context).takeUnretainedValue().commands.append((register, value))
}

private func expressService(_ context: UnsafeMutableRawPointer, _ reason: UInt32) {
  Unmanaged<ExpressBackend.Wires>.fromOpaque(context).takeUnretainedValue().onService?(reason)
}
