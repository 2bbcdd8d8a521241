import EtherFabric

/// The addresses in frames are the API's.
public typealias EthernetAddress = MACAddress

extension MACAddress {
  /// The group address that an IPv4 multicast group is sent to (RFC 1112).
  public init(multicast group: IPv4Address) {
    self.init(value: 0x0100_5e00_0000 | UInt64(group.value & 0x7f_ffff))
  }

  /// The group address that an IPv6 multicast group is sent to (RFC 2464).
  public init(multicast group: IPv6Address) {
    self.init(value: 0x3333_0000_0000 | group.low & 0xffff_ffff)
  }
}

extension IPAddress {
  public init(_ address: IPv4Address) { self.init(ipv4: address.value) }
  public init(_ address: IPv6Address) { self.init(ipv6High: address.high, low: address.low) }
}
