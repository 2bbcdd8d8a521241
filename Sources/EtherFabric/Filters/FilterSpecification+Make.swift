extension FilterSpecification {
  /// UDP to an address and port, from anyone (`ef_filter_spec_set_ip4_local`, `ef_filter_spec_set_ip6_local`).
  public static func udp(local: IPEndpoint) -> FilterSpecification { ip(.udp, local) }

  /// UDP to an address and port from one sender (`ef_filter_spec_set_ip4_full`, `ef_filter_spec_set_ip6_full`).
  public static func udp(
    local: IPEndpoint, remote: IPEndpoint
  ) throws(EtherFabricError) -> FilterSpecification {
    try ip(.udp, local, remote)
  }

  /// TCP to an address and port, from anyone (`ef_filter_spec_set_ip4_local`, `ef_filter_spec_set_ip6_local`).
  public static func tcp(local: IPEndpoint) -> FilterSpecification { ip(.tcp, local) }

  /// One TCP connection (`ef_filter_spec_set_ip4_full`, `ef_filter_spec_set_ip6_full`).
  public static func tcp(
    local: IPEndpoint, remote: IPEndpoint
  ) throws(EtherFabricError) -> FilterSpecification {
    try ip(.tcp, local, remote)
  }

  /// A destination MAC and, unless nil, a VLAN (`ef_filter_spec_set_eth_local`).
  public static func ethernet(_ mac: MACAddress, vlan: Int? = nil) throws(EtherFabricError) -> FilterSpecification {
    var filter = FilterSpecification()
    try filter.setEthernetLocal(mac, vlan: vlan)
    return filter
  }

  /// An EtherType (`ef_filter_spec_set_eth_type`).
  public static func etherType(_ etherType: UInt16) -> FilterSpecification {
    var filter = FilterSpecification()
    filter.kind = .etherType
    filter.etherType = etherType
    return filter
  }

  /// A protocol over IPv4 (`ef_filter_spec_set_ip_proto`).
  public static func ipProtocol(_ ipProtocol: InternetProtocol) throws(EtherFabricError) -> FilterSpecification {
    var filter = FilterSpecification()
    try filter.setIPProtocol(ipProtocol)
    return filter
  }

  /// `ef_filter_spec_set_unicast_all`.
  public static var unicastAll: FilterSpecification { only(.unicastAll) }
  /// `ef_filter_spec_set_multicast_all`.
  public static var multicastAll: FilterSpecification { only(.multicastAll) }
  /// `ef_filter_spec_set_unicast_mismatch`.
  public static var unicastMismatch: FilterSpecification { only(.unicastMismatch) }
  /// `ef_filter_spec_set_multicast_mismatch`.
  public static var multicastMismatch: FilterSpecification { only(.multicastMismatch) }
  /// `ef_filter_spec_set_block_kernel`.
  public static var blockKernel: FilterSpecification { only(.blockKernel) }
  /// `ef_filter_spec_set_block_kernel_unicast`.
  public static var blockKernelUnicast: FilterSpecification { only(.blockKernelUnicast) }
  /// `ef_filter_spec_set_block_kernel_multicast`.
  public static var blockKernelMulticast: FilterSpecification { only(.blockKernelMulticast) }
  /// `ef_filter_spec_set_tx_port_sniff`.
  public static var transmitPortSniff: FilterSpecification { only(.transmitPortSniff) }

  /// `ef_filter_spec_set_port_sniff`.
  public static func portSniff(promiscuous: Bool) -> FilterSpecification {
    var filter = only(.portSniff)
    filter.isPromiscuous = promiscuous
    return filter
  }

  /// This specification with `setVLAN`.
  public func vlan(_ vlan: Int) throws(EtherFabricError) -> FilterSpecification {
    var filter = self
    try filter.setVLAN(vlan)
    return filter
  }

  /// This specification with `setDestination`.
  public func destination(_ queue: Int) throws(EtherFabricError) -> FilterSpecification {
    var filter = self
    try filter.setDestination(queue)
    return filter
  }

  /// This specification with these flags.
  public func flags(_ flags: FilterFlags) -> FilterSpecification {
    var filter = self
    filter.flags = flags
    return filter
  }

  private static func only(_ kind: FilterKind) -> FilterSpecification {
    var filter = FilterSpecification()
    filter.kind = kind
    return filter
  }

  private static func ip(_ ipProtocol: InternetProtocol, _ local: IPEndpoint) -> FilterSpecification {
    var filter = only(local.address.isIPv6 ? .ipv6 : .ipv4)
    filter.ipProtocol = UInt8(truncatingIfNeeded: ipProtocol.rawValue)
    filter.local = local
    return filter
  }

  private static func ip(
    _ ipProtocol: InternetProtocol, _ local: IPEndpoint, _ remote: IPEndpoint
  ) throws(EtherFabricError) -> FilterSpecification {
    var filter = FilterSpecification()
    if local.address.isIPv6 {
      try filter.setIPv6Full(protocol: ipProtocol, local: local, remote: remote)
    } else {
      try filter.setIPv4Full(protocol: ipProtocol, local: local, remote: remote)
    }
    return filter
  }
}
