extension FilterSpecification {
  /// `ef_filter_spec_set_vlan`: also the ID of the outer VLAN tag. 0 matches frames without a tag.
  ///
  /// The order counts: a VLAN goes before unicast-all and multicast-all, not after, and such a filter is then refused
  /// when it is added. An Ethernet filter takes its VLAN in `setEthernetLocal`.
  public mutating func setVLAN(_ vlan: Int) throws(EtherFabricError) {
    let before = kind.subtracting(.destination)
    let accepted: [FilterKind] = [
      [], .ipv4, .ipv6, .unicastMismatch, .multicastMismatch, .ipProtocol, .etherType,
    ]
    guard accepted.contains(before) else {
      throw incompatible(
        "setVLAN", "VLAN \(vlan)",
        with: "once, with an IP, IP protocol, EtherType or mismatch filter (an Ethernet filter names its own VLAN)")
    }
    vlanID = try Self.checkedVLAN("setVLAN", vlan)
    kind.insert(.vlan)
  }

  /// `ef_filter_spec_set_eth_local`: destination MAC, and VLAN unless nil (`EF_FILTER_VLAN_ID_ANY`).
  public mutating func setEthernetLocal(_ mac: MACAddress, vlan: Int? = nil) throws(EtherFabricError) {
    let before = kind.subtracting(.destination)
    guard before == [] || before == .ipProtocol || before == .etherType else {
      throw incompatible(
        "setEthernetLocal", "\(mac)\(vlan.map { " VLAN \($0)" } ?? "")",
        with: "on an empty specification or with an IP protocol or EtherType filter")
    }
    if let vlan { vlanID = try Self.checkedVLAN("setEthernetLocal", vlan) }
    macAddress = mac
    kind.insert(.ethernet)
  }

  /// `ef_filter_spec_set_eth_type`: the EtherType behind the VLAN tags, in host order.
  ///
  /// The hardware documents that it does not take IPv4 and IPv6 frames this way: those need an IP filter.
  public mutating func setEtherType(_ etherType: UInt16) throws(EtherFabricError) {
    guard kind == [] || kind == .vlan || kind == .ethernet else {
      throw incompatible(
        "setEtherType", "EtherType 0x\(String(etherType, radix: 16))",
        with: "on an empty specification, a VLAN or an Ethernet filter")
    }
    self.etherType = etherType
    kind.insert(.etherType)
  }

  /// `ef_filter_spec_set_dest`: the receive queue. Only adapters with shared receive queues (X3, X4) choose by it.
  public mutating func setDestination(_ queue: Int) throws(EtherFabricError) {
    guard kind.isDisjoint(with: .alone) else {
      throw incompatible("setDestination", "queue \(queue)", with: "with filters that compare fields of a frame")
    }
    guard let number = UInt16(exactly: queue) else {
      throw Self.invalid("setDestination", "queue \(queue) is not 0...65535", "Give the number of a receive queue.")
    }
    guard number != 0 || !flags.contains(.exclusive) else {
      throw Self.invalid(
        "setDestination", "queue 0 is the shared default queue, and the filter is exclusive",
        "Give another queue, or leave out the exclusive flag.")
    }
    destinationQueue = number
    kind.insert(.destination)
  }
}
