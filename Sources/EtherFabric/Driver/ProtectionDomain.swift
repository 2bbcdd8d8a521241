/// `ef_pd`. A protection domain: an interface can reach the memory that is registered in its domain, and no other.
public final class ProtectionDomain: Sendable {
  /// The device it belongs to.
  public let driver: Driver
  let handle: UInt32
  public let flags: DomainFlags

  init(driver: Driver, handle: UInt32, flags: DomainFlags) {
    self.driver = driver
    self.handle = handle
    self.flags = flags
  }

  /// `ef_pd_free`. Gives the domain back when nothing uses it any more: no interface, no registration, no reference.
  deinit { driver.backend.freeDomain(handle) }

  /// `ef_pd_interface_name`.
  public var interfaceName: String { driver.identity.interface }

  /// `ef_pd_capabilities_get`. As `Driver.capability`, of the datapath that the domain is on.
  ///
  /// `Capability.extraDatapaths` is a question about the port: here it has no answer but 0, as in C.
  public func capability(_ capability: Capability) throws(EtherFabricError) -> UInt64 {
    try driver.value(driver.backend.capability(capability, domain: handle), of: capability)
  }

  /// `ef_vi_alloc_from_pd`. A virtual interface with an event queue of its own.
  /// - Throws: `EINVAL` for a capacity that is not allowed, `EOPNOTSUPP` for a flag that the adapter lacks, `ENOSPC`
  ///   for an event queue that is too small, `EBUSY` where the adapter has no interface left.
  public func allocateVirtualInterface(
    _ options: InterfaceOptions = InterfaceOptions()
  ) throws(EtherFabricError) -> VirtualInterface {
    try allocate(options, member: nil, eventOwner: nil)
  }

  /// `ef_vi_alloc_from_pd` with `evq`. A virtual interface whose events go to the event queue of another, told
  /// apart by their label. `options.eventCapacity` is not used.
  /// - Throws: as above; `EBUSY` for the 33rd queue of an event queue.
  public func allocateVirtualInterface(
    _ options: InterfaceOptions = InterfaceOptions(), sharingEventsOf owner: borrowing VirtualInterface
  ) throws(EtherFabricError) -> VirtualInterface {
    try allocate(options, member: nil, eventOwner: owner.resource.eventOwner ?? owner.resource)
  }

  func allocate(
    _ options: InterfaceOptions, member: SetMember?, eventOwner: InterfaceResource?
  ) throws(EtherFabricError) -> VirtualInterface {
    try driver.checkOpen("ProtectionDomain.allocateVirtualInterface")
    if let eventOwner, eventOwner.domain.driver.backend !== driver.backend {
      throw EtherFabricError(
        "ProtectionDomain.allocateVirtualInterface", errno: 22,
        reason: "the event queue belongs to \(eventOwner.domain.driver.identity.device)",
        remedy: "Share an event queue of the same adapter.")
    }
    let request = InterfaceRequest(
      domain: handle, options: options, eventQueueOwner: eventOwner?.grant.resource, member: member)
    let grant = try driver.backend.allocateInterface(request)
    return VirtualInterface(resource: InterfaceResource(domain: self, grant: grant, eventOwner: eventOwner))
  }
}
