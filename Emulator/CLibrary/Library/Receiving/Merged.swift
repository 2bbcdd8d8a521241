// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

@c @implementation
public func ef_vi_receive_unbundle(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ event: UnsafePointer<ef_event>!, _ ids: UnsafeMutablePointer<ef_request_id>!
) -> CInt {
  guard let event, let ids else { return invalid }
  return within(vi, else: invalid) { interface in
    let word = EventWords(event).first
    guard word & 0xffff == EventWords.Kind.receiveMulti || word & 0xffff == EventWords.Kind.receiveMultiDiscard
    else { return 0 }
    return CInt(
      truncatingIfNeeded: interface.pointee.unbundle(
        merged: UInt16(truncatingIfNeeded: word >> 32),
        into: UnsafeMutableRawPointer(ids).assumingMemoryBound(to: UInt32.self)))
  }
}

@c @implementation
public func ef_vi_rxq_next_desc_id(_ vi: UnsafeMutablePointer<ef_vi>!) -> ef_request_id {
  let none = ef_request_id(bitPattern: UInt32.max)
  return within(vi, else: none) { interface in
    interface.pointee.nextReceiveID().map { ef_request_id(bitPattern: $0.rawValue) } ?? none
  }
}
