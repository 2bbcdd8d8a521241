import CEtherFabric

// The same calls as calls.c, through the shims.

public typealias Interface = UnsafeMutablePointer<ef_vi>

@c(swift_transmit)
public func transmit(_ vi: Interface, _ address: ef_addr, _ length: CInt, _ id: ef_request_id) -> CInt {
  ciul_ef_vi_transmit(vi, address, length, id)
}

@c(swift_transmit_push)
public func transmitPush(_ vi: Interface) { ciul_ef_vi_transmit_push(vi) }

@c(swift_receive_init)
public func receiveInit(_ vi: Interface, _ address: ef_addr, _ id: ef_request_id) -> CInt {
  ciul_ef_vi_receive_init(vi, address, id)
}

@c(swift_receive_push)
public func receivePush(_ vi: Interface) { ciul_ef_vi_receive_push(vi) }

@c(swift_poll)
public func poll(_ vi: Interface, _ events: UnsafeMutablePointer<ef_event>, _ room: CInt) -> CInt {
  ciul_ef_eventq_poll(vi, events, room)
}

@c(swift_has_event)
public func hasEvent(_ vi: Interface) -> CInt { ciul_ef_eventq_has_event(vi) }

@c(swift_transmit_space)
public func transmitSpace(_ vi: UnsafePointer<ef_vi>) -> CInt { ciul_ef_vi_transmit_space(vi) }

@c(swift_receive_fill)
public func receiveFill(_ vi: UnsafePointer<ef_vi>) -> CInt { ciul_ef_vi_receive_fill_level(vi) }

@c(swift_event_type)
public func eventType(_ event: UnsafePointer<ef_event>) -> CUnsignedInt { ciul_EF_EVENT_TYPE(event) }

@c(swift_event_bytes)
public func eventBytes(_ event: UnsafePointer<ef_event>) -> CUnsignedInt { ciul_EF_EVENT_RX_BYTES(event) }

@c(swift_event_fraction)
public func eventFraction(_ event: UnsafePointer<ef_event>) -> CUnsignedInt {
  ciul_EF_EVENT_TX_WITH_TIMESTAMP_NSEC_FRAC16(event)
}

@c(swift_loop)
public func loop(_ vi: Interface, _ address: ef_addr, _ count: CInt) -> CInt {
  var id: CInt = 0
  while id < count, ciul_ef_vi_transmit(vi, address, 64, id) == 0 { id &+= 1 }
  return id
}

// A function of the library: in C a jump by way of the linker's table, here by way of Library.h's.
@c(swift_transmit_init)
public func transmitInit(_ vi: Interface, _ address: ef_addr, _ length: CInt, _ id: ef_request_id) -> CInt {
  ciul_ef_vi_transmit_init(vi, address, length, id)
}
