// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

@c @implementation
public func ef_vi_transmit_unbundle(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ event: UnsafePointer<ef_event>!, _ ids: UnsafeMutablePointer<ef_request_id>!
) -> CInt {
  guard let event, let ids else { return invalid }
  return within(vi, else: invalid) { interface in
    let word = EventWords(event).first
    guard word & 0xffff == EventWords.Kind.transmit else { return 0 }
    return CInt(
      truncatingIfNeeded: interface.pointee.unbundle(
        descriptor: UInt16(truncatingIfNeeded: word >> 32),
        into: UnsafeMutableRawPointer(ids).assumingMemoryBound(to: UInt32.self)))
  }
}

@c @implementation
public func __ef_vi_reinit_txq_post_error(_ vi: UnsafeMutablePointer<ef_vi>!) -> CInt {
  within(vi, else: invalid) { interface in
    guard interface.pointee.transmitCapacity > 0 else { return invalid }
    defer { interface.pointee.publishStreamCounters() }
    return answer { () throws(EtherFabricError) in
      _ = try interface.pointee.reinitializeTransmitQueue()
      return 0
    }
  }
}
