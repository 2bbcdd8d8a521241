import EtherFabric
import Glibc

/// Filters of EFCT and EF10CT steer to receive queues, which interfaces share.
extension FilterTable {
  /// The receive queue of a filter, as `asked` or where the hardware has the filter already. Nil where the hardware of
  /// an X3 does not carry the filter out: its frames come by the default queue.
  func claim(
    _ filter: FilterSpecification, _ rule: FilterRule, _ owner: FilterOwner, asked: UInt32?, sharedID: UInt32?
  ) throws(EtherFabricError) -> QueueClaim? {
    let isEFCT = owner.datapath == .efct
    let isExclusive = isEFCT ? filter.flags.contains(.exclusive) : !filter.flags.contains(.shared)
    let claimant = isExclusive ? owner.domain : QueueOwners.everybody
    let wanted = filter.destinationQueue.map(UInt32.init) ?? asked ?? (isEFCT ? 0 : nil)
    if let wanted {
      guard wanted < receiveQueueCount else {
        throw FilterRule.refusal(
          EINVAL, "receive queue \(wanted) of \(receiveQueueCount)", "Give a number from 0 to \(receiveQueueCount - 1)."
        )
      }
      try checkOwner(wanted, claimant, isEFCT)
    }
    if let sharedID { return try join(state.pointee.queues[Int(sharedID)], filter, claimant) }
    guard rule.match != nil, !isEFCT || sharedIDs.count < Self.limitOfEFCT else {
      guard isExclusive, rule.exactMatch != nil else { return nil }
      throw FilterRule.refusal(
        EPERM, "the hardware has no place for the filter, and so no exclusive queue",
        "Remove filters, or leave out the exclusive flag.")
    }
    if !isEFCT, let destination = filter.destinationQueue, queues.owner(of: UInt32(destination)) == nil {
      throw FilterRule.refusal(
        EBUSY, "receive queue \(destination) is nobody's", "Name a queue that a filter steers to already.")
    }
    return QueueClaim(queue: wanted ?? 0, owner: claimant)
  }

  private func checkOwner(_ queue: UInt32, _ claimant: UInt32, _ isEFCT: Bool) throws(EtherFabricError) {
    // The kernel receives from the default queue of an X3 too.
    let holder = isEFCT && queue == 0 ? QueueOwners.everybody : queues.owner(of: queue)
    guard let holder, holder != claimant else { return }
    let whose = holder == QueueOwners.everybody ? "shared" : "another domain's, or exclusive"
    throw FilterRule.refusal(
      EPERM, "receive queue \(queue) is \(whose)", "Use the flags that its other filters have, or another queue.")
  }

  /// The queue of a filter that the hardware has already.
  private func join(
    _ queue: UInt32, _ filter: FilterSpecification, _ claimant: UInt32
  ) throws(EtherFabricError) -> QueueClaim {
    if let destination = filter.destinationQueue, UInt32(destination) != queue {
      throw FilterRule.refusal(
        EEXIST, "the filter (\(filter.kind)) steers to receive queue \(queue) already",
        "Leave out setDestination, or remove the other filter.")
    }
    guard queues.owner(of: queue) == claimant else {
      throw FilterRule.refusal(
        EPERM, "the filter (\(filter.kind)) steers to a receive queue of another domain, or with other flags",
        "Add it with the flag 'shared' everywhere, or remove the other filter.")
    }
    return QueueClaim(queue: queue, owner: claimant)
  }

  /// The driver has a filter on both ends once, whoever asks.
  func checkFullDuplicate(_ filter: FilterSpecification, _ rule: FilterRule) throws(EtherFabricError) {
    guard let hash = Self.fullHash(rule.exactMatch, rule.key), fullFilters.contains(hash) else { return }
    throw FilterRule.refusal(
      EEXIST, "the adapter already has a filter (\(filter.kind)) on the same two ends",
      "Remove the other filter, or leave out the remote end.")
  }

  static func fullHash(_ match: MatchKind?, _ key: FilterKey) -> UInt64? {
    guard let match, match == .full || match == .fullVLAN else { return nil }
    return key.masked(match.mask, kind: Int(match.rawValue)).hash
  }

  /// The adapter's number of a filter of EFCT or EF10CT on these fields; nil where there is none.
  func hardwareID(in slot: UnsafeMutablePointer<FilterSlot>) -> UInt32? {
    var index = slot.pointee.first
    while index >= 0 {
      let entry = state.pointee.entries + Int(index)
      if entry.pointee.datapath != Datapath.ef10.rawValue { return entry.pointee.hardwareID }
      index = entry.pointee.next
    }
    return nil
  }

  /// What the driver has to remember of a filter besides its entry.
  func record(_ index: Int32, _ rule: FilterRule, _ claim: QueueClaim?, _ datapath: Datapath) {
    guard let match = rule.exactMatch else { return }
    exactRules[index] = (match, rule.key)
    if let hash = Self.fullHash(match, rule.key) { fullFilters.insert(hash) }
    if let claim {
      queues.add(claim)
      sharedIDs[state.pointee.entries[Int(index)].hardwareID, default: 0] += 1
    }
    guard datapath == .efct, claim == nil || claim?.queue == 0 else { return }
    defaultQueueEntries.append(index)
    state.pointee.defaultQueueEntry = defaultQueueEntries[0]
  }

  /// Forgets it. Returns the entries whose number no filter has any more.
  func forget(_ index: Int32, _ entry: UnsafeMutablePointer<FilterEntry>) -> [Int32] {
    if let rule = exactRules.removeValue(forKey: index), let hash = Self.fullHash(rule.match, rule.key) {
      fullFilters.remove(hash)
    }
    if let place = defaultQueueEntries.firstIndex(of: index) {
      defaultQueueEntries.remove(at: place)
      state.pointee.defaultQueueEntry = defaultQueueEntries.first ?? -1
    }
    guard entry.pointee.matchKind != 0xff else { return [index] }
    let id = entry.pointee.hardwareID
    queues.remove(state.pointee.queues[Int(id)])
    // The number stays while another filter has it, and with it the entry that it is of.
    let uses = sharedIDs[id, default: 1] - 1
    sharedIDs[id] = uses > 0 ? uses : nil
    if uses > 0 { return Int32(id) == index ? [] : [index] }
    return Int32(id) == index ? [index] : [index, Int32(id)]
  }
}
