/// Requests for sets of virtual interfaces over which an adapter spreads frames.
public protocol SetRequests {
  /// Reserves `count` interfaces of a domain, none of them allocated yet.
  /// - Throws: `EINVAL` for a count that is not 1 to 64, `EBUSY` where the adapter has not so many left.
  func allocateSet(count: Int, domain: UInt32) throws(EtherFabricError) -> UInt32
  /// Removes the filters of a set. Its interfaces live on.
  func freeSet(_ set: UInt32)
  /// A filter whose frames are spread over the set.
  func insert(_ filter: FilterSpecification, set: UInt32) throws(EtherFabricError) -> FilterCookie
  func remove(_ cookie: FilterCookie, set: UInt32) throws(EtherFabricError)
}

extension SetRequests {
  public func allocateSet(count: Int, domain: UInt32) throws(EtherFabricError) -> UInt32 {
    throw .unsupported("ProtectionDomain.allocateVirtualInterfaceSet", "sets of virtual interfaces")
  }

  public func freeSet(_ set: UInt32) {}

  public func insert(_ filter: FilterSpecification, set: UInt32) throws(EtherFabricError) -> FilterCookie {
    throw .unsupported("VirtualInterfaceSet.addFilter", "sets of virtual interfaces")
  }

  public func remove(_ cookie: FilterCookie, set: UInt32) throws(EtherFabricError) {
    throw .unsupported("VirtualInterfaceSet.removeFilter", "sets of virtual interfaces")
  }
}

/// Which interface of a set is asked for.
public struct SetMember: Sendable, Equatable {
  /// As `SetRequests.allocateSet` gave it.
  public var set: UInt32
  /// Nil for the first that is free.
  public var index: Int?

  public init(set: UInt32, index: Int?) {
    self.set = set
    self.index = index
  }
}
