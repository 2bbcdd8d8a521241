import CEtherFabric
import EtherFabric
import Glibc

/// A filter specification as libciul has it, made by its own setters.
enum LibraryFilter {
  static func make(_ filter: FilterSpecification, _ operation: String) throws(EtherFabricError) -> ef_filter_spec {
    // All zeros: ef_filter_spec_init leaves `data` as it was.
    var specification = ef_filter_spec()
    ciul_ef_filter_spec_init(&specification, ef_filter_flags(rawValue: .init(filter.flags.rawValue)))
    func set(_ call: String, _ result: Int32) throws(EtherFabricError) {
      guard result >= 0 else {
        throw EtherFabricError(
          operation, errno: -result, reason: "\(call) refused \(filter.kind)", remedy: "Add a filter for each part.")
      }
    }
    let kind = filter.kind
    if kind.contains(.ipv4) {
      try set("ef_filter_spec_set_ip4", ipv4(filter, &specification))
    } else if kind.contains(.ipv6) {
      try set("ef_filter_spec_set_ip6", ipv6(filter, &specification))
    }
    if kind.contains(.ethernet) {
      let vlan = filter.vlanID.map { Int32($0) } ?? Int32(EF_FILTER_VLAN_ID_ANY)
      try set(
        "ef_filter_spec_set_eth_local", ciul_ef_filter_spec_set_eth_local(&specification, vlan, filter.macAddress.bytes)
      )
    }
    if kind.contains(.ipProtocol) {
      try set("ef_filter_spec_set_ip_proto", ciul_ef_filter_spec_set_ip_proto(&specification, filter.ipProtocol))
    }
    if kind.contains(.etherType) {
      try set(
        "ef_filter_spec_set_eth_type", ciul_ef_filter_spec_set_eth_type(&specification, filter.etherType.bigEndian))
    }
    try port(kind, filter.isPromiscuous, &specification, set)
    if kind.contains(.vlan), let vlan = filter.vlanID {
      try set("ef_filter_spec_set_vlan", ciul_ef_filter_spec_set_vlan(&specification, Int32(vlan)))
    }
    if let queue = filter.destinationQueue {
      try set("ef_filter_spec_set_dest", ciul_ef_filter_spec_set_dest(&specification, Int32(queue), 0))
    }
    return specification
  }

  /// Addresses and ports in network byte order.
  private static func ipv4(_ filter: FilterSpecification, _ specification: inout ef_filter_spec) -> Int32 {
    let address = (filter.local.address.ipv4 ?? 0).bigEndian
    let port = Int32(filter.local.port.bigEndian)
    guard let remote = filter.remote else {
      return ciul_ef_filter_spec_set_ip4_local(&specification, Int32(filter.ipProtocol), address, port)
    }
    return ciul_ef_filter_spec_set_ip4_full(
      &specification, Int32(filter.ipProtocol), address, port, (remote.address.ipv4 ?? 0).bigEndian,
      Int32(remote.port.bigEndian))
  }

  private static func ipv6(_ filter: FilterSpecification, _ specification: inout ef_filter_spec) -> Int32 {
    var address = in6_addr(filter.local.address)
    let port = Int32(filter.local.port.bigEndian)
    guard let remote = filter.remote else {
      return ciul_ef_filter_spec_set_ip6_local(&specification, Int32(filter.ipProtocol), &address, port)
    }
    var other = in6_addr(remote.address)
    return ciul_ef_filter_spec_set_ip6_full(
      &specification, Int32(filter.ipProtocol), &address, port, &other, Int32(remote.port.bigEndian))
  }

  /// Filters on the port rather than on fields of a frame.
  private static func port(
    _ kind: FilterKind, _ isPromiscuous: Bool, _ specification: inout ef_filter_spec,
    _ set: (String, Int32) throws(EtherFabricError) -> Void
  ) throws(EtherFabricError) {
    if kind.contains(.unicastAll) {
      try set("ef_filter_spec_set_unicast_all", ciul_ef_filter_spec_set_unicast_all(&specification))
    }
    if kind.contains(.multicastAll) {
      try set("ef_filter_spec_set_multicast_all", ciul_ef_filter_spec_set_multicast_all(&specification))
    }
    if kind.contains(.unicastMismatch) {
      try set("ef_filter_spec_set_unicast_mismatch", ciul_ef_filter_spec_set_unicast_mismatch(&specification))
    }
    if kind.contains(.multicastMismatch) {
      try set("ef_filter_spec_set_multicast_mismatch", ciul_ef_filter_spec_set_multicast_mismatch(&specification))
    }
    if kind.contains(.portSniff) {
      try set(
        "ef_filter_spec_set_port_sniff", ciul_ef_filter_spec_set_port_sniff(&specification, isPromiscuous ? 1 : 0))
    }
    if kind.contains(.transmitPortSniff) {
      try set("ef_filter_spec_set_tx_port_sniff", ciul_ef_filter_spec_set_tx_port_sniff(&specification))
    }
    if kind.contains(.blockKernel) {
      try set("ef_filter_spec_set_block_kernel", ciul_ef_filter_spec_set_block_kernel(&specification))
    }
    if kind.contains(.blockKernelUnicast) {
      try set("ef_filter_spec_set_block_kernel_unicast", ciul_ef_filter_spec_set_block_kernel_unicast(&specification))
    }
    if kind.contains(.blockKernelMulticast) {
      try set(
        "ef_filter_spec_set_block_kernel_multicast", ciul_ef_filter_spec_set_block_kernel_multicast(&specification))
    }
  }
}

extension in6_addr {
  fileprivate init(_ address: IPAddress) {
    self.init()
    withUnsafeMutableBytes(of: &self) { $0.copyBytes(from: address.bytes) }
  }
}
