/// Which fields a filter compares, most specific first: the order in which the hardware looks.
///
/// Every kind in use costs one probe per frame, however many filters it has.
enum MatchKind: UInt8, CaseIterable {
  case fullVLAN, full, localVLAN, local
  case macVLANProtocol, macVLANEtherType, macProtocol, macEtherType, macVLAN, mac
  case protocolVLAN, etherTypeVLAN, `protocol`, etherType
  /// Unicast-all and unicast-mismatch are one entry in the hardware; they differ in whether the kernel is blocked.
  case unknownUnicastVLAN, unknownUnicast
  case multicastAll, unknownMulticastVLAN, unknownMulticast

  /// The kind's bit in a set of kinds.
  var bit: UInt32 { 1 << UInt32(rawValue) }

  /// The bits of a key that the kind compares.
  var mask: FilterKey {
    var mask = FilterKey()
    switch self {
    case .fullVLAN, .full:
      mask.localHigh = .max
      mask.localLow = .max
      mask.remoteHigh = .max
      mask.remoteLow = .max
      mask.transport = FilterKey.bothPorts | FilterKey.typeAndProtocol
    case .localVLAN, .local:
      mask.localHigh = .max
      mask.localLow = .max
      mask.transport = FilterKey.localPort | FilterKey.typeAndProtocol
    case .macVLANProtocol, .macProtocol, .protocolVLAN, .protocol:
      mask.transport = FilterKey.typeAndProtocol
    case .macVLANEtherType, .macEtherType, .etherTypeVLAN, .etherType:
      mask.transport = FilterKey.typeOnly
    case .macVLAN, .mac, .unknownUnicastVLAN, .unknownUnicast, .multicastAll, .unknownMulticastVLAN,
      .unknownMulticast:
      break
    }
    switch self {
    case .macVLANProtocol, .macVLANEtherType, .macVLAN:
      mask.link = FilterKey.macOnly | FilterKey.vlanOnly
    case .macProtocol, .macEtherType, .mac:
      mask.link = FilterKey.macOnly
    case .fullVLAN, .localVLAN, .protocolVLAN, .etherTypeVLAN, .unknownUnicastVLAN, .unknownMulticastVLAN:
      mask.link = FilterKey.vlanOnly
    case .full, .local, .protocol, .etherType, .unknownUnicast, .multicastAll, .unknownMulticast:
      break
    }
    // Every filter belongs to one virtual port.
    mask.link |= FilterKey.portOnly
    return mask
  }
}

/// Sets of kinds, as `MatchKind.bit`s.
enum MatchKinds {
  /// Kinds that compare addresses and ports.
  static let ports: UInt32 = 0xf
  /// Kinds that compare the protocol of an IPv4 header.
  static let protocols: UInt32 = 1 << 4 | 1 << 6 | 1 << 10 | 1 << 12
  /// Kinds that compare MAC, VLAN and EtherType only.
  static let link: UInt32 = 1 << 5 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 11 | 1 << 13
  static let unknownUnicast: UInt32 = 1 << 14 | 1 << 15
  static let multicastAll: UInt32 = 1 << 16
  static let unknownMulticast: UInt32 = 1 << 17 | 1 << 18
}
