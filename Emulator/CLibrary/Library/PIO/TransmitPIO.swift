import CiulHeaders
import EtherFabric
import Glibc

let transmitPIO: @convention(c) (InterfacePointer?, CInt, CInt, ef_request_id) -> CInt = { vi, offset, length, id in
  within(vi, else: invalid) { interface in
    answer(interface) { () throws(QueueError) in
      try interface.pointee.transmitPIO(
        offset: Int(offset), length: Int(length), id: RequestID(UInt32(bitPattern: id)))
    }
  }
}

let transmitCopyPIO: @convention(c) (InterfacePointer?, CInt, UnsafeRawPointer?, CInt, ef_request_id) -> CInt = {
  vi, offset, bytes, length, id in
  guard let bytes, length >= 0 else { return invalid }
  return within(vi, else: invalid) { interface in
    answer(interface) { () throws(QueueError) in
      try interface.pointee.transmitCopyPIO(
        UnsafeRawBufferPointer(start: bytes, count: Int(length)), offset: Int(offset),
        id: RequestID(UInt32(bitPattern: id)))
    }
  }
}

let transmitPIOWarm: @convention(c) (InterfacePointer?) -> Void = { vi in
  within(vi, else: ()) { $0.pointee.transmitPIOWarm() }
}

let transmitCopyPIOWarm: @convention(c) (InterfacePointer?, CInt, UnsafeRawPointer?, CInt) -> Void = {
  vi, offset, bytes, length in
  guard let bytes, length >= 0 else { return }
  within(vi, else: ()) { interface in
    interface.pointee.transmitCopyPIOWarm(
      UnsafeRawBufferPointer(start: bytes, count: Int(length)), offset: Int(offset))
  }
}
