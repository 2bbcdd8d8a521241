import Glibc

/// `memcpy` of a frame. One of 32 to 64 bytes is moved by two loads and two stores that overlap, without a call: those
/// are the frames that come by the million.
@inline(__always)
func copyFrame(_ destination: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ length: Int) {
  guard length <= 64, length >= 32 else {
    memcpy(destination, source, length)
    return
  }
  let first = source.loadUnaligned(as: SIMD4<UInt64>.self)
  let last = source.loadUnaligned(fromByteOffset: length &- 32, as: SIMD4<UInt64>.self)
  destination.storeBytes(of: first, as: SIMD4<UInt64>.self)
  destination.storeBytes(of: last, toByteOffset: length &- 32, as: SIMD4<UInt64>.self)
}
