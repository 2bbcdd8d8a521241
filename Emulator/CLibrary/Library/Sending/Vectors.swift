import CiulHeaders
import EtherFabric
import Glibc

let transmitVector: @convention(c) (InterfacePointer?, UnsafePointer<ef_iovec>?, CInt, ef_request_id) -> CInt = {
  vi, pieces, count, id in
  within(vi, else: invalid) { interface in
    withFragments(pieces, count) { fragments in
      answer(interface) { () throws(QueueError) in
        try interface.pointee.transmitVector(fragments, id: RequestID(UInt32(bitPattern: id)))
      }
    }
  }
}

let transmitVectorInit: @convention(c) (InterfacePointer?, UnsafePointer<ef_iovec>?, CInt, ef_request_id) -> CInt = {
  vi, pieces, count, id in
  within(vi, else: invalid) { interface in
    withFragments(pieces, count) { fragments in
      answer(interface) { () throws(QueueError) in
        try interface.pointee.transmitVectorInit(fragments, id: RequestID(UInt32(bitPattern: id)))
      }
    }
  }
}

/// No ring has room for more.
private let pieceLimit: CInt = 4096

/// The pieces as Swift has them: C leaves half of a length undefined.
@inline(__always)
func withFragments(
  _ pieces: UnsafePointer<ef_iovec>?, _ count: CInt, _ call: (UnsafeBufferPointer<DMAFragment>) -> CInt
) -> CInt {
  guard let pieces, count > 0, count <= pieceLimit else { return invalid }
  return withUnsafeTemporaryAllocation(of: DMAFragment.self, capacity: Int(count)) { fragments in
    for index in 0..<Int(count) {
      fragments.initializeElement(
        at: index,
        to: DMAFragment(
          address: DMAAddress(rawValue: pieces[index].iov_base), length: Int(pieces[index].iov_len)))
    }
    return call(UnsafeBufferPointer(fragments))
  }
}

/// The same for pieces of a cut-through send, in memory of the program's.
/// - Parameter length: of the frame, which the pieces must add up to.
@inline(__always)
func withPieces(
  _ pieces: UnsafePointer<iovec>?, _ count: CInt, length: Int,
  _ call: (UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Void
) {
  guard let pieces, count > 0, count <= pieceLimit else { return }
  withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: Int(count)) { buffers in
    var total = 0
    for index in 0..<Int(count) {
      let piece = pieces[index]
      guard piece.iov_len <= longestFrame, piece.iov_base != nil || piece.iov_len == 0 else { return }
      total += piece.iov_len
      buffers.initializeElement(at: index, to: UnsafeRawBufferPointer(start: piece.iov_base, count: piece.iov_len))
    }
    guard total == length, total <= longestFrame else { return }
    call(UnsafeBufferPointer(buffers))
  }
}

/// Bytes; what a descriptor can say.
let longestFrame = 0x3fff
