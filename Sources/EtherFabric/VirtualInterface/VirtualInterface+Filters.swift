extension VirtualInterface {
  /// `ef_vi_filter_add`. Steers what the filter describes to this interface.
  /// - Throws: `EINVAL` for a combination that no adapter has, `EPROTONOSUPPORT` for one that this adapter lacks,
  ///   `EEXIST` for a filter that is already there, `EBUSY` where another interface has it, `ENOSPC` where the table
  ///   is full.
  @discardableResult
  public func addFilter(_ filter: FilterSpecification) throws(EtherFabricError) -> FilterCookie {
    try resource.domain.driver.backend.insert(filter, interface: resourceID)
  }

  /// `ef_vi_filter_del`. Removes a filter of this interface.
  public func removeFilter(_ cookie: FilterCookie) throws(EtherFabricError) {
    try resource.domain.driver.backend.remove(cookie, interface: resourceID)
  }

  /// `ef_vi_filter_query`. The hardware's id of a filter, and its receive queue.
  public func queryFilter(_ cookie: FilterCookie) throws(EtherFabricError) -> FilterInfo {
    try resource.domain.driver.backend.query(cookie, interface: resourceID)
  }
}
