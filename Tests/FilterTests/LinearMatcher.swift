import EtherFabric

/// The filter table as one would write it without caring about speed: a list, and the documented rules.
struct LinearMatcher {
  struct Installed {
    let filter: FilterSpecification
    let interface: UInt32
    let cookie: FilterCookie
  }

  var filters: [Installed] = []
  var kernelGroups: Set<MACAddress> = []
  var chainsMulticast = true

  /// Rank of a filter, 0 the most specific; nil for filters that only block the kernel.
  static func rank(_ filter: FilterSpecification) -> Int? {
    let hasVLAN = filter.vlanID != nil
    let kind = filter.kind
    if kind.contains(.ipv4) || kind.contains(.ipv6) { return (filter.remote == nil ? 2 : 0) + (hasVLAN ? 0 : 1) }
    if kind.contains(.ethernet) {
      if kind.contains(.ipProtocol) { return hasVLAN ? 4 : 6 }
      if kind.contains(.etherType) { return hasVLAN ? 5 : 7 }
      return hasVLAN ? 8 : 9
    }
    if kind.contains(.ipProtocol) { return hasVLAN ? 10 : 12 }
    if kind.contains(.etherType) { return hasVLAN ? 11 : 13 }
    if kind.contains(.unicastAll) || kind.contains(.unicastMismatch) { return hasVLAN ? 14 : 15 }
    if kind.contains(.multicastAll) { return 16 }
    if kind.contains(.multicastMismatch) { return hasVLAN ? 17 : 18 }
    return nil
  }

  /// Whether the fields that the filter names are the frame's.
  static func matches(_ filter: FilterSpecification, _ frame: Frame) -> Bool {
    let kind = filter.kind
    if let vlan = filter.vlanID, vlan != frame.vlan ?? 0 { return false }
    if kind.contains(.ethernet), filter.macAddress != frame.mac { return false }
    if kind.contains(.etherType), filter.etherType != frame.etherType { return false }
    if kind.contains(.ipProtocol) {
      guard frame.etherType == 0x0800, !frame.isFragment, frame.destination != nil else { return false }
      if filter.ipProtocol != frame.ipProtocol { return false }
    }
    if kind.contains(.ipv4) || kind.contains(.ipv6) {
      guard !frame.isFragment, let ports = frame.ports, filter.ipProtocol == frame.ipProtocol else { return false }
      guard filter.local.address == frame.destination, filter.local.port == ports.destination else { return false }
      if let remote = filter.remote, remote.address != frame.source || remote.port != ports.source { return false }
    }
    if !kind.isDisjoint(with: [.unicastAll, .unicastMismatch]), frame.mac.isMulticast { return false }
    if !kind.isDisjoint(with: [.multicastAll, .multicastMismatch]), !frame.mac.isMulticast { return false }
    return true
  }

  private func blocks(_ kinds: FilterKind) -> Bool { filters.contains { !$0.filter.kind.isDisjoint(with: kinds) } }

  func route(_ frame: Frame) -> (interfaces: Set<UInt32>, toKernel: Bool) {
    let isBlocked =
      frame.mac.isMulticast
      ? blocks([.multicastAll, .blockKernel, .blockKernelMulticast])
      : blocks([.unicastAll, .blockKernel, .blockKernelUnicast])
    let ranked = filters.compactMap { installed in
      Self.rank(installed.filter).map { (rank: $0, installed: installed) }
    }
    var hits = ranked.filter { Self.matches($0.installed.filter, frame) }
    let interfaces = { (hits: [(rank: Int, installed: Installed)]) in Set(hits.map(\.installed.interface)) }
    if !frame.mac.isMulticast {
      if frame.mac == ownMAC, !isBlocked { hits.removeAll { $0.rank == 14 || $0.rank == 15 } }
      guard let best = hits.map(\.rank).min() else { return ([], !isBlocked) }
      return (interfaces(hits.filter { $0.rank == best }), false)
    }
    let ordinary = hits.filter { $0.rank < 17 }
    if let best = ordinary.map(\.rank).min() {
      if chainsMulticast { return (interfaces(ordinary), !isBlocked) }
      return (interfaces(ordinary.filter { $0.rank == best }), !isBlocked && best >= 9)
    }
    let isKernels = frame.mac == .broadcast || kernelGroups.contains(frame.mac)
    guard isBlocked || !isKernels, let best = hits.map(\.rank).min() else { return ([], !isBlocked) }
    return (interfaces(chainsMulticast ? hits : hits.filter { $0.rank == best }), false)
  }
}
