import CLinuxShims
import EmulatedAdapter
import Glibc
import Synchronization

/// `WireOperations.receiveNext` of an XDP wire.
func xdpReceiveNext(_ context: UnsafeMutableRawPointer, _ out: UnsafeMutableRawPointer) -> Bool {
  let state = context.assumingMemoryBound(to: XDPState.self)
  if !state.pointee.hasFrame {
    if state.pointee.segmenter.isActive {
      state.pointee.frameLength = state.pointee.segmenter.build()
    } else {
      guard xdpTakeNext(state) else { return false }
    }
    state.pointee.hasFrame = true
  }
  out.storeBytes(
    of: WireFrame(
      bytes: state.pointee.frame, length: state.pointee.frameLength, timestamp: state.pointee.frameTime),
    as: WireFrame.self)
  return true
}

/// `WireOperations.receiveRelease` of an XDP wire.
func xdpReceiveRelease(_ context: UnsafeMutableRawPointer) {
  let state = context.assumingMemoryBound(to: XDPState.self)
  guard state.pointee.hasFrame else { return }
  state.pointee.hasFrame = false
  if state.pointee.segmenter.isActive, state.pointee.segmenter.advance() { return }
  guard state.pointee.holdsEntry else { return }
  state.pointee.holdsEntry = false
  state.pointee.queue.pointee.release()
  state.pointee.takenInTurn &+= 1
  if state.pointee.takenInTurn == XDPState.turn { state.pointee.goOnToNextQueue() }
}

/// `WireOperations.armWait` of an XDP wire. The descriptor is readable while frames wait,
/// whose arrival it is watched for from now on.
func xdpArmWait(_ context: UnsafeMutableRawPointer) {
  let state = context.assumingMemoryBound(to: XDPState.self)
  xdpAskKernel(state)
  state.pointee.counters.add(.systemCalls, state.pointee.watch.arm())
  for index in 0..<state.pointee.queueCount { xdpWakeDriver(state, state.pointee.queues + index) }
}

/// Finds the next frame that can be handed up, in any queue.
@inline(__always)
private func xdpTakeNext(_ state: UnsafeMutablePointer<XDPState>) -> Bool {
  var empty = 0
  repeat {
    if state.pointee.queue.pointee.receive.hasMore() {
      if xdpTake(state) { return true }
    } else {
      xdpWakeDriver(state, state.pointee.queue)
      empty &+= 1
      if state.pointee.queueCount > 1 { state.pointee.goOnToNextQueue() }
    }
  } while empty < state.pointee.queueCount
  xdpFoundNothing(state)
  return false
}

/// A driver that ran out of chunks stops until it is called; with copies there is no such driver.
@inline(__always)
func xdpWakeDriver(_ state: UnsafeMutablePointer<XDPState>, _ queue: UnsafeMutablePointer<XDPQueue>) {
  guard xdp_ring_wants_wakeup(queue.pointee.fill.memory.flags) != 0 else { return }
  _ = xdp_wake_receive(queue.pointee.socket)
  state.pointee.counters.add(.systemCalls)
}

/// Keeps the counts of the kernel up to date while nothing comes: one look in many asks for them.
@inline(__always)
func xdpFoundNothing(_ state: UnsafeMutablePointer<XDPState>) {
  let calls = state.pointee.watch.countLook()
  if calls != 0 { state.pointee.counters.add(.systemCalls, calls) }
  state.pointee.emptyLooks &+= 1
  guard state.pointee.emptyLooks & 0xfff == 0 else { return }
  xdpAskKernel(state)
}

/// Catches up with the kernel's counts, and with its clock.
@inline(never)
private func xdpAskKernel(_ state: UnsafeMutablePointer<XDPState>) {
  let counts = state.pointee.countKernelDrops()
  state.pointee.counters.add(.systemCalls, state.pointee.queueCount)
  if let inPlace = state.pointee.inPlace { inPlace.pointee.noteDrops(counts) }
  state.pointee.followClock()
}

/// Makes the frame at the head of the current queue what a MAC would have received. False where it is dropped, and
/// counted; its chunks have gone back then.
private func xdpTake(_ state: UnsafeMutablePointer<XDPState>) -> Bool {
  let queue = state.pointee.queue
  let entry = queue.pointee.receive.frame(queue.pointee.receive.consumed).pointee
  var frame = queue.pointee.bytes(entry)
  var length = Int(entry.length)
  packet_frame_prefetch(frame, UInt64(entry.length))
  let time = state.pointee.readsStamps ? queue.pointee.takeTime(frame) : 0
  state.pointee.holdsEntry = true
  if Int(entry.options) & xdp_frame_continues != 0 {
    length = xdpGather(state)
    guard length > 0 else { return false }
    frame = state.pointee.large + XDPState.largeOffset
  }
  state.pointee.frameTime = state.pointee.timestamp(time)
  if !xdpFits(state, length) { return xdpSegment(state, frame, length) }
  if state.pointee.completesChecksums, XDPHeaders.completeChecksum(frame, length: length) {
    state.pointee.counters.add(.checksumsCompleted)
  }
  state.pointee.frame = frame
  state.pointee.frameLength = length
  return true
}

/// Whether the port takes a frame of this length, tags included.
@inline(__always)
func xdpFits(_ state: UnsafeMutablePointer<XDPState>, _ length: Int) -> Bool {
  if length <= state.pointee.mtu.load(ordering: .relaxed) &+ 18 { return true }
  return length <= state.pointee.refreshMTU() &+ 18 && length <= XDPState.largestFrame
}

/// Puts the pieces of a frame together and gives their chunks back. Its length, or 0 where it is not all there, or
/// too long: it is dropped then.
@inline(never)
private func xdpGather(_ state: UnsafeMutablePointer<XDPState>) -> Int {
  let queue = state.pointee.queue
  var length = 0
  var isWhole = true
  var continues = true
  state.pointee.holdsEntry = false
  while continues {
    // The kernel publishes the pieces of a frame together.
    guard queue.pointee.receive.hasMore() else {
      isWhole = false
      break
    }
    let piece = queue.pointee.receive.frame(queue.pointee.receive.consumed).pointee
    let size = Int(piece.length)
    if XDPState.largeOffset &+ length &+ size <= XDPState.largeRoom {
      memcpy(state.pointee.large + (XDPState.largeOffset &+ length), queue.pointee.bytes(piece), size)
      length &+= size
    } else {
      isWhole = false
    }
    continues = Int(piece.options) & xdp_frame_continues != 0
    queue.pointee.release()
  }
  if isWhole { return length }
  state.pointee.counters.add(.receiveTruncated)
  return 0
}

/// A frame above the MTU: what a sender on this machine left to its interface's segmentation. A TCP frame is cut as the
/// interface would have; another is dropped, because nothing tells where it was to be cut.
@inline(never)
private func xdpSegment(
  _ state: UnsafeMutablePointer<XDPState>, _ frame: UnsafeMutableRawPointer, _ length: Int
) -> Bool {
  let largest = state.pointee.mtu.load(ordering: .relaxed)
  if let offload = XDPHeaders.segmentation(frame, length: length, mtu: largest),
    state.pointee.segmenter.prepare(frame, length: length, offload: offload) > 1
  {
    state.pointee.counters.add(.framesSegmented)
    state.pointee.segmenter.start()
    state.pointee.frame = state.pointee.segmenter.scratch
    state.pointee.frameLength = state.pointee.segmenter.build()
    return true
  }
  state.pointee.counters.add(.receiveOversize)
  if state.pointee.holdsEntry {
    state.pointee.holdsEntry = false
    state.pointee.queue.pointee.release()
  }
  return false
}
