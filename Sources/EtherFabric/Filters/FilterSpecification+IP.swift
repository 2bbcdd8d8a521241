extension FilterSpecification {
  private static let placeForIP = "on an empty specification, and with setVLAN and setDestination"

  /// `ef_filter_spec_set_ip4_local`: protocol, and address and port at this end.
  public mutating func setIPv4Local(
    protocol ipProtocol: InternetProtocol, local: IPEndpoint
  ) throws(EtherFabricError) {
    try setIP("setIPv4Local", .ipv4, ipProtocol, local, nil)
  }

  /// `ef_filter_spec_set_ip4_full`: protocol, and address and port at both ends.
  ///
  /// A remote 0.0.0.0 with port 0 is any remote, as in C. With another port the C library drops the port silently;
  /// here it is EINVAL.
  public mutating func setIPv4Full(
    protocol ipProtocol: InternetProtocol, local: IPEndpoint, remote: IPEndpoint
  ) throws(EtherFabricError) {
    try setIP("setIPv4Full", .ipv4, ipProtocol, local, remote)
  }

  /// `ef_filter_spec_set_ip6_local`: protocol, and address and port at this end.
  public mutating func setIPv6Local(
    protocol ipProtocol: InternetProtocol, local: IPEndpoint
  ) throws(EtherFabricError) {
    try setIP("setIPv6Local", .ipv6, ipProtocol, local, nil)
  }

  /// `ef_filter_spec_set_ip6_full`: protocol, and address and port at both ends.
  ///
  /// A remote `::` with port 0 is any remote, as in C. With another address and port 0 the C library drops the
  /// address silently; here it is EINVAL.
  public mutating func setIPv6Full(
    protocol ipProtocol: InternetProtocol, local: IPEndpoint, remote: IPEndpoint
  ) throws(EtherFabricError) {
    try setIP("setIPv6Full", .ipv6, ipProtocol, local, remote)
  }

  /// `ef_filter_spec_set_ip_proto`: a protocol over IPv4 (never IPv6), whatever the addresses.
  ///
  /// The hardware documents that it does not take TCP and UDP frames this way: those need an address and a port.
  public mutating func setIPProtocol(_ ipProtocol: InternetProtocol) throws(EtherFabricError) {
    guard kind == [] || kind == .vlan || kind == .ethernet else {
      throw incompatible(
        "setIPProtocol", "\(ipProtocol)", with: "on an empty specification, a VLAN or an Ethernet filter")
    }
    self.ipProtocol = try Self.checkedProtocol("setIPProtocol", ipProtocol)
    kind.insert(.ipProtocol)
  }

  private mutating func setIP(
    _ operation: String, _ family: FilterKind, _ ipProtocol: InternetProtocol, _ local: IPEndpoint,
    _ remote: IPEndpoint?
  ) throws(EtherFabricError) {
    guard kind.isSubset(of: [.vlan, .destination]) else {
      let ends = remote.map { "\(local) from \($0)" } ?? "\(local)"
      throw incompatible(operation, "\(ipProtocol) \(ends)", with: Self.placeForIP)
    }
    let number = try Self.checkedProtocol(operation, ipProtocol)
    for end in [local, remote].compactMap({ $0 }) where end.address.isIPv6 != (family == .ipv6) {
      throw Self.invalid(
        operation, "\(end.address) is an \(end.address.isIPv6 ? "IPv6" : "IPv4") address",
        "Use the setIPv4 calls for IPv4 and the setIPv6 calls for IPv6, both ends of one family.")
    }
    self.remote = try Self.checkedRemote(operation, remote)
    self.ipProtocol = number
    self.local = local
    kind.insert(family)
  }

  /// Nil for the remote end that the driver takes as any.
  private static func checkedRemote(
    _ operation: String, _ remote: IPEndpoint?
  ) throws(EtherFabricError) -> IPEndpoint? {
    guard let remote else { return nil }
    let isDropped = remote.address.isIPv6 ? remote.port == 0 : remote.address.isUnspecified
    guard isDropped else { return remote }
    guard remote.port == 0, remote.address.isUnspecified else {
      throw invalid(
        operation, "remote \(remote) would be ignored, because the driver reads it as any remote",
        "Give a remote address and a port other than 0, or set the local end only.")
    }
    return nil
  }
}
