import EtherFabric
import Glibc

/// What the datapaths have of filters, and how they refuse the others.
extension FilterRule {
  /// Sniffing is EF10's alone; the driver knows no such operation elsewhere.
  static func checkSniff(_ filter: FilterSpecification, _ owner: FilterOwner) throws(EtherFabricError) {
    guard owner.datapath == .ef10 else {
      throw refusal(
        EOPNOTSUPP, "X3 and X4 express have no \(filter.kind)",
        "Use an EF10 adapter, or a wire that records, with 'record='.")
    }
  }

  /// The low-latency firmware compares a VLAN together with a MAC alone.
  static func checkEF10(_ filter: FilterSpecification, _ firmware: Firmware) throws(EtherFabricError) {
    guard firmware == .lowLatency, filter.vlanID != nil, !filter.kind.contains(.ethernet) else { return }
    throw refusal(
      EPROTONOSUPPORT, "the low-latency firmware compares no VLAN in a filter with \(filter.kind.subtracting(.vlan))",
      "Leave out setVLAN and look at the tags of the frames, or use the full firmware ('firmware=full').")
  }

  /// X4 express: the fast classifier compares IPv4 and link fields, exactly as asked for.
  static func checkEF10CT(_ filter: FilterSpecification) throws(EtherFabricError) {
    let kind = filter.kind
    let absent: String? =
      if kind.contains(.ipv6) {
        "no IPv6 filters"
      } else if kind.isSuperset(of: [.ethernet, .ipProtocol]) || kind.isSuperset(of: [.ethernet, .etherType]) {
        "no filter on a MAC together with what is behind it"
      } else if !kind.isDisjoint(with: [.unicastAll, .multicastAll, .unicastMismatch, .multicastMismatch]) {
        "no filter on what nobody else takes"
      } else if !kind.isDisjoint(with: [.blockKernel, .blockKernelUnicast, .blockKernelMulticast]) {
        "nothing to keep from the kernel, which does not receive there"
      } else if filter.flags.contains(.multicastLoopback) {
        "no multicast loopback"
      } else {
        nil
      }
    guard let absent else { return }
    throw refusal(
      EPROTONOSUPPORT, "the X4 express datapath has \(absent) (\(kind))",
      "Filter on an IPv4 address and port, a MAC, an IP protocol or an EtherType, or use the full datapath.")
  }

  /// X3: the hardware compares a local IPv4 address and port, or a MAC with or without a VLAN, or takes the multicast
  /// that nothing else takes. What is asked for beyond is left off, and all the rest comes by the default queue, where
  /// the program has to look for its frames itself. Nil for that rest.
  static func hardwareMatchOfEFCT(
    _ filter: FilterSpecification, _ match: MatchKind?
  ) throws(EtherFabricError) -> MatchKind? {
    let kind = filter.kind
    if kind.isSuperset(of: [.ethernet, .ipProtocol]) || kind.isSuperset(of: [.ethernet, .etherType]) {
      throw refusal(
        EPROTONOSUPPORT, "an X3 has no filter on a MAC together with what is behind it (\(kind))",
        "Filter on the MAC, and look at the frames.")
    }
    if filter.flags.contains(.multicastLoopback) {
      throw refusal(EPROTONOSUPPORT, "an X3 has no multicast loopback", "Leave out the flag.")
    }
    let hardware: MatchKind? =
      switch match {
      case .fullVLAN, .full, .localVLAN, .local: kind.contains(.ipv4) ? .local : nil
      case .macVLAN, .mac: match
      // The driver has no multicast filters of its own there, so what nobody else takes is all the rest.
      case .multicastAll, .unknownMulticastVLAN, .unknownMulticast: .multicastAll
      default: nil
      }
    let isExact = hardware == match || match == .unknownMulticast
    guard filter.flags.contains(.exclusive), match != nil, !isExact else { return hardware }
    throw refusal(
      EPERM, "an X3 cannot compare all that the filter names (\(kind)), as an exclusive queue needs",
      "Leave out the exclusive flag, or name a local IPv4 address and port, or a MAC.")
  }
}
