import CiulHeaders
import EtherFabric
import Glibc

let transmitCutThrough: @convention(c) (InterfacePointer?, Int, UnsafePointer<iovec>?, CInt, UInt32) -> Void = {
  vi, length, pieces, count, threshold in
  within(vi, else: ()) { interface in
    withPieces(pieces, count, length: length) { buffers in
      interface.pointee.transmitCutThroughVector(buffers, threshold: Int(threshold))
      interface.pointee.publishStreamCounters()
    }
  }
}

let transmitCutThroughCopy:
  @convention(c) (InterfacePointer?, Int, UnsafePointer<iovec>?, CInt, UInt32, UnsafeMutableRawPointer?) -> Void = {
    vi, length, pieces, count, threshold, fallback in
    within(vi, else: ()) { interface in
      guard let fallback else { return }
      withPieces(pieces, count, length: length) { buffers in
        interface.pointee.transmitCutThroughVectorCopy(buffers, threshold: Int(threshold), fallback: fallback)
        interface.pointee.publishStreamCounters()
      }
    }
  }

let transmitFallback: @convention(c) (InterfacePointer?, ef_addr, Int, ef_request_id) -> CInt = {
  vi, address, length, id in
  within(vi, else: invalid) { interface in
    guard length >= 0, length <= longestFrame else { return invalid }
    return answer(interface) { () throws(QueueError) in
      try interface.pointee.transmitCutThroughFallback(
        DMAAddress(rawValue: address), length: length, id: RequestID(UInt32(bitPattern: id)))
    }
  }
}

let transmitVectorFallback: @convention(c) (InterfacePointer?, UnsafePointer<ef_iovec>?, CInt, ef_request_id) -> CInt =
  { vi, pieces, count, id in
    within(vi, else: invalid) { interface in
      withFragments(pieces, count) { fragments in
        answer(interface) { () throws(QueueError) in
          try interface.pointee.transmitCutThroughVectorFallback(fragments, id: RequestID(UInt32(bitPattern: id)))
        }
      }
    }
  }
