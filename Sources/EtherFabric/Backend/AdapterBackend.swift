/// The resource requests of a driver: what the API asks an adapter for. The control path only; packets go through
/// the memory of an `InterfaceGrant`.
public protocol AdapterBackend:
  AnyObject, Sendable, DomainRequests, ExpressRequests, PIORequests, AlternativeRequests, ReceiveErrorRequests,
  SetRequests
{
  /// What the device is and what was really obtained.
  var identity: AdapterIdentity { get }
  /// Largest payload after the Ethernet header, in bytes, now; 0 where it cannot be told.
  var mtu: Int { get }
  var isLinkUp: Bool { get }

  func allocateDomain(flags: DomainFlags) throws(EtherFabricError) -> UInt32
  func freeDomain(_ domain: UInt32)

  /// Makes memory reachable for DMA. Returns the DMA address of its first byte; the rest follows without gaps.
  func register(
    _ base: UnsafeMutableRawPointer, byteCount: Int, domain: UInt32
  ) throws(EtherFabricError) -> DMAAddress
  func unregister(_ address: DMAAddress, byteCount: Int, domain: UInt32)

  func allocateInterface(_ request: InterfaceRequest) throws(EtherFabricError) -> InterfaceGrant
  func freeInterface(_ resource: UInt32)

  func insert(_ filter: FilterSpecification, interface: UInt32) throws(EtherFabricError) -> FilterCookie
  func remove(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError)
  func query(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) -> FilterInfo

  func capability(_ capability: Capability) -> UInt64?
  func putSoftwareEvent(_ data: UInt32, interface: UInt32) throws(EtherFabricError)
  /// Stops both rings of an interface.
  func flush(interface: UInt32) throws(EtherFabricError)
  /// Starts a ring that stopped after an error from its beginning.
  func restartTransmit(interface: UInt32) throws(EtherFabricError)
  func restartReceive(interface: UInt32) throws(EtherFabricError)
  /// Empties the event queue and starts it from its beginning.
  func restartEvents(interface: UInt32) throws(EtherFabricError)
  func statistics() -> AdapterStatistics
  func statistics(interface: UInt32) -> AdapterStatistics
}

/// What a device turned out to be.
public struct AdapterIdentity: Sendable {
  /// The device string with every option that is in effect.
  public var device: String
  /// Interface name, or the wire's name.
  public var interface: String
  public var generation: Generation
  public var macAddress: MACAddress
  /// True where there is no adapter: figures of such a device say nothing about hardware.
  public var isEmulated: Bool
  /// NUMA node of the interface, or -1.
  public var numaNode: Int
  /// What was really obtained, line by line.
  public var configuration: [(name: String, value: String)]

  public init(
    device: String, interface: String, generation: Generation, macAddress: MACAddress, isEmulated: Bool,
    numaNode: Int, configuration: [(name: String, value: String)]
  ) {
    self.device = device
    self.interface = interface
    self.generation = generation
    self.macAddress = macAddress
    self.isEmulated = isEmulated
    self.numaNode = numaNode
    self.configuration = configuration
  }
}

/// A request for a virtual interface, as a backend gets it.
public struct InterfaceRequest: Sendable {
  public var domain: UInt32
  public var options: InterfaceOptions
  /// Resource whose event queue is to be shared.
  public var eventQueueOwner: UInt32?
  /// The interface's place in a set of the same domain.
  public var member: SetMember?

  public init(
    domain: UInt32, options: InterfaceOptions, eventQueueOwner: UInt32? = nil, member: SetMember? = nil
  ) {
    self.domain = domain
    self.options = options
    self.eventQueueOwner = eventQueueOwner
    self.member = member
  }
}
