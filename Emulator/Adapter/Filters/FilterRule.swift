import EtherFabric
import Glibc

/// A specification as the adapter carries it out.
struct FilterRule {
  static let blocksUnicast: UInt8 = 1
  static let blocksMulticast: UInt8 = 2

  /// What the hardware compares; nil where the filter is no entry of its table.
  var match: MatchKind?
  /// The values, with those that `match` does not compare too.
  var key = FilterKey()
  /// Whether several interfaces may have it: what goes to a group is replicated, all else has one owner.
  var isShared = false
  /// What the filter keeps from the kernel beyond its own frames.
  var blocks: UInt8 = 0
  /// The filter copies the traffic of the port.
  var sniff: Sniff?
  /// X3: the hardware takes more than was asked for, and the driver knows the rule in full to keep the frames from the
  /// kernel. The same as `match` elsewhere.
  var exactMatch: MatchKind?

  enum Sniff { case receive, transmit }

  /// Refuses what `ef_vi_filter_add` and the driver refuse.
  init(_ filter: FilterSpecification, _ owner: FilterOwner = FilterOwner()) throws(EtherFabricError) {
    try filter.check()
    let kind = filter.kind
    if !kind.isDisjoint(with: [.portSniff, .transmitPortSniff]) {
      try Self.checkSniff(filter, owner)
      sniff = kind == .portSniff ? .receive : .transmit
      return
    }
    exactMatch = try Self.kind(of: filter)
    match = exactMatch
    if !kind.isDisjoint(with: [.unicastAll, .blockKernel, .blockKernelUnicast]) { blocks |= Self.blocksUnicast }
    if !kind.isDisjoint(with: [.multicastAll, .blockKernel, .blockKernelMulticast]) { blocks |= Self.blocksMulticast }
    setKey(filter, owner)
    switch owner.datapath {
    case .ef10: try Self.checkEF10(filter, owner.firmware)
    case .efct: match = try Self.hardwareMatchOfEFCT(filter, match)
    case .ef10ct: try Self.checkEF10CT(filter)
    }
  }

  private mutating func setKey(_ filter: FilterSpecification, _ owner: FilterOwner) {
    let kind = filter.kind
    key.link =
      filter.macAddress.value | UInt64(filter.vlanID ?? 0) << 48 | UInt64(owner.virtualPort) << 60
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
    guard owner.datapath != .efct, Self.doesNothing(filter) else { return }
    // An EtherType that no frame has: below 0x600 it is a length, which the parser does not take for a type.
    let type: UInt64 = filter.etherType == 0x86dd ? 2 : 1
    key.transport = key.transport & ~FilterKey.typeOnly | type << 32
  }

  private mutating func setProtocol(_ ipProtocol: UInt8, etherType: UInt64) {
    key.transport |= etherType << 32 | UInt64(ipProtocol) << 48
  }

  /// The hardware takes such a filter and never matches a frame with it: its parser hands IP frames, and TCP and UDP
  /// among them, to the filters on addresses and ports alone.
  static func doesNothing(_ filter: FilterSpecification) -> Bool {
    if filter.kind.contains(.ipProtocol) { return filter.ipProtocol == 6 || filter.ipProtocol == 17 }
    return filter.kind.contains(.etherType) && (filter.etherType == 0x0800 || filter.etherType == 0x86dd)
  }

  private static func kind(of filter: FilterSpecification) throws(EtherFabricError) -> MatchKind? {
    let hasVLAN = filter.vlanID != nil
    switch filter.kind.subtracting([.vlan, .destination]) {
    case .ipv4, .ipv6:
      guard filter.ipProtocol == 6 || filter.ipProtocol == 17 else {
        throw refusal(
          EINVAL, "protocol \(filter.ipProtocol) has no ports to match",
          "Use TCP or UDP, or setIPProtocol without ports.")
      }
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

  static func refusal(_ errno: Int32, _ reason: String, _ remedy: String) -> EtherFabricError {
    EtherFabricError("addFilter", errno: errno, reason: reason, remedy: remedy)
  }
}
