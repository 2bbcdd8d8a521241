import EtherFabric
import EtherFabricFormats
import Glibc

extension EmulatedAdapter {
  public func allocateInterface(_ asked: InterfaceRequest) throws(EtherFabricError) -> InterfaceGrant {
    try locked { state throws(EtherFabricError) in
      guard let domain = state.domains[asked.domain] else {
        throw refusal(EINVAL, "no protection domain \(asked.domain)", "Pass one that lives.")
      }
      let request = InterfaceRules.resolved(asked, domain.datapath)
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
    let memory: InterfaceMemory
    do throws(EtherFabricError) {
      memory = try InterfaceMemory(
        request: request, domain: domain, index: index, label: label, flags: flags, events: events,
        ownsEvents: request.eventQueueOwner == nil, port: port, counters: counters,
        minimumFill: settings.minimumFill)
    } catch {
      port.withClaim { events.giveBack(label) }
      throw error
    }
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
      decideInPlace(&state)
      if memory.state.pointee.keepsPoison { port.pointee.noPoisonCount += 1 }
      guard memory.state.pointee.stamps else { return }
      if port.pointee.stampCount == 0 { wire.stamp(true) }
      port.pointee.stampCount += 1
      port.pointee.clockUsers += 1
      events.state.pointee.stampCount += 1
      events.state.pointee.counters.pointee.timeSyncs &+= 1
      let now = port.pointee.clock.now()
      if let express = memory.state.pointee.express {
        memory.state.postTimeSync(port.pointee.clock.expressSyncWord(now), express)
      } else {
        events.state.post(port.pointee.clock.syncWord(now))
      }
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
    let refused = options.flags.intersection(InterfaceRules.unbuiltFlags)
    guard refused.isEmpty else {
      throw refusal(
        EINVAL, "flags 0x\(String(refused.rawValue, radix: 16)): processing hints are not built in", "Leave them out.")
    }
    guard !options.flags.isSuperset(of: [.transmitAlternatives, .transmitTimestamps]) else {
      throw refusal(
        EOPNOTSUPP, "transmit alternatives with transmit timestamps", "Choose one of them for an interface.")
    }
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
    try size("receive", options.receiveCapacity, InterfaceRules.receiveSizes(datapath, options.flags))
    try size("transmit", options.transmitCapacity, InterfaceRules.transmitSizes(datapath))
    if options.flags.contains(.receivePackedStream) { try checkPackedStream(request, domain) }
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

  /// What packed stream wants of its domain and its event queue.
  private func checkPackedStream(_ request: InterfaceRequest, _ domain: DomainState) throws(EtherFabricError) {
    guard !domain.flags.isDisjoint(with: InterfaceRules.packedStreamFlags) else {
      throw refusal(
        EINVAL, "packed stream in a domain that is not made for it",
        "Allocate the domain with DomainFlags.receivePackedStream.")
    }
    guard request.eventQueueOwner == nil else {
      throw refusal(
        EINVAL, "packed stream on the event queue of another interface",
        "Give it an event queue of its own: credits are counted by its size.")
    }
    let options = request.options
    let slots = options.eventCapacity ?? RingRules.packedStreamEventSize
    let credits = PackedStreamLayout.maximumCredits(
      eventCapacity: slots - 1 - settings.eventClearStride, transmitCapacity: max(0, options.transmitCapacity - 1),
      hasTransmitTimes: !options.flags.isDisjoint(with: [.transmitTimestamps, .transmitAlternatives]))
    guard credits > 0 else {
      throw refusal(
        ENOSPC, "\(slots) events are not enough for one credit of packed stream beside the transmits",
        "Leave the event capacity out, or the transmit ring.")
    }
  }

  private func eventQueue(
    _ request: InterfaceRequest, _ domain: DomainState, index: UInt32, _ state: inout ControlState
  ) throws(EtherFabricError) -> EventQueueMemory {
    if let owner = request.eventQueueOwner {
      guard !domain.datapath.isExpress else {
        throw refusal(
          EINVAL, "an X3 or X4 express has an event queue for every interface",
          "Allocate the interface with one of its own.")
      }
      guard let memory = state.interfaces[owner] else {
        throw refusal(EINVAL, "no interface \(owner) to share an event queue with", "Share with one that lives.")
      }
      return memory.events
    }
    let options = request.options
    if domain.datapath.isExpress {
      return try expressEventQueue(options, domain.datapath, index: index)
    }
    // Timestamps and alternatives accompany each completion with two more events.
    let perTransmit = options.flags.isDisjoint(with: [.transmitTimestamps, .transmitAlternatives]) ? 1 : 3
    let wanted = options.receiveCapacity + options.transmitCapacity * perTransmit
    let sizes = InterfaceRules.eventSizes(domain.datapath)
    let fixed = options.flags.contains(.receivePackedStream) ? RingRules.packedStreamEventSize : nil
    guard let capacity = options.eventCapacity ?? fixed ?? RingRules.size(atLeast: wanted, of: sizes) else {
      throw refusal(ENOSPC, "no event queue holds \(wanted) events", "Make the rings smaller.")
    }
    let descriptor = settings.service == .inline ? wire.waitDescriptor : -1
    let hasTimer = domain.datapath == .ef10 && options.flags.contains(.eventTimer)
    return try EventQueueMemory(
      capacity: capacity, owner: index, wireDescriptor: descriptor, port: port, hasTimer: hasTimer,
      counters: counters)
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
    // They have no other way to send.
    if grant.datapath.isExpress, request.options.transmitCapacity > 0 { grant.flags.insert(.cutThrough) }
    grant.command = commandInterface
    grant.express = expressGrant(memory.state)
    grant.cutThroughAperture = memory.state.pointee.sending?.pointee.aperture
    grant.timestampFormat = port.pointee.clock.format
    grant.receiveStampCorrection = settings.receiveStampCorrection
    grant.transmitStampCorrection = settings.transmitStampCorrection
    grant.reportsClockState = settings.reportsClockState
    grant.timerQuantum = grant.datapath == .ef10 ? EventTimer.quantum : 0
    return grant
  }

  public func freeInterface(_ resource: UInt32) {
    locked { state in
      guard let memory = state.interfaces.removeValue(forKey: resource) else { return }
      let set = memory.set.flatMap { state.sets[$0] }
      port.withClaim {
        if port.pointee.inPlace?.pointee.interface == memory.state { endInPlace() }
        port.detach(memory.state)
        set?.detach(memory.state)
        filters.removeAll(interface: resource)
        for queue in detachAll(memory.state) { state.superbufs[queue] = nil }
        if memory.state.pointee.keepsPoison { port.pointee.noPoisonCount -= 1 }
        counters.closeInterface(resource)
        if memory.state.pointee.stack != 0 { port.pointee.steering.pointee.loopingCount -= 1 }
        updatePaths()
        decideInPlace(&state)
        memory.events.rest(memory.state.pointee.label)
        if !memory.events.isUsed { port.stopTimer(memory.events.state) }
        guard memory.state.pointee.stamps else { return }
        port.pointee.stampCount -= 1
        if port.pointee.stampCount == 0 { wire.stamp(false) }
        port.pointee.clockUsers -= 1
        memory.events.state.pointee.stampCount -= 1
      }
      if let share = memory.alternatives { state.alternatives.giveBack(share) }
      giveIndex(resource, of: memory.set, &state)
      updateStealing()
    }
  }
}
