// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

let transmit: @convention(c) (InterfacePointer?, ef_addr, CInt, ef_request_id) -> CInt = { vi, address, length, id in
  within(vi, else: invalid) { interface in
    answer(interface) { () throws(QueueError) in
      try interface.pointee.transmit(
        DMAAddress(rawValue: address), length: Int(length), id: RequestID(UInt32(bitPattern: id)))
    }
  }
}

let transmitPush: @convention(c) (InterfacePointer?) -> Void = { vi in
  within(vi, else: ()) { $0.pointee.transmitPush() }
}

@c @implementation
public func ef_vi_transmit_init(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ address: ef_addr, _ length: CInt, _ id: ef_request_id
) -> CInt {
  within(vi, else: invalid) { interface in
    answer(interface) { () throws(QueueError) in
      try interface.pointee.transmitInit(
        DMAAddress(rawValue: address), length: Int(length), id: RequestID(UInt32(bitPattern: id)))
    }
  }
}

@c @implementation
public func ef_vi_transmit_init_undo(_ vi: UnsafeMutablePointer<ef_vi>!) {
  within(vi, else: ()) { $0.pointee.transmitInitUndo() }
}

@c @implementation
public func ef_vi_set_tx_push_threshold(_ vi: UnsafeMutablePointer<ef_vi>!, _ threshold: UInt32) {
  within(vi, else: ()) { interface in
    interface.pointee.setPushThreshold(Int(threshold))
    vi.pointee.tx_push_thresh = threshold
  }
}

@c @implementation
public func ef_vi_transmitv_init_extra(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ extra: UnsafePointer<ef_vi_tx_extra>!,
  _ pieces: UnsafePointer<ef_remote_iovec>!,
  _ count: CInt, _ id: ef_request_id
) -> CInt { invalid }

/// Turns what a call of the datapath throws into what the C call returns, and shows C the counters of the stream.
@inline(__always)
func answer(_ interface: UnsafeMutablePointer<VirtualInterface>, _ call: () throws(QueueError) -> Void) -> CInt {
  defer { interface.pointee.publishStreamCounters() }
  do throws(QueueError) {
    try call()
    return 0
  } catch {
    return -error.errno
  }
}
