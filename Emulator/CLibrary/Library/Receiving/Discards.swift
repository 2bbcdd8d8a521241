// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

let setDiscards: @convention(c) (InterfacePointer?, UInt32) -> CInt = { vi, mask in
  within(vi, else: invalid) { interface in
    interface.pointee.receiveDiscards = DiscardMask(rawValue: mask)
    vi.unsafelyUnwrapped.pointee.rx_discard_mask = UInt64(interface.pointee.receiveDiscards.rawValue)
    return 0
  }
}

let discards: @convention(c) (InterfacePointer?) -> UInt64 = { vi in
  within(vi, else: 0) { UInt64($0.pointee.receiveDiscards.rawValue) }
}

@c @implementation
public func ef_vi_receive_get_user_data(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ packet: UnsafeRawPointer!, _ mark: UnsafeMutablePointer<UInt32>!,
  _ flag: UnsafeMutablePointer<UInt8>!
) -> CInt { invalid }

@c @implementation
public func ef_vi_receive_get_discard_flags(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ packet: UnsafeRawPointer!, _ flags: UnsafeMutablePointer<UInt32>!
) -> CInt { invalid }
