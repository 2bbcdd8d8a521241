// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc
import Synchronization

@c @implementation
public func ef_vi_alloc_from_pd(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle, _ pd: UnsafeMutablePointer<ef_pd>!,
  _ domainHandle: ef_driver_handle, _ events: CInt, _ receives: CInt, _ transmits: CInt,
  _ eventsOf: UnsafeMutablePointer<ef_vi>!, _ eventsHandle: ef_driver_handle, _ flags: ef_vi_flags
) -> CInt {
  let call = "ef_vi_alloc_from_pd"
  guard let vi else { return invalid }
  return answer { () throws(EtherFabricError) in
    let owner = try Registry.handle(handle, call)
    let record = try domain(pd, domainHandle, call)
    let request = try InterfaceOptions(events, receives, transmits, flags, sharesEvents: eventsOf != nil)
    return try allocate(vi, owner, set: nil, sharing: eventsOf) { events throws(EtherFabricError) in
      guard let events else { return try record.domain.allocateVirtualInterface(request) }
      return try record.domain.allocateVirtualInterface(request, sharingEventsOf: events.pointee)
    }
  }
}

@c @implementation
public func ef_vi_alloc_from_set(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle, _ set: UnsafeMutablePointer<ef_vi_set>!,
  _ setHandle: ef_driver_handle, _ index: CInt, _ events: CInt, _ receives: CInt, _ transmits: CInt,
  _ eventsOf: UnsafeMutablePointer<ef_vi>!, _ eventsHandle: ef_driver_handle, _ flags: ef_vi_flags
) -> CInt {
  let call = "ef_vi_alloc_from_set"
  guard let vi else { return invalid }
  return answer { () throws(EtherFabricError) in
    let owner = try Registry.handle(handle, call)
    let members = try members(set, setHandle, call).set
    let request = try InterfaceOptions(events, receives, transmits, flags, sharesEvents: eventsOf != nil)
    let member: Int? = index == -1 ? nil : Int(index)
    return try allocate(vi, owner, set: members, sharing: eventsOf) { events throws(EtherFabricError) in
      guard let events else { return try members.allocateVirtualInterface(index: member, request) }
      return try members.allocateVirtualInterface(index: member, request, sharingEventsOf: events.pointee)
    }
  }
}

@c @implementation
public func ef_vi_free(_ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle) -> CInt {
  let index = vi?.pointee.vi_resource_id ?? .max
  let freed = within(vi, else: InterfaceControl?.none) { _, slot in Slot.empty(slot, index: index) }
  guard let vi, let freed else { return invalid }
  vi.retire()
  // Nobody is inside any more, and nobody gets in: the adapter lets go of everything here.
  withExtendedLifetime(freed) {}
  Registry.shared.withLock { $0.freeSlots.append(index) }
  return 0
}

extension InterfaceOptions {
  fileprivate init(
    _ events: CInt, _ receives: CInt, _ transmits: CInt, _ flags: ef_vi_flags, sharesEvents: Bool
  ) throws(EtherFabricError) {
    let receiveCapacity = Self.capacity(receives, "EF_VI_RXQ_SIZE")
    let transmitCapacity = Self.capacity(transmits, "EF_VI_TXQ_SIZE")
    let eventCapacity = Self.capacity(events, "EF_VI_EVQ_SIZE")
    guard sharesEvents || eventCapacity != 0 else {
      throw refusal("ef_vi_alloc_from_pd", "neither an event queue nor another interface's")
    }
    self.init(
      receiveCapacity: receiveCapacity, transmitCapacity: transmitCapacity,
      eventCapacity: sharesEvents || eventCapacity < 0 ? nil : eventCapacity,
      flags: InterfaceFlags(rawValue: UInt64(flags.rawValue)))
  }

  /// A capacity, or, for a negative one, what the environment or the adapter says.
  private static func capacity(_ asked: CInt, _ variable: String) -> Int {
    guard asked < 0 else { return Int(asked) }
    guard let text = getenv(variable) else { return adapterDefault }
    let value = Int(atoi(text))
    return value < 0 ? adapterDefault : value
  }
}

/// Allocates an interface, and fills the caller's structure.
/// - Returns: the label of its queues.
private func allocate(
  _ vi: InterfacePointer, _ handle: DriverHandle, set: VirtualInterfaceSet?, sharing eventsOf: InterfacePointer?,
  _ make: (UnsafeMutablePointer<VirtualInterface>?) throws(EtherFabricError) -> VirtualInterface
) throws(EtherFabricError) -> CInt {
  guard eventsOf != vi else { throw refusal("ef_vi_alloc_from_pd", "the event queue of the interface itself") }
  guard let eventsOf else {
    let control = InterfaceControl(handle: handle, interface: try make(nil), set: set)
    return vi.found(control, eventsOf: nil, owner: nil)
  }
  var failure: EtherFabricError?
  let label = within(eventsOf, else: invalid) { events, slot in
    do throws(EtherFabricError) {
      let control = InterfaceControl(handle: handle, interface: try make(events), set: set)
      return vi.found(control, eventsOf: eventsOf, owner: slot)
    } catch {
      failure = error
      return 0
    }
  }
  if let failure { throw failure }
  return label
}
