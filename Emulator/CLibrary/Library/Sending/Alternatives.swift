// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

let selectAlternative: @convention(c) (InterfacePointer?, UInt32) -> CInt = { vi, number in
  within(vi, else: invalid) { interface in
    answer(interface) { () throws(QueueError) in try interface.pointee.selectAlternative(Int(number)) }
  }
}

let selectNormalTransmit: @convention(c) (InterfacePointer?) -> CInt = { vi in
  within(vi, else: invalid) { interface in
    answer(interface) { () throws(QueueError) in try interface.pointee.selectNormalTransmit() }
  }
}

let stopAlternative: @convention(c) (InterfacePointer?, UInt32) -> CInt = { vi, number in
  within(vi, else: invalid) { interface in
    answer(interface) { () throws(QueueError) in try interface.pointee.stopAlternative(Int(number)) }
  }
}

let goAlternative: @convention(c) (InterfacePointer?, UInt32) -> CInt = { vi, number in
  within(vi, else: invalid) { interface in
    answer(interface) { () throws(QueueError) in try interface.pointee.goAlternative(Int(number)) }
  }
}

let discardAlternative: @convention(c) (InterfacePointer?, UInt32) -> CInt = { vi, number in
  within(vi, else: invalid) { interface in
    answer(interface) { () throws(QueueError) in try interface.pointee.discardAlternative(Int(number)) }
  }
}

@c @implementation
public func ef_vi_transmit_alt_alloc(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle, _ count: CInt, _ bytes: Int
) -> CInt {
  withinOwned(vi, handle, "ef_vi_transmit_alt_alloc") { interface, _ throws(EtherFabricError) in
    guard bytes >= 0 else { return -ENOSPC }
    try interface.pointee.allocateAlternatives(Int(count), bytes: bytes)
    vi.pointee.tx_alt_num = UInt32(interface.pointee.alternativeCount)
    return 0
  }
}

@c @implementation
public func ef_vi_transmit_alt_free(_ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle) -> CInt {
  withinOwned(vi, handle, "ef_vi_transmit_alt_free") { interface, _ throws(EtherFabricError) in
    try interface.pointee.freeAlternatives()
    vi.pointee.tx_alt_num = 0
    return 0
  }
}

@c @implementation
public func ef_vi_transmit_alt_query_buffering(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ index: CInt, _ handle: ef_driver_handle, _ count: CInt
) -> CInt {
  within(vi, else: invalid) { interface in
    answer { () throws(EtherFabricError) in
      let bytes = try interface.pointee.alternativeBuffering(Int(count))
      _ = try Registry.handle(handle, "ef_vi_transmit_alt_query_buffering")
      return CInt(clamping: bytes)
    }
  }
}

@c @implementation
public func ef_vi_transmit_alt_num_ids(_ vi: UnsafeMutablePointer<ef_vi>!) -> UInt32 {
  within(vi, else: 0) { UInt32($0.pointee.alternativeCount) }
}

@c @implementation
public func ef_vi_transmit_alt_query_overhead(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ overhead: UnsafeMutablePointer<ef_vi_transmit_alt_overhead>!
) -> CInt {
  guard let overhead else { return invalid }
  return within(vi, else: invalid) { interface in
    answer { () throws(EtherFabricError) in
      let found = try interface.pointee.alternativeOverhead()
      overhead.pointee = ef_vi_transmit_alt_overhead(
        pre_round: UInt32(clamping: found.preRound), mask: UInt32(truncatingIfNeeded: found.mask),
        post_round: UInt32(clamping: found.postRound))
      return 0
    }
  }
}
