// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

@c @implementation
public func ef_vi_mtu(_ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle) -> UInt32 {
  let bytes = withinOwned(vi, handle, "ef_vi_mtu") { interface, _ throws(EtherFabricError) in
    CInt(clamping: interface.pointee.mtu)
  }
  return UInt32(max(0, bytes))
}

@c @implementation
public func ef_vi_get_mac(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle, _ address: UnsafeMutableRawPointer!
) -> CInt {
  guard let address else { return invalid }
  return withinOwned(vi, handle, "ef_vi_get_mac") { interface, _ throws(EtherFabricError) in
    let value = interface.pointee.domain.driver.identity.macAddress.value
    for byte in 0..<6 {
      address.storeBytes(
        of: UInt8(truncatingIfNeeded: value >> UInt64(40 - 8 * byte)), toByteOffset: byte, as: UInt8.self)
    }
    return 0
  }
}

@c @implementation
public func ef_vi_flush(_ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle) -> CInt {
  withinOwned(vi, handle, "ef_vi_flush") { interface, _ throws(EtherFabricError) in
    try interface.pointee.flush()
    return 0
  }
}

@c @implementation
public func ef_vi_pace(_ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle, _ value: CInt) -> CInt {
  -EOPNOTSUPP
}
