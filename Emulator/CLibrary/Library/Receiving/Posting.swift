// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

let receiveInit: @convention(c) (InterfacePointer?, ef_addr, ef_request_id) -> CInt = { vi, address, id in
  within(vi, else: invalid) { interface in
    // The inline function that sets it stores to the structure alone.
    let length = vi.unsafelyUnwrapped.pointee.rx_buffer_len
    guard length > 0, length <= UInt32(longestFrame) else { return invalid }
    return answer(interface) { () throws(QueueError) in
      interface.pointee.receiveBufferLength = Int(length)
      try interface.pointee.receiveInit(DMAAddress(rawValue: address), id: RequestID(UInt32(bitPattern: id)))
    }
  }
}

let receivePush: @convention(c) (InterfacePointer?) -> Void = { vi in
  within(vi, else: ()) { $0.pointee.receivePush() }
}

@c @implementation
public func ef_vi_receive_post(_ vi: UnsafeMutablePointer<ef_vi>!, _ address: ef_addr, _ id: ef_request_id) -> CInt {
  let result = receiveInit(vi, address, id)
  if result == 0 { receivePush(vi) }
  return result
}
