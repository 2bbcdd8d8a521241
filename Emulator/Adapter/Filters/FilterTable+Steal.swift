import EtherFabric

extension FilterTable {
  /// What the wire has to keep from the kernel: the filters whose frames the kernel does not get, one per combination
  /// of fields, most specific kinds first.
  ///
  /// Multicast frames go to the kernel as well unless it is blocked. A match with no field at all is every frame.
  /// Where all unicast is taken the interface's own MAC is named, because the kernel takes no other unicast.
  public func stealMatches() -> [StealMatch] {
    let state = self.state.pointee
    if state.unicastBlocks != 0, state.multicastBlocks != 0 { return [StealMatch()] }

    var found: [(rank: UInt8, match: StealMatch)] = []
    func add(_ kind: MatchKind, _ key: FilterKey) {
      guard keepsFromKernel(kind, key, state), let match = stealMatch(kind, key) else { return }
      found.append((kind.rawValue, match))
    }
    for index in 0...state.slotMask where state.slots[index].first >= 0 {
      let first = state.slots[index].first
      let entry = state.entries[Int(first)]
      guard exactRules[first] == nil, let kind = MatchKind(rawValue: entry.matchKind) else { continue }
      add(kind, entry.key)
    }
    // There the driver itself keeps them from the kernel, by what was asked for.
    var seen: Set<UInt64> = []
    for (_, rule) in exactRules.sorted(by: { $0.key < $1.key }) {
      let key = rule.key.masked(rule.match.mask, kind: Int(rule.match.rawValue))
      if seen.insert(key.hash).inserted { add(rule.match, key) }
    }
    found.sort { $0.rank < $1.rank }
    var matches = found.map(\.match)
    if state.unicastBlocks != 0 {
      var own = StealMatch()
      own.destinationMAC = MACAddress(value: state.hardwareMAC)
      matches.append(own)
    }
    if state.multicastBlocks != 0 {
      for group in [MACAddress.broadcast] + kernelGroups {
        var match = StealMatch()
        match.destinationMAC = group
        matches.append(match)
      }
    }
    return matches
  }

  private func keepsFromKernel(_ kind: MatchKind, _ key: FilterKey, _ state: FilterState) -> Bool {
    let isGroup: Bool
    switch kind {
    case .fullVLAN, .full, .localVLAN, .local:
      let isIPv6 = key.transport >> 32 & 0xffff == 0x86dd
      let address =
        isIPv6 ? IPAddress(ipv6High: key.localHigh, low: key.localLow) : IPAddress(ipv4: UInt32(key.localLow))
      isGroup = address.isMulticast || address.isBroadcast
      // Without chaining the filter takes the frame before the kernel's own filter on the MAC does.
      if isGroup, !state.chainsMulticast { return true }
    case .macVLANProtocol, .macVLANEtherType, .macProtocol, .macEtherType, .macVLAN:
      isGroup = MACAddress(value: key.link).isMulticast
      if isGroup, !state.chainsMulticast { return true }
    case .mac:
      isGroup = MACAddress(value: key.link).isMulticast
    case .protocolVLAN, .etherTypeVLAN, .protocol, .etherType:
      isGroup = false
    case .unknownUnicastVLAN, .unknownUnicast, .multicastAll, .unknownMulticastVLAN, .unknownMulticast:
      return false
    }
    return !isGroup || state.multicastBlocks != 0
  }

  func stealMatch(_ kind: MatchKind, _ key: FilterKey) -> StealMatch? {
    let mask = kind.mask
    var match = StealMatch()
    if let tag = virtualPortTags[UInt8(key.link >> 60)] {
      // The frame has two tags then, and a wire looks at the outer one.
      guard mask.link & FilterKey.vlanOnly == 0 else { return nil }
      match.vlan = tag
    }
    if mask.link & FilterKey.macOnly != 0 { match.destinationMAC = MACAddress(value: key.link) }
    if mask.link & FilterKey.vlanOnly != 0 { match.vlan = UInt16(key.link >> 48 & 0xfff) }
    let etherType = UInt16(truncatingIfNeeded: key.transport >> 32)
    if mask.transport & FilterKey.typeOnly != 0 { match.etherType = etherType }
    if mask.transport & FilterKey.typeAndProtocol == FilterKey.typeAndProtocol {
      match.ipProtocol = UInt8(truncatingIfNeeded: key.transport >> 48)
    }
    let address = { (high: UInt64, low: UInt64) in
      etherType == 0x86dd
        ? IPAddress(ipv6High: high, low: low).bytes : IPAddress(ipv4: UInt32(truncatingIfNeeded: low)).bytes
    }
    if mask.localLow != 0 {
      match.localAddress = address(key.localHigh, key.localLow)
      match.localPort = UInt16(truncatingIfNeeded: key.transport)
    }
    if mask.remoteLow != 0 {
      match.remoteAddress = address(key.remoteHigh, key.remoteLow)
      match.remotePort = UInt16(truncatingIfNeeded: key.transport >> 16)
    }
    return match
  }
}
