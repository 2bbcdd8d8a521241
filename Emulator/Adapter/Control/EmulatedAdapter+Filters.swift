import EtherFabric

extension EmulatedAdapter {
  public func insert(
    _ filter: FilterSpecification, interface: UInt32
  ) throws(EtherFabricError) -> FilterCookie {
    try locked { state throws(EtherFabricError) in
      try fails(.filter, "VirtualInterface.addFilter", &state)
      let cookie = try port.withClaim { () throws(EtherFabricError) in
        port.takeEarlierFrames()
        return try filters.insert(
          filter, interface: interface, queue: try receiveQueue(for: filter, interface: interface))
      }
      updateStealing()
      return cookie
    }
  }

  public func remove(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) {
    try locked { _ throws(EtherFabricError) in
      try port.withClaim { () throws(EtherFabricError) in
        port.takeEarlierFrames()
        try filters.remove(cookie, interface: interface)
      }
      updateStealing()
    }
  }

  public func query(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) -> FilterInfo {
    try locked { _ throws(EtherFabricError) in
      try port.withClaim { () throws(EtherFabricError) in
        try filters.query(cookie, interface: interface)
      }
    }
  }

  /// Tells a wire that can steal what the kernel must not see any more. The list costs a walk over the whole table, so
  /// no other wire is asked.
  func updateStealing() {
    guard wire.canSteal else { return }
    _ = wire.steal(port.withClaim { filters.stealMatches() })
  }
}
