import EtherFabric
import EtherFabricFormats
import Glibc

extension EmulatedAdapter {
  private static let allocateSetCall = "ProtectionDomain.allocateVirtualInterfaceSet"

  public func allocateSet(count: Int, domain: UInt32) throws(EtherFabricError) -> UInt32 {
    func refusal(_ errno: Int32, _ reason: String, _ remedy: String) -> EtherFabricError {
      EtherFabricError(Self.allocateSetCall, errno: errno, reason: reason, remedy: remedy)
    }
    return try locked { state throws(EtherFabricError) in
      guard let owner = state.domains[domain] else {
        throw refusal(EINVAL, "no protection domain \(domain)", "Pass one that lives.")
      }
      guard owner.datapath == .ef10 else {
        throw refusal(
          EOPNOTSUPP, "X3 and X4 express do not spread frames over interfaces",
          "Let the interfaces share a receive queue, or use an EF10 adapter.")
      }
      guard (1...SetState.memberLimit).contains(count) else {
        throw refusal(EINVAL, "\(count) interfaces", "A set has 1 to \(SetState.memberLimit).")
      }
      try fails(.virtualInterface, Self.allocateSetCall, &state)
      guard let slot = (0..<PortState.setLimit).first(where: { port.pointee.sets[$0] == nil }),
        let base = state.indexes.take(run: count)
      else {
        throw refusal(
          EBUSY, "the adapter has no \(count) interfaces in a row, or no set left", "Free interfaces or sets first.")
      }
      let memory = SetMemory(domain: domain, count: count, base: base, slot: slot)
      let handle = state.nextSet
      state.nextSet += 1
      state.sets[handle] = memory
      port.withClaim { port.pointee.sets[slot] = memory.state }
      return handle
    }
  }

  public func freeSet(_ set: UInt32) {
    locked { state in
      guard let memory = state.sets[set], !memory.isFreed else { return }
      memory.isFreed = true
      port.withClaim {
        port.pointee.sets[memory.slot] = nil
        filters.removeAll(interface: PortState.destination(ofSet: memory.slot))
        updatePaths()
        decideInPlace(&state)
      }
      for place in 0..<memory.count where memory.free & 1 << UInt64(place) != 0 {
        state.indexes.give(memory.base + UInt32(place))
      }
      if memory.allocated == 0 { state.sets[set] = nil }
      updateStealing()
    }
  }

  public func insert(_ filter: FilterSpecification, set: UInt32) throws(EtherFabricError) -> FilterCookie {
    try locked { state throws(EtherFabricError) in
      let memory = try self.memory(of: set, "VirtualInterfaceSet.addFilter", state)
      try fails(.filter, "VirtualInterfaceSet.addFilter", &state)
      return try insert(filter, destination: PortState.destination(ofSet: memory.slot), domain: memory.domain, &state)
    }
  }

  public func remove(_ cookie: FilterCookie, set: UInt32) throws(EtherFabricError) {
    try locked { state throws(EtherFabricError) in
      let memory = try self.memory(of: set, "VirtualInterfaceSet.removeFilter", state)
      try remove(cookie, destination: PortState.destination(ofSet: memory.slot), &state)
    }
  }

  private func memory(
    of set: UInt32, _ call: String, _ state: ControlState
  ) throws(EtherFabricError) -> SetMemory {
    guard let memory = state.sets[set], !memory.isFreed else {
      throw EtherFabricError(call, errno: EINVAL, reason: "no set \(set)", remedy: "Pass one that lives.")
    }
    return memory
  }

  /// The number of a new member. Errors as the driver has them.
  func takeMember(_ member: SetMember, domain: UInt32, _ state: inout ControlState) throws(EtherFabricError) -> UInt32 {
    guard let memory = state.sets[member.set], !memory.isFreed, memory.domain == domain else {
      throw refusal(EINVAL, "no set \(member.set) in domain \(domain)", "Pass a set of the domain that lives.")
    }
    let place: Int
    if let index = member.index {
      guard index >= 0, index < memory.count else {
        throw refusal(EDOM, "member \(index) of a set of \(memory.count)", "Give 0 to \(memory.count - 1), or nil.")
      }
      guard memory.free & 1 << UInt64(index) != 0 else {
        throw refusal(EEXIST, "member \(index) of the set is allocated", "Free it first, or take another one.")
      }
      place = index
    } else {
      guard memory.free != 0 else {
        throw refusal(ENOSPC, "all \(memory.count) members of the set are allocated", "Free one first.")
      }
      place = memory.free.trailingZeroBitCount
    }
    memory.allocated |= 1 << UInt64(place)
    return memory.base + UInt32(place)
  }

  /// Gives a number back: to its set, to all, or after the last member of a freed set to nobody.
  func giveIndex(_ index: UInt32, of set: UInt32?, _ state: inout ControlState) {
    guard let set, let memory = state.sets[set] else {
      state.indexes.give(index)
      return
    }
    memory.allocated &= ~(1 << UInt64(index - memory.base))
    guard memory.isFreed else { return }
    state.indexes.give(index)
    if memory.allocated == 0 { state.sets[set] = nil }
  }
}
