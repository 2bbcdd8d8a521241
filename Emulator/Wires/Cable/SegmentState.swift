import CLinuxShims
import EmulatedAdapter
import Synchronization

/// One port of a segment at a fixed address: the context of its `WireOperations`.
struct SegmentPort {
  let index: Int
  let portCount: Int
  /// Rings from this port to each other port; `[index]` is unused.
  let outgoing: SpacedMemory<FrameRing>
  /// Readers of the rings from each other port to this.
  let incoming: SpacedMemory<FrameRingReader>
  /// A cable's only other port.
  let peer: Int
  let peerOutgoing: UnsafeMutablePointer<FrameRing>
  let peerIncoming: UnsafeMutablePointer<FrameRingReader>
  /// Whether a port has an adapter plugged in, for all ports of the segment.
  let attached: UnsafeMutablePointer<Atomic<Bool>>
  /// Event descriptors of all ports.
  let wake: UnsafeMutablePointer<Int32>
  /// Arrival order over all ports, and the learned addresses; unused on a cable.
  let order: UnsafeMutablePointer<Atomic<UInt64>>
  let learned: UnsafeMutablePointer<Atomic<UInt64>>
  /// Room for a frame whose destination is not known yet.
  let staging: UnsafeMutableRawPointer
  /// Port that `receiveNext` took the last frame from.
  var current = 0
  var unpublished = 0
  /// Where the port counts, and where it does while no adapter says otherwise.
  var counters: WireCounterCells
  let ownCounters: WireCounterCells
  /// Rings the last commits went to, by bit.
  var touched: UInt64 = 0

  static let publishBatch = 32
  static let learnedSlots = 4096
  static let stagingSize = 16384 + 256
}

extension UnsafeMutablePointer where Pointee == SegmentPort {
  @inline(__always)
  func publish(to port: Int) {
    if pointee.outgoing[port].publish() { wake(port) }
  }

  @inline(never)
  private func wake(_ port: Int) {
    if pointee.outgoing[port].isArmed.pointee.exchange(false, ordering: .acquiringAndReleasing) {
      efvi_wake_signal(pointee.wake[port])
    }
  }

  /// Before a sleep: clears old signals, arms all rings, makes every writer see it, and looks again.
  func arm() {
    efvi_wake_clear(pointee.wake[pointee.index])
    for port in 0..<pointee.portCount where port != pointee.index {
      pointee.incoming[port].isArmed.pointee.store(true, ordering: .sequentiallyConsistent)
    }
    processWideBarrier()
    for port in 0..<pointee.portCount where port != pointee.index {
      if pointee.incoming[port].next() != nil { efvi_wake_signal(pointee.wake[pointee.index]) }
    }
  }
}
