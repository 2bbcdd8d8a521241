extension FilterSpecification {
  /// What `ef_vi_filter_add` refuses before it asks the driver: flags that exclude each other, and combinations that
  /// the setters take but no adapter can be asked for. EINVAL, as in C.
  public func check() throws(EtherFabricError) {
    guard !flags.isSuperset(of: [.exclusive, .shared]) else {
      throw Self.invalid(
        "addFilter", "the filter is both exclusive and shared", "Set one of the two flags, or neither.")
    }
    guard !Self.addable.contains(kind) else { return }
    guard !Self.comparing.contains(kind.subtracting(.destination)) else { return }
    throw Self.invalid("addFilter", "a filter with \(kind) matches nothing that an adapter can be asked for", remedy)
  }

  private var remedy: String {
    if kind.isSubset(of: [.vlan, .destination]) {
      return "Set what to match besides: an IP, Ethernet, IP protocol or EtherType filter."
    }
    if kind.contains(.destination) {
      return "Leave out setDestination: it goes with filters that compare fields of a frame only."
    }
    return "Leave out setVLAN: unicast-all and multicast-all cover every VLAN. The mismatch filters take one."
  }

  /// Filters on the port: exactly these.
  private static let addable: Set<FilterKind> = [
    .portSniff, .transmitPortSniff, .blockKernel, .blockKernelUnicast, .blockKernelMulticast,
    .unicastAll, .multicastAll, .unicastMismatch, .multicastMismatch,
    [.unicastMismatch, .vlan], [.multicastMismatch, .vlan],
  ]

  /// Filters that compare fields: these, also with a destination queue.
  private static let comparing: Set<FilterKind> = [
    .ipv4, [.ipv4, .vlan], .ipv6, [.ipv6, .vlan],
    .ethernet, [.ethernet, .ipProtocol], [.ethernet, .etherType],
    .ipProtocol, [.ipProtocol, .vlan], .etherType, [.etherType, .vlan],
  ]
}
