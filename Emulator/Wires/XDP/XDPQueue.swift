import CLinuxShims

/// The receiving half of a socket: frames as they come out of the receive ring, and their chunks back into the fill ring.
struct XDPQueue {
  let socket: Int32
  let base: UnsafeMutableRawPointer
  /// The bits of an address within its chunk.
  let chunkMask: UInt64
  var receive: XDPRing
  var fill: XDPRing

  /// The bytes of an entry of the receive ring.
  @inline(__always)
  func bytes(_ entry: xdp_frame) -> UnsafeMutableRawPointer { base + Int(truncatingIfNeeded: entry.address) }

  /// Gives the entry at hand and its chunk back to the kernel.
  @inline(__always)
  mutating func release() {
    let chunk = receive.frame(receive.consumed).pointee.address & ~chunkMask
    receive.consumed &+= 1
    receive.publishConsumed()
    fill.address(fill.produced).pointee = chunk
    fill.produced &+= 1
    fill.publishProduced()
  }

  /// What the program wrote in front of a frame: when it came. Zero where it wrote nothing; what it wrote is taken, so
  /// that the chunk's next frame does not show it again.
  @inline(__always)
  func takeTime(_ bytes: UnsafeMutableRawPointer) -> UInt64 {
    let stamp = bytes - XDPStamp.size
    guard stamp.loadUnaligned(fromByteOffset: 8, as: UInt32.self) == XDPStamp.mark else { return 0 }
    stamp.storeBytes(of: 0, toByteOffset: 8, as: UInt32.self)
    return stamp.loadUnaligned(as: UInt64.self)
  }
}

/// What the program writes in front of a frame: CLOCK_MONOTONIC in nanoseconds, then a mark.
enum XDPStamp {
  static let size = 16
  static let mark: UInt32 = 0x4556_4658
}
