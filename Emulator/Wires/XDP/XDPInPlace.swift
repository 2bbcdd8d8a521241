import CLinuxShims
import EmulatedAdapter
import Glibc

/// The receiving half of a wire that was lent buffers.
struct XDPInPlace {
  /// The user's memory, where the user has it.
  let memory: UserMemory
  /// Where the alias of it begins in the frame memory.
  let lead: Int
  /// The wire's own chunks that nobody has, by their place in the frame memory.
  let spare: UnsafeMutablePointer<UInt64>
  var spareCount = 0
  /// The wire's own chunk that the frame at hand lies in.
  var chunk: UInt64?
  /// The kernel has dropped frames that are longer than a buffer: what a sender on this machine left to segmentation.
  var hasLostLongFrames = false

  init(_ memory: UserMemory, _ layout: XDPMemoryLayout) {
    self.memory = memory
    lead = layout.lead
    spare = .allocate(capacity: layout.receiveChunks)
    for chunk in (0..<layout.receiveChunks).reversed() {
      (spare + spareCount).initialize(to: UInt64(layout.receiveStart + chunk * layout.chunkSize))
      spareCount += 1
    }
  }

  func deallocate() { spare.deallocate() }

  /// Frames that the kernel dropped for another reason than that no buffer was lent were longer than a buffer.
  mutating func noteDrops(_ counts: xdp_socket_counts) {
    if counts.receive_dropped > counts.fill_ring_empty { hasLostLongFrames = true }
  }

  /// The place of a buffer in the frame memory, its headroom included; nil where it is not in the user's memory.
  @inline(__always)
  func place(_ buffer: UInt) -> UInt64? {
    let offset = Int(bitPattern: buffer &- UInt(bitPattern: memory.base))
    guard offset >= 0, offset &+ memory.room <= memory.byteCount else { return nil }
    return UInt64(truncatingIfNeeded: offset &+ lead &- XDPMemoryLayout.receiveHeadroom)
  }
}

/// `WireOperations.lend` of an XDP wire.
func xdpLend(_ context: UnsafeMutableRawPointer, _ buffers: UnsafePointer<UInt>, _ count: Int) -> Int {
  let state = context.assumingMemoryBound(to: XDPState.self)
  guard let inPlace = state.pointee.inPlace, !inPlace.pointee.hasLostLongFrames else { return -1 }
  let queue = state.pointee.queue
  var waiting = Int(queue.pointee.fill.produced &- queue.pointee.receive.consumed)
  var next = 0
  while next < count, waiting <= Int(queue.pointee.fill.mask) {
    let place: UInt64
    if buffers[next] == 0 {
      guard inPlace.pointee.spareCount > 0 else { break }
      inPlace.pointee.spareCount &-= 1
      place = inPlace.pointee.spare[inPlace.pointee.spareCount]
    } else {
      guard let buffer = inPlace.pointee.place(buffers[next]) else { break }
      place = buffer
    }
    queue.pointee.fill.address(queue.pointee.fill.produced).pointee = place
    queue.pointee.fill.produced &+= 1
    waiting &+= 1
    next &+= 1
  }
  if next > 0 { queue.pointee.fill.publishProduced() }
  return waiting
}

/// `WireOperations.receiveNext` of an XDP wire that may have been lent buffers.
func xdpReceiveNextInPlace(_ context: UnsafeMutableRawPointer, _ out: UnsafeMutableRawPointer) -> Bool {
  let state = context.assumingMemoryBound(to: XDPState.self)
  guard let inPlace = state.pointee.inPlace else { return xdpReceiveNext(context, out) }
  if !state.pointee.hasFrame {
    let queue = state.pointee.queue
    repeat {
      guard queue.pointee.receive.hasMore() else {
        xdpWakeDriver(state, queue)
        xdpFoundNothing(state)
        return false
      }
    } while !xdpTakeInPlace(state, inPlace)
    state.pointee.hasFrame = true
  }
  out.storeBytes(
    of: WireFrame(bytes: state.pointee.frame, length: state.pointee.frameLength), as: WireFrame.self)
  return true
}

/// `WireOperations.receiveRelease` of an XDP wire that may have been lent buffers: these stay with the adapter.
func xdpReceiveReleaseInPlace(_ context: UnsafeMutableRawPointer) {
  let state = context.assumingMemoryBound(to: XDPState.self)
  guard let inPlace = state.pointee.inPlace else { return xdpReceiveRelease(context) }
  guard state.pointee.hasFrame else { return }
  state.pointee.hasFrame = false
  xdpReleaseInPlace(state, inPlace)
}

/// `WireOperations.relinquish` of an XDP wire.
func xdpRelinquish(_ context: UnsafeMutableRawPointer, _ reason: UnsafeRawPointer) {
  let state = context.assumingMemoryBound(to: XDPState.self)
  guard let wire = state.pointee.wire?.takeUnretainedValue() else { return }
  wire.holdFrames()
  wire.relinquish(reason.assumingMemoryBound(to: UserMemoryRefusal.self).pointee)
  wire.takeFrames()
}

@inline(__always)
private func xdpReleaseInPlace(_ state: UnsafeMutablePointer<XDPState>, _ inPlace: UnsafeMutablePointer<XDPInPlace>) {
  let queue = state.pointee.queue
  queue.pointee.receive.consumed &+= 1
  queue.pointee.receive.publishConsumed()
  guard let chunk = inPlace.pointee.chunk else { return }
  inPlace.pointee.spare[inPlace.pointee.spareCount] = chunk
  inPlace.pointee.spareCount &+= 1
}

/// Makes the frame at the head of the queue what a MAC would have received, where it lies. False where it is dropped,
/// and counted.
@inline(__always)
private func xdpTakeInPlace(
  _ state: UnsafeMutablePointer<XDPState>, _ inPlace: UnsafeMutablePointer<XDPInPlace>
) -> Bool {
  let queue = state.pointee.queue
  let entry = queue.pointee.receive.frame(queue.pointee.receive.consumed).pointee
  // The upper bits hold how far behind the place that was lent the frame begins.
  let lent = entry.address & 0xffff_ffff_ffff
  let offset = Int(truncatingIfNeeded: lent &+ entry.address >> 48)
  let start = inPlace.pointee.lead
  let frame: UnsafeMutableRawPointer
  if offset >= start, offset < start &+ inPlace.pointee.memory.byteCount {
    frame = inPlace.pointee.memory.base + (offset &- start)
    inPlace.pointee.chunk = nil
  } else {
    frame = queue.pointee.base + offset
    inPlace.pointee.chunk = lent
  }
  packet_frame_prefetch(frame, UInt64(entry.length))
  var length = Int(entry.length)
  guard xdpFits(state, length), length <= inPlace.pointee.memory.room else {
    state.pointee.counters.add(.receiveOversize)
    inPlace.pointee.hasLostLongFrames = true
    xdpReleaseInPlace(state, inPlace)
    return false
  }
  if state.pointee.completesChecksums, XDPHeaders.completeChecksum(frame, length: length) {
    state.pointee.counters.add(.checksumsCompleted)
  }
  // A MAC never sees less: the sender's has padded.
  if length < 60, length >= Int(ETH_HLEN) {
    memset(frame + length, 0, 60 &- length)
    length = 60
  }
  state.pointee.frame = frame
  state.pointee.frameLength = length
  return true
}
