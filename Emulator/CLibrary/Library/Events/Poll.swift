// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

let poll: @convention(c) (InterfacePointer?, UnsafeMutablePointer<ef_event>?, CInt) -> CInt = { vi, events, room in
  guard let events, room > 0 else { return invalid }
  return within(vi, else: invalid) { interface in
    let count = interface.pointee.poll(into: UnsafeMutableRawPointer(events), capacity: Int(room))
    interface.pointee.publishStreamCounters()
    return EventWords.convert(events, count: count)
  }
}

let hasEvent: @convention(c) (UnsafePointer<ef_vi>?) -> CInt = { vi in
  within(UnsafeMutablePointer(mutating: vi), else: 0) { $0.pointee.hasEvent ? 1 : 0 }
}

let hasManyEvents: @convention(c) (UnsafePointer<ef_vi>?, CInt) -> CInt = { vi, count in
  within(UnsafeMutablePointer(mutating: vi), else: 0) { $0.pointee.hasEvents(moreThan: Int(count)) ? 1 : 0 }
}

@c @implementation
public func ef_eventq_capacity(_ vi: UnsafeMutablePointer<ef_vi>!) -> CInt {
  within(vi, else: invalid) { CInt(clamping: $0.pointee.eventCapacity) }
}

@c @implementation
public func ef_eventq_put(_ resource: UInt32, _ handle: ef_driver_handle, _ data: UInt32) -> CInt {
  guard resource < Slot.capacity, data <= UInt32(EF_EVENT_SW_DATA_MASK) else { return invalid }
  let slot = Slot.at(resource)
  guard let entrance = slot.pointee.entrance else { return invalid }
  let pass = entrance.enter()
  defer { entrance.leave(pass) }
  guard slot.pointee.number != 0, slot.pointee.entrance == entrance,
    let control = slot.pointee.control?.takeUnretainedValue()
  else { return invalid }
  return answer { () throws(EtherFabricError) in
    guard try Registry.handle(handle, "ef_eventq_put") === control.handle else { return invalid }
    try control.interface.pointee.putSoftwareEvent(data)
    return 0
  }
}
