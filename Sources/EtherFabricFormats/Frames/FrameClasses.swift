/// Which receivers a destination address names.
public enum DestinationClass: UInt8, Sendable {
  case unicast
  case multicast
  case broadcast
}

/// How the type of a frame's content is given.
public enum EthernetBaseClass: UInt8, Sendable {
  /// A type field of 0x0600 and above.
  case ethernetII
  /// A length field, then an IEEE 802.2 header.
  case llc
  /// A length field, then 802.2 with a SNAP header and a type.
  case snap
}

/// What a frame carries above Ethernet.
public enum L3Class: UInt8, Sendable {
  case unknown
  case ip4
  case ip6
  /// IPv4 with an offset or more fragments to come.
  case ip4Fragment
  /// IPv6 with a fragment header, even one that stands alone.
  case ip6Fragment
  case arp
  case fcoe

  /// Any IPv4, fragments included.
  @inlinable @inline(__always)
  public var isIPv4: Bool { self == .ip4 || self == .ip4Fragment }
  /// Any IPv6, fragments included.
  @inlinable @inline(__always)
  public var isIPv6: Bool { self == .ip6 || self == .ip6Fragment }
  /// A fragment of either version.
  @inlinable @inline(__always)
  public var isFragment: Bool { self == .ip4Fragment || self == .ip6Fragment }
}

/// Which transport a datagram carries.
public enum L4Class: UInt8, Sendable {
  case none
  case tcp
  case udp
}

/// Type fields of frames that the adapter tells apart.
public enum EtherType {
  public static let ipv4: UInt16 = 0x0800
  public static let arp: UInt16 = 0x0806
  /// Ethernet frames inside GRE.
  public static let bridging: UInt16 = 0x6558
  public static let vlan: UInt16 = 0x8100
  public static let ipv6: UInt16 = 0x86dd
  public static let serviceVLAN: UInt16 = 0x88a8
  public static let fcoe: UInt16 = 0x8906
}
