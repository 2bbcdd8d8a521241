import CLinuxShims

/// A ring shared with the kernel, and this side's places in it. Indexes run on; the low bits are a place.
struct XDPRing {
  let memory: xdp_ring_memory
  let mask: UInt32
  /// Up to here entries were written, by the kernel as last seen or by this side.
  var produced: UInt32 = 0
  /// Up to here entries were read.
  var consumed: UInt32 = 0

  init(_ memory: xdp_ring_memory, entries: Int) {
    self.memory = memory
    mask = UInt32(entries - 1)
  }

  /// A descriptor of the receive or the transmit ring.
  @inline(__always)
  func frame(_ index: UInt32) -> UnsafeMutablePointer<xdp_frame> {
    memory.entries.assumingMemoryBound(to: xdp_frame.self) + Int(index & mask)
  }

  /// An address of the fill or the completion ring.
  @inline(__always)
  func address(_ index: UInt32) -> UnsafeMutablePointer<UInt64> {
    memory.entries.assumingMemoryBound(to: UInt64.self) + Int(index & mask)
  }

  /// Whether the kernel has written entries that were not read yet.
  @inline(__always)
  mutating func hasMore() -> Bool {
    if produced != consumed { return true }
    produced = xdp_index_load(memory.producer)
    return produced != consumed
  }

  /// Gives what was read back to the kernel.
  @inline(__always)
  func publishConsumed() { xdp_index_store(memory.consumer, consumed) }

  /// Hands what was written to the kernel.
  @inline(__always)
  func publishProduced() { xdp_index_store(memory.producer, produced) }
}
