import EtherFabric
import Glibc

extension FilterTable {
  /// Adds a filter that steers to an interface (`ef_vi_filter_add`).
  ///
  /// - Parameters:
  ///   - interface: which interface, or set of interfaces, as the datapath reports it.
  ///   - queue: EFCT and EF10CT: the receive queue asked for. Where the hardware has the filter already it stays on
  ///     its queue, unless the specification names another one; `query` tells.
  ///   - owner: what the interface is part of.
  /// - Throws: EINVAL for what the driver calls wrong; EPROTONOSUPPORT and EOPNOTSUPP for what the datapath has not;
  ///   EEXIST for a filter that this or, unless it is for multicast, another interface has; EBUSY for a second sniffer
  ///   of a kind, and on EF10 when the table is full; ENOSPC when it is full elsewhere; EPERM for a receive queue of
  ///   another domain.
  public func insert(
    _ specification: FilterSpecification, interface: UInt32, queue: UInt32? = nil, owner: FilterOwner = FilterOwner()
  ) throws(EtherFabricError) -> FilterCookie {
    precondition(interface < Self.firstQueueRecipient, "interfaces are numbered from 0 to 1791, not \(interface)")
    var rule = try FilterRule(specification, owner)
    if let sniff = rule.sniff { return try insert(sniff, specification, interface: interface, owner) }
    let key = rule.match.map { rule.key.masked($0.mask, kind: Int($0.rawValue)) }
    let existing = key.flatMap { state.find($0, hash: $0.hash) }
    // Interfaces that share a receive queue have one filter of the adapter's.
    let sharedID = owner.datapath == .ef10 ? nil : existing.flatMap { hardwareID(in: $0) }
    var claim: QueueClaim?
    if let existing, sharedID == nil { try checkDuplicate(specification, rule, existing, interface) }
    if owner.datapath != .ef10 {
      claim = try self.claim(specification, rule, owner, asked: queue, sharedID: sharedID)
      try checkFullDuplicate(specification, rule)
      if claim == nil { rule.match = nil }
    }
    guard firstFree >= 0 else { throw full(owner) }

    let index = take(specification, interface: interface, owner)
    let entry = state.pointee.entries + Int(index)
    entry.pointee.blocks = rule.blocks
    entry.pointee.stack = owner.stack
    if let claim {
      entry.pointee.recipient = Self.firstQueueRecipient + claim.queue
      if let sharedID { entry.pointee.hardwareID = sharedID }
    } else if owner.datapath != .ef10 {
      entry.pointee.recipient = Self.firstQueueRecipient
    }
    if let key, let match = rule.match {
      entry.pointee.key = key
      entry.pointee.matchKind = match.rawValue
      append(index, to: existing ?? state.addSlot(key, hash: key.hash))
    }
    state.pointee.queues[Int(entry.pointee.hardwareID)] = claim?.queue ?? (owner.datapath == .ef10 ? interface : 0)
    if owner.datapath != .ef10 { record(index, rule, claim, owner.datapath) }
    state.count(entry, by: 1)
    return FilterCookie(kind: specification.kind, id: entry.pointee.id)
  }

  /// A free entry for a filter, among those of its interface.
  private func take(_ specification: FilterSpecification, interface: UInt32, _ owner: FilterOwner) -> Int32 {
    let index = firstFree
    let entry = state.pointee.entries + Int(index)
    firstFree = entry.pointee.next
    count += 1
    serial += 1
    entry.pointee = FilterEntry()
    entry.pointee.id = serial << 16 | UInt64(index)
    entry.pointee.interface = interface
    entry.pointee.recipient = interface
    entry.pointee.hardwareID = UInt32(index)
    entry.pointee.kind = specification.kind.rawValue
    entry.pointee.flags = specification.flags.rawValue
    entry.pointee.datapath = owner.datapath.rawValue
    let first = firstOfInterface[interface] ?? -1
    entry.pointee.nextOfInterface = first
    if first >= 0 { state.pointee.entries[Int(first)].previousOfInterface = index }
    firstOfInterface[interface] = index
    return index
  }

  /// One sniffer of a kind for the whole port.
  private func insert(
    _ sniff: FilterRule.Sniff, _ specification: FilterSpecification, interface: UInt32, _ owner: FilterOwner
  ) throws(EtherFabricError) -> FilterCookie {
    guard (sniff == .receive ? receiveSniffer : transmitSniffer) < 0 else {
      throw FilterRule.refusal(
        EBUSY, "the port has a \(specification.kind) already", "Remove that one first: there is one for all programs.")
    }
    guard firstFree >= 0 else { throw full(owner) }
    let index = take(specification, interface: interface, owner)
    if sniff == .receive {
      receiveSniffer = index
      sniffsAllReceived = specification.isPromiscuous
    } else {
      transmitSniffer = index
    }
    return FilterCookie(kind: specification.kind, id: state.pointee.entries[Int(index)].id)
  }

  private func full(_ owner: FilterOwner) -> EtherFabricError {
    FilterRule.refusal(
      owner.datapath == .ef10 ? EBUSY : ENOSPC, "the adapter's filter table has its \(limit) filters",
      "Remove filters that are not needed, or filter on something coarser, such as a MAC or a VLAN.")
  }

  private func checkDuplicate(
    _ specification: FilterSpecification, _ rule: FilterRule, _ slot: UnsafeMutablePointer<FilterSlot>,
    _ interface: UInt32
  ) throws(EtherFabricError) {
    if has(slot, interface) {
      throw FilterRule.refusal(
        EEXIST, "this virtual interface already has a filter (\(specification.kind)) on the same fields",
        "One is enough; remove it before adding it with other flags.")
    }
    guard !rule.isShared else { return }
    throw FilterRule.refusal(
      EEXIST, "another virtual interface has the filter (\(specification.kind)), and only multicast is replicated",
      "Remove the other filter, or name more fields: the most specific filter gets the frames.")
  }

  func has(_ slot: UnsafeMutablePointer<FilterSlot>, _ interface: UInt32) -> Bool {
    var index = slot.pointee.first
    while index >= 0 {
      let entry = state.pointee.entries + Int(index)
      if entry.pointee.interface == interface { return true }
      index = entry.pointee.next
    }
    return false
  }

  private func append(_ index: Int32, to slot: UnsafeMutablePointer<FilterSlot>) {
    if slot.pointee.first < 0 {
      slot.pointee.first = index
    } else {
      state.pointee.entries[Int(slot.pointee.last)].next = index
    }
    slot.pointee.last = index
  }
}
