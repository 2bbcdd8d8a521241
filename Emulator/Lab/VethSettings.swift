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
