import EtherFabric
import Glibc

/// A specification as the adapter carries it out.
struct FilterRule {
  static let blocksUnicast: UInt8 = 1
  static let blocksMulticast: UInt8 = 2

  /// What to compare; nil where the filter only keeps frames from the kernel.
  var match: MatchKind?
  /// The values, with those that `match` does not compare too.
  var key = FilterKey()
  /// Whether several interfaces may have it: what goes to a group is replicated, all else has one owner.
  var isShared = false
  var blocks: UInt8 = 0

  /// Refuses what `ef_vi_filter_add` and the driver refuse, and what an X2 takes but never matches.
  init(_ filter: FilterSpecification) throws(EtherFabricError) {
    try filter.check()
    try Self.checkSupport(filter)
    match = try Self.kind(of: filter)
    let kind = filter.kind
    if !kind.isDisjoint(with: [.unicastAll, .blockKernel, .blockKernelUnicast]) { blocks |= Self.blocksUnicast }
    if !kind.isDisjoint(with: [.multicastAll, .blockKernel, .blockKernelMulticast]) { blocks |= Self.blocksMulticast }

    key.link = filter.macAddress.value | UInt64(filter.vlanID ?? 0) << 48
    isShared = kind.contains(.ethernet) && filter.macAddress.isMulticast
    if !kind.isDisjoint(with: [.multicastAll, .multicastMismatch]) { isShared = true }
    if kind.contains(.etherType) { key.transport = UInt64(filter.etherType) << 32 }
    if kind.contains(.ipProtocol) { setProtocol(filter.ipProtocol, etherType: 0x0800) }
    if !kind.isDisjoint(with: [.ipv4, .ipv6]) {
      let address = filter.local.address
      setProtocol(filter.ipProtocol, etherType: address.isIPv6 ? 0x86dd : 0x0800)
      key.localHigh = address.high
      key.localLow = address.low
      key.remoteHigh = filter.remote?.address.high ?? 0
      key.remoteLow = filter.remote?.address.low ?? 0
      key.transport |= UInt64(filter.local.port) | UInt64(filter.remote?.port ?? 0) << 16
      isShared = address.isMulticast || address.isBroadcast
    }
  }

  private mutating func setProtocol(_ ipProtocol: UInt8, etherType: UInt64) {
    key.transport |= etherType << 32 | UInt64(ipProtocol) << 48
  }

  private static func kind(of filter: FilterSpecification) throws(EtherFabricError) -> MatchKind? {
    let hasVLAN = filter.vlanID != nil
    switch filter.kind.subtracting([.vlan, .destination]) {
    case .ipv4, .ipv6:
      if filter.remote != nil { return hasVLAN ? .fullVLAN : .full }
      return hasVLAN ? .localVLAN : .local
    case [.ethernet, .ipProtocol]: return hasVLAN ? .macVLANProtocol : .macProtocol
    case [.ethernet, .etherType]: return hasVLAN ? .macVLANEtherType : .macEtherType
    case .ethernet: return hasVLAN ? .macVLAN : .mac
    case .ipProtocol: return hasVLAN ? .protocolVLAN : .protocol
    case .etherType: return hasVLAN ? .etherTypeVLAN : .etherType
    case .unicastAll: return .unknownUnicast
    case .unicastMismatch: return hasVLAN ? .unknownUnicastVLAN : .unknownUnicast
    case .multicastAll: return .multicastAll
    case .multicastMismatch: return hasVLAN ? .unknownMulticastVLAN : .unknownMulticast
    case .blockKernel, .blockKernelUnicast, .blockKernelMulticast: return nil
    default:
      throw refusal(EINVAL, "a filter with \(filter.kind) is none that the driver knows", "Set what to match.")
    }
  }

  private static func checkSupport(_ filter: FilterSpecification) throws(EtherFabricError) {
    let kind = filter.kind
    if !kind.isDisjoint(with: [.portSniff, .transmitPortSniff]) {
      throw refusal(
        EOPNOTSUPP, "the emulated adapter has no \(kind) (its sniff capabilities are 0)",
        "Use unicast-all and multicast-all, or a wire that captures, such as pcap.")
    }
    if let queue = filter.destinationQueue {
      throw refusal(
        EOPNOTSUPP, "an X2 gives every virtual interface its own receive queue, so queue \(queue) cannot be chosen",
        "Leave out setDestination; only X3 and X4 have it (capability rxFilterSetDestination).")
    }
    let protocolNumber = filter.ipProtocol
    let isTransport = protocolNumber == 6 || protocolNumber == 17
    if !kind.isDisjoint(with: [.ipv4, .ipv6]), !isTransport {
      throw refusal(
        EINVAL, "protocol \(protocolNumber) has no ports to match", "Use TCP or UDP, or setIPProtocol without ports.")
    }
    if kind.contains(.ipProtocol), isTransport {
      throw refusal(
        EPROTONOSUPPORT, "an X2 takes a filter on IP protocol \(protocolNumber) but matches nothing with it",
        "Filter on an address and a port for TCP and UDP, or on the MAC.")
    }
    if kind.contains(.etherType), filter.etherType == 0x0800 || filter.etherType == 0x86dd {
      throw refusal(
        EPROTONOSUPPORT,
        "an X2 takes a filter on EtherType 0x\(String(filter.etherType, radix: 16)) but matches nothing with it",
        "Filter on an address and a port for IP frames, or on the MAC.")
    }
  }

  private static func refusal(_ errno: Int32, _ reason: String, _ remedy: String) -> EtherFabricError {
    EtherFabricError("addFilter", errno: errno, reason: reason, remedy: remedy)
  }
}
