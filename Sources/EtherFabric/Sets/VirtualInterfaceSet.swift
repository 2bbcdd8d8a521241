/// `ef_vi_set`. Virtual interfaces over which the adapter spreads the frames of one filter: receive-side scaling.
///
/// The adapter hashes the addresses of an IPv4 or IPv6 frame, and the ports of TCP, so that the frames of one flow come
/// to one member, in order. A UDP flow is told from another by its addresses alone. Frames that are not IP go to the
/// first member. What comes to a member that has not been allocated, or has been freed, is dropped.
///
/// Allocate every member, and give each its buffers, before the first filter is added.
public final class VirtualInterfaceSet: Sendable {
  /// The domain of all members.
  public let domain: ProtectionDomain
  /// How many members there can be.
  public let count: Int
  let handle: UInt32

  init(domain: ProtectionDomain, count: Int) throws(EtherFabricError) {
    try domain.driver.checkOpen("ProtectionDomain.allocateVirtualInterfaceSet")
    handle = try domain.driver.backend.allocateSet(count: count, domain: domain.handle)
    self.domain = domain
    self.count = count
  }

  /// `ef_vi_set_free`. Removes the set's filters; members live on. In C it does nothing, and the kernel frees the set
  /// when the driver handle is closed.
  deinit { domain.driver.backend.freeSet(handle) }

  /// `ef_vi_alloc_from_set`. A member of the set with an event queue of its own.
  /// - Parameter index: which member, 0 to `count` - 1; nil for the first that is free.
  /// - Throws: as `ProtectionDomain.allocateVirtualInterface`; `EDOM` for an index that the set has not, `EEXIST` for
  ///   a member that is allocated, `ENOSPC` where all are.
  public func allocateVirtualInterface(
    index: Int? = nil, _ options: InterfaceOptions = InterfaceOptions()
  ) throws(EtherFabricError) -> VirtualInterface {
    try domain.allocate(options, member: SetMember(set: handle, index: index), eventOwner: nil)
  }

  /// `ef_vi_alloc_from_set` with `evq_opt`. A member whose events go to the event queue of another interface.
  public func allocateVirtualInterface(
    index: Int? = nil, _ options: InterfaceOptions = InterfaceOptions(),
    sharingEventsOf owner: borrowing VirtualInterface
  ) throws(EtherFabricError) -> VirtualInterface {
    try domain.allocate(
      options, member: SetMember(set: handle, index: index), eventOwner: owner.resource.eventOwner ?? owner.resource)
  }

  /// `ef_vi_set_filter_add`. Spreads what the filter describes over the members.
  /// - Throws: as `VirtualInterface.addFilter`.
  @discardableResult
  public func addFilter(_ filter: FilterSpecification) throws(EtherFabricError) -> FilterCookie {
    try domain.driver.backend.insert(filter, set: handle)
  }

  /// `ef_vi_set_filter_del`. Removes a filter of the set.
  public func removeFilter(_ cookie: FilterCookie) throws(EtherFabricError) {
    try domain.driver.backend.remove(cookie, set: handle)
  }
}

extension ProtectionDomain {
  /// `ef_vi_set_alloc_from_pd`. A set of virtual interfaces.
  /// - Parameter count: 1 to 64.
  /// - Throws: `EINVAL` for another count, `EOPNOTSUPP` where the adapter has no sets (EFCT, EF10CT), `EBUSY` where it
  ///   has not so many interfaces left.
  public func allocateVirtualInterfaceSet(count: Int) throws(EtherFabricError) -> VirtualInterfaceSet {
    try VirtualInterfaceSet(domain: self, count: count)
  }
}
