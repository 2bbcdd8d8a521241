import EtherFabric
import EtherFabricFormats
import Glibc
import Synchronization

/// An emulated Solarflare adapter with one port: the hardware's half of ef_vi over memory, behind a wire.
///
/// It is the backend of `emu:` devices, and what a test holds to turn its knobs. Control calls may come from any
/// thread.
public final class EmulatedAdapter: AdapterBackend, @unchecked Sendable {
  public let settings: AdapterSettings
  public let wire: any Wire
  let port: UnsafeMutablePointer<PortState>
  let filters: FilterTable
  let counters: AdapterCounters
  /// Guards `control`. Taken first, then the port.
  let controlLock: UnsafeMutablePointer<pthread_mutex_t>
  var control: ControlState
  /// The hash of sets, made with the first.
  let toeplitz: ToeplitzHash
  private var thread: ServiceThread?

  /// Everything that changes under the control lock.
  struct ControlState {
    var pages = PageAllocator()
    var busPages = PageAllocator(BusTable.firstPage..<BusTable.pageCount)
    /// Registrations with physical addresses, by their first.
    var busRegistrations: [UInt64: [BusRun]] = [:]
    /// Registrations with addresses of the adapter's own, by them.
    var registrations: [UInt64: RegisteredMemory] = [:]
    /// Which of them frames were received into last, without a copy.
    var adopted: UnsafeMutableRawPointer?
    var domains: [UInt32: DomainState] = [:]
    var nextDomain: UInt32 = 1
    var interfaces: [UInt32: InterfaceMemory] = [:]
    var indexes = InterfaceIndexes()
    var sets: [UInt32: SetMemory] = [:]
    var nextSet: UInt32 = 1
    /// Of X3 receive queues, by number.
    var superbufs: [Int: SuperbufMemory] = [:]
    var allocationFaults: AllocationFaults
    var pioBuffers: [UInt32: PIOMemory] = [:]
    var nextPIO: UInt32 = 1
    var alternatives: AlternativePool

    /// What the superbufs of X3 queues are on; nil where there are none.
    var superbufPages: String? {
      guard !superbufs.isEmpty else { return nil }
      return superbufs.values.allSatisfy(\.hasHugePages) ? "huge pages" : "normal pages: too few huge ones are free"
    }
  }

  public init(wire: any Wire, settings: AdapterSettings = AdapterSettings()) throws(EtherFabricError) {
    self.wire = wire
    self.settings = settings
    control = ControlState(
      allocationFaults: AllocationFaults(settings.faults), alternatives: AlternativePool(settings.generation))
    controlLock = .allocate(capacity: 1)
    pthread_mutex_init(controlLock, nil)
    let translation = try TranslationTable()
    counters = AdapterCounters(
      device: settings.device, isShared: settings.sharesCounters,
      hasFaults: (!settings.faults.receive.isHarmless, !settings.faults.transmit.isHarmless))
    toeplitz = ToeplitzHash()
    // An X3 has one filter act, its own at the MAC among them.
    filters = FilterTable(
      limit: settings.filterLimit, hardwareMAC: Self.address(wire, settings),
      chainsMulticast: settings.generation.datapath != .efct)
    if settings.generation.datapath == .efct { filters.receiveQueueCount = UInt32(ExpressParameters.sharedQueues) }
    let claim = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
      .bindMemory(to: Atomic<Bool>.self, capacity: 1)
    claim.initialize(to: Atomic(false))
    // The numbers of sets follow those of interfaces: nobody is there.
    let numbers = PortState.interfaceLimit + PortState.setLimit
    let interfaces = UnsafeMutablePointer<UnsafeMutablePointer<InterfaceState>?>.allocate(capacity: numbers)
    interfaces.initialize(repeating: nil, count: numbers)
    let queues = UnsafeMutablePointer<UnsafeMutablePointer<ReceiveQueueState>?>
      .allocate(capacity: ExpressParameters.ownQueues)
    queues.initialize(repeating: nil, count: ExpressParameters.ownQueues)
    let sets = UnsafeMutablePointer<UnsafeMutablePointer<SetState>?>.allocate(capacity: PortState.setLimit)
    sets.initialize(repeating: nil, count: PortState.setLimit)
    let steering = UnsafeMutablePointer<SteeringState>.allocate(capacity: 1)
    steering.initialize(to: SteeringState())
    port = .allocate(cacheAligned: 1)
    port.initialize(
      to: PortState(
        wire: wire.operations, claim: claim, counterWords: counters.port, matcher: filters.matcher,
        interfaces: interfaces, translation: translation, burst: .allocate(capacity: PortState.burstLimit),
        maximumFrame: Self.maximumFrame(settings.mtu ?? wire.mtu, settings.generation),
        completionBatch: UInt32(min(max(settings.completionBatch, 1), RingRules.transmitBatch)),
        recipients: .allocate(capacity: PortState.interfaceLimit),
        scratch: .allocate(byteCount: PortState.scratchSize, alignment: 64),
        cutThroughFaults: CutThroughFaults(settings.faults),
        faultWords: (counters.receiveFaults, counters.transmitFaults), queues: queues,
        live: .allocate(capacity: PortState.interfaceLimit), sets: sets, steering: steering))
    port.pointee.hashing = FrameHashing(table: toeplitz.table, usesUDPPorts: settings.hashesUDPPorts)
    wire.count(in: counters.wire)
    port.pointee.clock.isManual = settings.hasManualClock
    port.pointee.clock.stampsFrames = settings.stampsWithClock
    setUpClock()
    port.pointee.isForcedDown = settings.startsLinkDown
    port.pointee.waitsForPoll = settings.waitsForPoll && settings.service == .inline
    port.pointee.watchesDoorbells = settings.service == .thread
    if !settings.faults.receive.isHarmless { port.pointee.receiveFaults = Self.injector(settings.faults, .receive) }
    if !settings.faults.transmit.isHarmless { port.pointee.transmitFaults = Self.injector(settings.faults, .transmit) }
    updatePaths()
    if settings.service == .thread { thread = ServiceThread(port: port, wire: wire) }
  }

  /// MTU and Ethernet header with one tag; adapters of superbufs alone carry no more than a slot holds.
  private static func maximumFrame(_ mtu: Int, _ generation: Generation) -> Int {
    generation.isEF10 ? mtu + 18 : min(mtu + 18, StreamHeader.maximumFrame)
  }

  private static func injector(_ plan: FaultPlan, _ direction: FaultDirection) -> UnsafeMutablePointer<FaultInjector> {
    let injector = UnsafeMutablePointer<FaultInjector>.allocate(capacity: 1)
    injector.initialize(to: FaultInjector(plan, direction: direction, frameLimit: PortState.scratchSize))
    return injector
  }

  deinit {
    thread?.stop()
    for memory in control.interfaces.values { _ = detachAll(memory.state) }
    // The wire may live on, the page and the buffers do not.
    if port.pointee.inPlace != nil {
      endInPlace()
      wire.relinquish(.nobodyReceives)
      wire.takeFrames()
    }
    wire.count(in: nil)
    for faults in [port.pointee.receiveFaults, port.pointee.transmitFaults] {
      faults?.pointee.deallocate()
      faults?.deallocate()
    }
    pthread_mutex_destroy(controlLock)
    controlLock.deallocate()
    port.pointee.translation.deallocate()
    port.pointee.interfaces.deallocate()
    port.pointee.live.deallocate()
    port.pointee.sets.deallocate()
    port.pointee.steering.pointee.deallocate()
    port.pointee.steering.deallocate()
    port.pointee.queues.deallocate()
    port.pointee.recipients.deallocate()
    port.pointee.scratch.deallocate()
    port.pointee.burst.deallocate()
    port.pointee.claim.deallocate()
    port.deallocate()
  }

  public var macAddress: MACAddress { Self.address(wire, settings) }

  private static func address(_ wire: any Wire, _ settings: AdapterSettings) -> MACAddress {
    settings.macAddress ?? wire.macAddress ?? address(of: wire.name)
  }

  /// A stable address for a wire without one: the adapter maker's prefix and a hash of the name.
  static func address(of name: String) -> MACAddress {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return MACAddress(value: 0x000f_5300_0000 | (hash ^ hash >> 32) & 0xff_ffff)
  }

  public var mtu: Int { port.pointee.maximumFrame - 18 }
  public var isLinkUp: Bool { !port.pointee.isForcedDown && wire.isLinkUp }

  public var identity: AdapterIdentity {
    var lines = wire.configuration
    lines.insert(("adapter", "emulated \(settings.generation), no hardware"), at: 0)
    lines.append(("service", settings.service.rawValue))
    if let pages = locked({ $0.superbufPages }) { lines.append(("superbufs", pages)) }
    lines.append(("clock", clockDescription))
    lines.append(("counters", counters.description))
    return AdapterIdentity(
      device: settings.device, interface: wire.name, generation: settings.generation, macAddress: macAddress,
      isEmulated: true, numaNode: -1, configuration: lines)
  }

  /// Sets the limit of the port: frames above `mtu` + 18 bytes are dropped and counted.
  /// - Precondition: 0 to 16366, what the port's memory holds.
  public func setMTU(_ mtu: Int) {
    precondition((0...16384 - 18).contains(mtu), "the MTU of an emulated port is 0 to 16366 bytes")
    port.withClaim { port.pointee.maximumFrame = mtu + 18 }
  }

  /// Pulls the plug, or puts it in again. Frames meanwhile are dropped and counted; transmits complete.
  public func setLink(up: Bool) { port.withClaim { port.pointee.isForcedDown = !up } }

  /// Runs the adapter once, as a doorbell does. For tests that do not poll.
  @discardableResult
  public func service() -> Bool { port.serviceAll() }

  func fails(_ kind: AllocationKind, _ operation: String, _ state: inout ControlState) throws(EtherFabricError) {
    guard state.allocationFaults.nextFails(kind) else { return }
    throw EtherFabricError(
      operation, errno: ENOMEM, reason: "the fault plan refuses this allocation", remedy: "Change the fault plan.")
  }
}
