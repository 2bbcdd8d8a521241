import EtherFabric

extension VethPair {
  /// One end of the pair.
  public enum End: Sendable, CaseIterable {
    /// The end with the address.
    case kernel
    /// The end for the adapter.
    case adapter
  }

  /// The name of an end.
  public func name(of end: End) -> String { end == .kernel ? kernelEnd : adapterEnd }

  /// Takes one end down or up. The other end loses or gains its carrier.
  public func setLink(_ end: End, up: Bool) throws(EtherFabricError) {
    try IPTool.run("VethPair.setLink", "link set dev \(name(of: end)) \(up ? "up" : "down")")
  }

  /// Changes the largest payload of one end, in bytes.
  public func setMTU(_ end: End, _ mtu: Int) throws(EtherFabricError) {
    try IPTool.run("VethPair.setMTU", "link set dev \(name(of: end)) mtu \(mtu)")
  }

  /// Enters a permanent neighbour on the kernel end, so that the kernel sends to `address` without asking by ARP.
  public func addNeighbour(_ address: HostAddress, _ mac: MACAddress) throws(EtherFabricError) {
    try IPTool.run(
      "VethPair.addNeighbour", "neighbour replace \(address) lladdr \(mac) dev \(kernelEnd) nud permanent")
  }

  /// Adds a further address to the kernel end.
  public func addAddress(_ address: HostAddress, prefix: Int = 24) throws(EtherFabricError) {
    try IPTool.run("VethPair.addAddress", "address add \(address)/\(prefix) dev \(kernelEnd)")
  }

  /// Adds a VLAN interface on the kernel end with an address, and brings it up. Returns its name, `k0.100` for id 100.
  @discardableResult
  public func addVLAN(_ id: Int, address: HostAddress, prefix: Int = 24) throws(EtherFabricError) -> String {
    let operation = "VethPair.addVLAN"
    let name = "\(kernelEnd).\(id)"
    try IPTool.run(operation, "link add link \(kernelEnd) name \(name) type vlan id \(id)")
    try IPTool.run(operation, "link set dev \(name) addrgenmode none")
    try IPTool.run(operation, "address add \(address)/\(prefix) dev \(name)")
    try IPTool.run(operation, "link set dev \(name) up")
    return name
  }

  /// Switches offloads of one end on or off, and verifies it.
  ///
  /// - Throws: What the kernel refused; `EOPNOTSUPP` where it accepted the change and did not make it.
  public func setOffloads(
    _ end: End, _ offloads: Set<InterfaceOffload> = Set(InterfaceOffload.allCases), enabled: Bool
  ) throws(EtherFabricError) {
    for offload in InterfaceOffload.allCases where offloads.contains(offload) {
      try offload.set(enabled, on: name(of: end))
    }
  }
}
