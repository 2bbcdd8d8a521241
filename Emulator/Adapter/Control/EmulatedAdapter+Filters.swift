import EtherFabric

extension EmulatedAdapter {
  public func insert(
    _ filter: FilterSpecification, interface: UInt32
  ) throws(EtherFabricError) -> FilterCookie {
    try locked { state throws(EtherFabricError) in
      try fails(.filter, "VirtualInterface.addFilter", &state)
      let domain = state.interfaces[interface]?.state.pointee.domain
      return try insert(filter, destination: interface, domain: domain, &state)
    }
  }

  /// Adds a filter for an interface or a set.
  func insert(
    _ filter: FilterSpecification, destination: UInt32, domain: UInt32?, _ state: inout ControlState
  ) throws(EtherFabricError) -> FilterCookie {
    let owner = owner(domain, state)
    let cookie = try port.withClaim { () throws(EtherFabricError) in
      port.takeEarlierFrames()
      let queue =
        destination < PortState.interfaceLimit
        ? try receiveQueue(for: filter, interface: destination, owner) : nil
      let cookie = try filters.insert(filter, interface: destination, queue: queue, owner: owner)
      updatePaths()
      decideInPlace(&state)
      return cookie
    }
    updateStealing()
    return cookie
  }

  public func remove(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) {
    try locked { state throws(EtherFabricError) in try remove(cookie, destination: interface, &state) }
  }

  /// Removes a filter of an interface or a set.
  func remove(
    _ cookie: FilterCookie, destination: UInt32, _ state: inout ControlState
  ) throws(EtherFabricError) {
    try port.withClaim { () throws(EtherFabricError) in
      port.takeEarlierFrames()
      try filters.remove(cookie, interface: destination)
      updatePaths()
      decideInPlace(&state)
    }
    updateStealing()
  }

  private func owner(_ domain: UInt32?, _ state: ControlState) -> FilterOwner {
    var owner = FilterOwner(datapath: settings.generation.datapath, firmware: settings.firmware)
    guard let domain, let entry = state.domains[domain] else { return owner }
    owner.datapath = entry.datapath
    owner.virtualPort = entry.virtualPort
    owner.stack = entry.stack
    owner.domain = domain
    return owner
  }

  public func query(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) -> FilterInfo {
    try locked { _ throws(EtherFabricError) in
      try port.withClaim { () throws(EtherFabricError) in
        try filters.query(cookie, interface: interface)
      }
    }
  }

  /// Tells a wire that can steal what the kernel must not see any more, and one that leaves frames to the kernel which
  /// ones are wanted. The lists cost a walk over the whole table, so no other wire is asked.
  func updateStealing() {
    if wire.leavesUnwanted { _ = wire.want(port.withClaim { filters.wantedFrames() }) }
    guard wire.canSteal else { return }
    _ = wire.steal(port.withClaim { filters.stealMatches() })
  }

  /// Tells the datapath whether more takes part in steering than filters. Under the claim.
  func updatePaths() {
    let steering = port.pointee.steering
    steering.pointee.receiveSniffer = filters.receiveSnifferInterface.map(Int.init) ?? -1
    steering.pointee.transmitSniffer = filters.transmitSnifferInterface.map(Int.init) ?? -1
    steering.pointee.sniffsAllReceived = filters.sniffsAllReceived
    let hasPorts = steering.pointee.virtualPortCount > 0
    port.pointee.dispatchesSpecially =
      hasPorts || steering.pointee.receiveSniffer >= 0 || port.pointee.inPlace != nil
    port.pointee.sendsSpecially =
      hasPorts || steering.pointee.transmitSniffer >= 0 || steering.pointee.loopingCount > 0
      || port.pointee.transmitFaults != nil
  }
}
