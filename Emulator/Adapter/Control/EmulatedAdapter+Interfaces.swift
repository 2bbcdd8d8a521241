import EtherFabric
import EtherFabricFormats
import Glibc

extension EmulatedAdapter {
  public func allocateInterface(_ request: InterfaceRequest) throws(EtherFabricError) -> InterfaceGrant {
    try locked { state throws(EtherFabricError) in
      guard let domain = state.domains[request.domain] else {
        throw refusal(EINVAL, "no protection domain \(request.domain)", "Pass one that lives.")
      }
      let flags = try check(request, domain)
      try fails(.virtualInterface, Self.allocateCall, &state)
      let index = try takeIndex(request, &state)
      do throws(EtherFabricError) {
        return try allocate(request, domain, index: index, flags: flags, &state)
      } catch {
        giveIndex(index, of: request.member?.set, &state)
        throw error
      }
    }
  }

  private func takeIndex(
    _ request: InterfaceRequest, _ state: inout ControlState
  ) throws(EtherFabricError) -> UInt32 {
    if let member = request.member { return try takeMember(member, domain: request.domain, &state) }
    guard let index = state.indexes.take() else {
      throw refusal(EBUSY, "all \(PortState.interfaceLimit) interfaces are in use", "Free one first.")
    }
    return index
  }

  private func allocate(
    _ request: InterfaceRequest, _ domain: DomainState, index: UInt32, flags: InterfaceFlags,
    _ state: inout ControlState
  ) throws(EtherFabricError) -> InterfaceGrant {
    let events = try eventQueue(request, domain, index: index, &state)
    guard let label = port.withClaim({ events.takeLabel() }) else {
      throw refusal(
        EBUSY, "the event queue has \(RingRules.labels) queues already, or events of freed ones are still in it",
        "Give this interface its own event queue, or poll and try again.")
    }
    let memory = InterfaceMemory(
      request: request, domain: domain, index: index, label: label, flags: flags, events: events,
      ownsEvents: request.eventQueueOwner == nil, port: port)
    memory.set = request.member?.set
    memory.state.pointee.virtualPort = domain.virtualPort
    memory.state.pointee.stack = domain.stack
    state.interfaces[index] = memory
    let set = request.member.flatMap { state.sets[$0.set] }
    port.withClaim {
      port.attach(memory.state)
      set?.attach(memory.state)
      if domain.stack != 0 { port.pointee.steering.pointee.loopingCount += 1 }
      updatePaths()
      guard memory.state.pointee.stamps else { return }
      port.pointee.stampCount += 1
      events.state.pointee.stampCount += 1
      events.state.post(port.pointee.clock.syncWord(port.pointee.clock.now()))
    }
    return grant(memory, request)
  }

  static let allocateCall = "ProtectionDomain.allocateVirtualInterface"

  func refusal(_ errno: Int32, _ reason: String, _ remedy: String) -> EtherFabricError {
    EtherFabricError(Self.allocateCall, errno: errno, reason: reason, remedy: remedy)
  }

  /// Refuses what the generation does not have. Returns the flags in effect.
  private func check(
    _ request: InterfaceRequest, _ domain: DomainState
  ) throws(EtherFabricError) -> InterfaceFlags {
    let options = request.options
    let datapath = domain.datapath
    let unknown = options.flags.subtracting(InterfaceRules.flags(datapath, settings.generation))
    guard unknown.isEmpty else {
      throw refusal(
        EOPNOTSUPP, "flags 0x\(String(unknown.rawValue, radix: 16)) are not had by the emulated \(settings.generation)",
        "Leave them out; Driver.capability tells what there is.")
    }
    func size(_ name: String, _ value: Int, _ allowed: [Int]) throws(EtherFabricError) {
      guard value == 0 || allowed.contains(value) else {
        throw refusal(
          EINVAL, "\(name) capacity \(value)", "Allowed: 0, \(allowed.map(String.init).joined(separator: ", ")).")
      }
    }
    try size("receive", options.receiveCapacity, InterfaceRules.receiveSizes(datapath))
    try size("transmit", options.transmitCapacity, InterfaceRules.transmitSizes(datapath))
    if let events = options.eventCapacity, request.eventQueueOwner == nil {
      guard InterfaceRules.eventSizes(datapath).contains(events) else {
        let allowed = InterfaceRules.eventSizes(datapath).map(String.init).joined(separator: ", ")
        throw refusal(EINVAL, "event queue capacity \(events)", "Allowed: \(allowed), or nil.")
      }
    }
    // The domain decides on the addresses, whatever the caller says.
    let physical: InterfaceFlags = [.transmitPhysicalAddresses, .receivePhysicalAddresses]
    return domain.isPhysical ? options.flags.union(physical) : options.flags.subtracting(physical)
  }

  private func eventQueue(
    _ request: InterfaceRequest, _ domain: DomainState, index: UInt32, _ state: inout ControlState
  ) throws(EtherFabricError) -> EventQueueMemory {
    if let owner = request.eventQueueOwner {
      guard let memory = state.interfaces[owner] else {
        throw refusal(EINVAL, "no interface \(owner) to share an event queue with", "Share with one that lives.")
      }
      return memory.events
    }
    let options = request.options
    let perTransmit = options.flags.contains(.transmitTimestamps) ? 3 : 1
    let wanted = options.receiveCapacity + options.transmitCapacity * perTransmit
    let sizes = InterfaceRules.eventSizes(domain.datapath)
    guard let capacity = options.eventCapacity ?? RingRules.size(atLeast: wanted, of: sizes) else {
      throw refusal(ENOSPC, "no event queue holds \(wanted) events", "Make the rings smaller.")
    }
    let descriptor = settings.service == .inline ? wire.waitDescriptor : -1
    return try EventQueueMemory(capacity: capacity, owner: index, wireDescriptor: descriptor)
  }

  private func grant(_ memory: InterfaceMemory, _ request: InterfaceRequest) -> InterfaceGrant {
    var grant = InterfaceGrant(
      resource: memory.index, instance: memory.index, label: memory.state.pointee.label,
      flags: memory.state.pointee.flags, eventQueue: memory.events.slots, eventCapacity: memory.events.capacity,
      receiveRing: memory.receiveRing, receiveCapacity: request.options.receiveCapacity,
      transmitRing: memory.transmitRing, transmitCapacity: request.options.transmitCapacity,
      receivePrefixLength: memory.state.pointee.prefixLength, doorbells: memory.doorbells,
      service: settings.service == .inline ? serviceInterface : nil,
      serviceContext: UnsafeMutableRawPointer(memory.state), waitDescriptor: memory.events.waitDescriptor,
      eventClearStride: settings.eventClearStride)
    grant.datapath = memory.state.pointee.datapath
    grant.command = commandInterface
    return grant
  }

  public func freeInterface(_ resource: UInt32) {
    locked { state in
      guard let memory = state.interfaces.removeValue(forKey: resource) else { return }
      let set = memory.set.flatMap { state.sets[$0] }
      port.withClaim {
        port.detach(memory.state)
        set?.detach(memory.state)
        filters.removeAll(interface: resource)
        if memory.state.pointee.stack != 0 { port.pointee.steering.pointee.loopingCount -= 1 }
        updatePaths()
        memory.events.rest(memory.state.pointee.label)
        guard memory.state.pointee.stamps else { return }
        port.pointee.stampCount -= 1
        memory.events.state.pointee.stampCount -= 1
      }
      giveIndex(resource, of: memory.set, &state)
      updateStealing()
    }
  }

  public func putSoftwareEvent(_ data: UInt32, interface: UInt32) throws(EtherFabricError) {
    try raise(ManagementEventWord(kind: ManagementEventWord.Kind.software, data: data).word, interface: interface)
  }

  /// Puts any event word in the event queue of an interface: what hardware raises once a year, now.
  public func raise(_ word: UInt64, interface: UInt32) throws(EtherFabricError) {
    try withInterface(interface, "EmulatedAdapter.raise") { $0.pointee.events.post(word) }
  }

  public func flush(interface: UInt32) throws(EtherFabricError) {
    try withInterface(interface, "VirtualInterface.flush") { state in
      state.pointee.receiveStopped = true
      state.pointee.transmitStopped = true
      let label = UInt32(state.pointee.label)
      typealias Kind = ManagementEventWord.Kind
      if state.pointee.transmitMask != 0 {
        state.pointee.events.post(ManagementEventWord(kind: Kind.transmitFlush, data: label).word)
      }
      if state.pointee.receiveMask != 0 {
        state.pointee.events.post(ManagementEventWord(kind: Kind.receiveFlush, data: label).word)
      }
    }
  }

  public func restartTransmit(interface: UInt32) throws(EtherFabricError) {
    try withInterface(interface, "VirtualInterface.reinitializeTransmitQueue") { state in
      state.pointee.transmitRead = 0
      state.pointee.transmitStopped = false
      state.pointee.unreported = 0
      state.pointee.clearDoorbell(DoorbellPage.transmitDoorbell)
    }
  }

  public func restartReceive(interface: UInt32) throws(EtherFabricError) {
    try withInterface(interface, "VirtualInterface.reinitializeReceiveQueue") { state in
      state.pointee.receiveRead = 0
      state.pointee.receiveAccepted = 0
      state.pointee.receiveStopped = false
      state.pointee.clearDoorbell(DoorbellPage.receiveDoorbell)
    }
  }

  public func restartEvents(interface: UInt32) throws(EtherFabricError) {
    try withInterface(interface, "VirtualInterface.reinitializeEventQueue") { $0.pointee.events.reset() }
  }

  private func withInterface(
    _ interface: UInt32, _ call: String, _ body: (UnsafeMutablePointer<InterfaceState>) -> Void
  ) throws(EtherFabricError) {
    try locked { state throws(EtherFabricError) in
      guard let memory = state.interfaces[interface] else {
        throw EtherFabricError(
          call, errno: EINVAL, reason: "no interface \(interface)", remedy: "Pass the resource id of one that lives.")
      }
      port.withClaim { body(memory.state) }
    }
  }
}

extension InterfaceState {
  func clearDoorbell(_ register: Int) { doorbells.storeBytes(of: 0, toByteOffset: register, as: UInt32.self) }
}
