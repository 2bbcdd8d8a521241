extension VirtualInterface {
  /// `ef_vi_filter_add`. Steers what the filter describes to this interface. On EFCT and EF10CT the interface is attached
  /// to the receive queue of the filter as well, and brings superbufs for it (EF10CT).
  /// - Throws: `EINVAL` for a combination that no adapter has, `EPROTONOSUPPORT` for one that this adapter lacks,
  ///   `EEXIST` for a filter that is already there, `EBUSY` where another interface has it, `ENOSPC` where the table
  ///   is full, or the interface has all receive queues that it can have; what memory for superbufs was refused with.
  @discardableResult
  public func addFilter(_ filter: FilterSpecification) throws(EtherFabricError) -> FilterCookie {
    let backend = resource.domain.driver.backend
    let cookie = try backend.insert(filter, interface: resourceID)
    do throws(EtherFabricError) {
      try resource.attachReceiveQueue(of: cookie)
    } catch {
      try? backend.remove(cookie, interface: resourceID)
      throw error
    }
    return cookie
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
