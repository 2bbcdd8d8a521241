import EtherFabric

extension FilterTable {
  /// What the filters can take, for a wire that leaves all else to the kernel. Never less than what they take; where a
  /// filter of a virtual port names a tag within its own, and of an X3 by its default queue, more.
  public func wantedFrames() -> WantedFrames {
    let state = self.state.pointee
    var wanted = WantedFrames()
    wanted.known = [hardwareMAC, .broadcast] + kernelGroups
    guard !takesEverything else {
      wanted.isEverything = true
      return wanted
    }
    if state.unicastBlocks != 0 { wanted.add(group: .unicast) }
    if state.multicastBlocks != 0 { wanted.add(group: .multicast) }
    for index in 0...state.slotMask where state.slots[index].first >= 0 {
      let first = state.slots[index].first
      guard exactRules[first] == nil, let kind = MatchKind(rawValue: state.entries[Int(first)].matchKind) else {
        continue
      }
      wanted.matches.append(wantedMatch(kind, state.entries[Int(first)].key))
    }
    var seen: Set<UInt64> = []
    for (_, rule) in exactRules.sorted(by: { $0.key < $1.key }) {
      let key = rule.key.masked(rule.match.mask, kind: Int(rule.match.rawValue))
      if seen.insert(key.hash).inserted { wanted.matches.append(wantedMatch(rule.match, key)) }
    }
    return wanted
  }

  /// Whether a wire cannot tell what they take from what they leave: a sniffer sees what others take, or all of it.
  var takesEverything: Bool {
    receiveSniffer >= 0 || state.pointee.unicastBlocks != 0 && state.pointee.multicastBlocks != 0
  }

  private func wantedMatch(_ kind: MatchKind, _ key: FilterKey) -> StealMatch {
    var match: StealMatch
    if let exact = stealMatch(kind, key) {
      match = exact
    } else {
      // Two tags: the outer one is the virtual port's.
      match = StealMatch()
      match.vlan = virtualPortTags[UInt8(key.link >> 60)]
    }
    // The kernel listens at the port itself, and at no virtual port.
    let isPlain = key.link & FilterKey.portOnly == 0
    switch kind {
    case .unknownUnicastVLAN, .unknownUnicast: match.group = isPlain ? .unknownUnicast : .unicast
    case .multicastAll: match.group = .multicast
    case .unknownMulticastVLAN, .unknownMulticast: match.group = isPlain ? .unknownMulticast : .multicast
    default: break
    }
    return match
  }
}

extension WantedFrames {
  fileprivate mutating func add(group: StealMatch.Group) {
    var match = StealMatch()
    match.group = group
    matches.append(match)
  }
}
