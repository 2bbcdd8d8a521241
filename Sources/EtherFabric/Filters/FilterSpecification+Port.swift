extension FilterSpecification {
  /// `ef_filter_spec_set_unicast_all`: every unicast frame that no other filter takes; the kernel gets none.
  ///
  /// The kernel then misses ARP replies too, so its IP traffic on the interface stops.
  public mutating func setUnicastAll() throws(EtherFabricError) {
    try insert(.unicastAll, after: .vlan, "setUnicastAll", "on an empty specification; setDestination goes after it")
  }

  /// `ef_filter_spec_set_multicast_all`: every multicast frame; the kernel gets none.
  public mutating func setMulticastAll() throws(EtherFabricError) {
    try insert(.multicastAll, after: [.vlan, .destination], "setMulticastAll", "on an empty specification")
  }

  /// `ef_filter_spec_set_unicast_mismatch`: unicast frames that neither a filter nor the kernel takes.
  public mutating func setUnicastMismatch() throws(EtherFabricError) {
    try insert(
      .unicastMismatch, after: [.vlan, .destination], "setUnicastMismatch",
      "on an empty specification, and with setVLAN")
  }

  /// `ef_filter_spec_set_multicast_mismatch`: multicast frames that neither a filter nor the kernel takes.
  public mutating func setMulticastMismatch() throws(EtherFabricError) {
    try insert(
      .multicastMismatch, after: [.vlan, .destination], "setMulticastMismatch",
      "on an empty specification, and with setVLAN")
  }

  /// `ef_filter_spec_set_port_sniff`: a copy of what the port receives; with `promiscuous`, of everything.
  public mutating func setPortSniff(promiscuous: Bool) throws(EtherFabricError) {
    try insertAlone(.portSniff, "setPortSniff")
    isPromiscuous = promiscuous
  }

  /// `ef_filter_spec_set_tx_port_sniff`: a copy of what the port sends.
  public mutating func setTransmitPortSniff() throws(EtherFabricError) {
    try insertAlone(.transmitPortSniff, "setTransmitPortSniff")
  }

  /// `ef_filter_spec_set_block_kernel`: no frame goes to the kernel.
  public mutating func setBlockKernel() throws(EtherFabricError) {
    try insertAlone(.blockKernel, "setBlockKernel")
  }

  /// `ef_filter_spec_set_block_kernel_unicast`: no unicast frame goes to the kernel.
  public mutating func setBlockKernelUnicast() throws(EtherFabricError) {
    try insertAlone(.blockKernelUnicast, "setBlockKernelUnicast")
  }

  /// `ef_filter_spec_set_block_kernel_multicast`: no multicast frame goes to the kernel.
  public mutating func setBlockKernelMulticast() throws(EtherFabricError) {
    try insertAlone(.blockKernelMulticast, "setBlockKernelMulticast")
  }

  private mutating func insertAlone(_ part: FilterKind, _ operation: String) throws(EtherFabricError) {
    try insert(part, after: [], operation, "alone, on an empty specification")
  }

  private mutating func insert(
    _ part: FilterKind, after accepted: FilterKind, _ operation: String, _ place: String
  ) throws(EtherFabricError) {
    guard kind.isSubset(of: accepted) else { throw incompatible(operation, "\(part)", with: place) }
    kind.insert(part)
  }
}
