import CLinuxShims
import EmulatedAdapter
import Glibc
import Synchronization

/// `WireOperations.transmitReserve` of an XDP wire.
func xdpTransmitReserve(_ context: UnsafeMutableRawPointer, _ length: Int) -> UnsafeMutableRawPointer? {
  let state = context.assumingMemoryBound(to: XDPState.self)
  guard length <= XDPState.largestFrame else { return nil }
  if !xdpHasRoom(state, length) {
    xdpSubmit(state)
    guard xdpHasRoom(state, length) else {
      state.pointee.counters.add(.transmitDropped)
      return nil
    }
  }
  return state.pointee.sender.base + state.pointee.sender.reservedAddress
}

@inline(__always)
private func xdpHasRoom(_ state: UnsafeMutablePointer<XDPState>, _ length: Int) -> Bool {
  if state.pointee.sender.reserve(length), state.pointee.sender.room >= state.pointee.sender.reservedCount {
    return true
  }
  state.pointee.sender.reap()
  return state.pointee.sender.reserve(length) && state.pointee.sender.room >= state.pointee.sender.reservedCount
}

/// `WireOperations.transmitCommit` of an XDP wire.
func xdpTransmitCommit(_ context: UnsafeMutableRawPointer, _ length: Int) -> Int32 {
  let state = context.assumingMemoryBound(to: XDPState.self)
  guard length >= Int(ETH_HLEN) else {
    state.pointee.counters.add(.transmitDropped)
    return TransmitOutcome.failed.rawValue
  }
  let frame = state.pointee.sender.base + state.pointee.sender.reservedAddress
  let isTagged = (frame + 12).loadUnaligned(as: UInt16.self) == UInt16(0x8100).bigEndian
  let headers = isTagged ? 18 : 14
  let fits =
    length <= state.pointee.mtu.load(ordering: .relaxed) &+ headers || length <= state.pointee.refreshMTU() &+ headers
  guard fits, state.pointee.sendsPieces || state.pointee.sender.reservedCount == 1 else {
    state.pointee.counters.add(.transmitDropped)
    return TransmitOutcome.oversize.rawValue
  }
  if state.pointee.sender.isSingle { return xdpSendSingly(state, length) }
  state.pointee.sender.append(length)
  if state.pointee.sender.waiting == state.pointee.sender.budget { xdpSubmit(state) }
  return TransmitOutcome.sent.rawValue
}

/// `WireOperations.transmitFlush` of an XDP wire.
func xdpTransmitFlush(_ context: UnsafeMutableRawPointer) -> Int32 {
  let state = context.assumingMemoryBound(to: XDPState.self)
  xdpSubmit(state)
  // Who sends and never looks is awake too: the kernel looks for sleepers with each frame that has left.
  let calls = state.pointee.watch.countLook()
  if calls != 0 { state.pointee.counters.add(.systemCalls, calls) }
  let lost = state.pointee.sender.lost
  state.pointee.sender.lost = 0
  return Int32(truncatingIfNeeded: lost)
}

/// `WireOperations.transmitTime` of an XDP wire whose kernel stamps.
func xdpTransmitTime(_ context: UnsafeMutableRawPointer) -> UInt64 {
  let state = context.assumingMemoryBound(to: XDPState.self)
  guard state.pointee.sender.stamps else {
    state.pointee.sender.stamps = true
    return 0
  }
  let time = state.pointee.sender.takeTime()
  return time == 0 ? 0 : time &- state.pointee.atomicOffset
}

/// Sends one frame so that its outcome is known: first the kernel is asked whether it would take one.
@inline(never)
private func xdpSendSingly(_ state: UnsafeMutablePointer<XDPState>, _ length: Int) -> Int32 {
  xdpSubmit(state)
  var status: Int32
  var calls = 0
  repeat {
    status = xdp_kick(state.pointee.sender.socket)
    state.pointee.counters.add(.systemCalls)
    calls &+= 1
    // The kernel passes over one void entry in a call.
  } while !xdpIsDown(status) && state.pointee.sender.hasVoid() && calls < state.pointee.sender.ring.mask &+ 4
  if xdpIsDown(status) {
    state.pointee.counters.add(.transmitDropped)
    return TransmitOutcome.linkDown.rawValue
  }
  let before = state.pointee.sender.lost
  state.pointee.sender.append(length)
  xdpSubmit(state)
  guard state.pointee.sender.lost == before else {
    state.pointee.sender.lost = before
    return TransmitOutcome.congested.rawValue
  }
  state.pointee.sender.isSingle = false
  return TransmitOutcome.sent.rawValue
}

@inline(__always)
private func xdpIsDown(_ status: Int32) -> Bool { status == -ENETDOWN || status == -ENXIO || status == -ENODEV }

/// Hands what is waiting to the kernel, in order; what cannot be sent is lost and counted.
@inline(__always)
private func xdpSubmit(_ state: UnsafeMutablePointer<XDPState>) {
  guard state.pointee.sender.waiting > 0 else { return }
  state.pointee.sender.waiting = 0
  state.pointee.sender.submitted = state.pointee.sender.ring.produced
  state.pointee.sender.ring.publishProduced()
  if xdp_ring_wants_wakeup(state.pointee.sender.ring.memory.flags) != 0 || !state.pointee.needsWakeup {
    xdpKick(state)
  }
  state.pointee.sender.reap()
}

/// Calls the kernel until it has taken everything: it takes a bounded number in one call, and stops at each frame that
/// it could not send.
private func xdpKick(_ state: UnsafeMutablePointer<XDPState>) {
  var lost = 0
  var idle = 0
  var status = xdp_kick(state.pointee.sender.socket)
  state.pointee.counters.add(.systemCalls)
  if xdpIsDown(status) {
    // It has not looked at the ring.
    state.pointee.sender.isSingle = true
    lost = state.pointee.sender.takeBack()
    status = 0
  }
  while status != 0 {
    state.pointee.sender.reap()
    let isLost = status == -EBUSY
    let hasMoved = state.pointee.sender.follow(skipping: isLost)
    if isLost {
      // This one frame went no further; those behind it wait. The MTU may be another.
      if lost == 0 { _ = state.pointee.refreshMTU() }
      lost &+= 1
    } else if xdpIsDown(status) {
      lost &+= state.pointee.sender.withdraw()
      break
    } else if hasMoved {
      idle = 0
    } else {
      idle &+= 1
      if idle == 2 {
        lost &+= state.pointee.sender.withdraw()
        break
      }
    }
    status = xdp_kick(state.pointee.sender.socket)
    state.pointee.counters.add(.systemCalls)
  }
  if status == 0 { state.pointee.sender.taken = state.pointee.sender.submitted }
  guard lost != 0 else { return }
  state.pointee.sender.lost &+= lost
  state.pointee.counters.add(.transmitDropped, lost)
}

extension XDPSender {
  /// Learns how far the kernel has come. It marks that only with the next frame that it sends, so a frame that it
  /// stopped at is counted here. Returns whether it has come further.
  fileprivate mutating func follow(skipping: Bool) -> Bool {
    let marked = xdp_index_load(ring.memory.consumer)
    if Int32(bitPattern: marked &- taken) > 0 {
      taken = marked
      return true
    }
    guard skipping else { return false }
    while taken != submitted {
      let continues = Int(ring.frame(taken).pointee.options) & xdp_frame_continues != 0
      taken &+= 1
      if !continues { break }
    }
    return true
  }

  /// Takes back what the kernel has not looked at: an adapter forgets what it could not send. Returns the number of
  /// frames. What a driver reads by itself stays: it may be reading now.
  fileprivate mutating func takeBack() -> Int {
    guard !isZerocopy else { return 0 }
    let frames = freeEntries(from: taken)
    submitted = taken
    ring.produced = taken
    ring.publishProduced()
    return frames
  }

  /// Makes what the kernel has looked at and not sent void, so that it does not leave later.
  fileprivate mutating func withdraw() -> Int {
    guard !isZerocopy else { return 0 }
    let frames = freeEntries(from: taken)
    while taken != submitted {
      // No length: the kernel passes over it.
      ring.frame(taken).pointee = xdp_frame(address: 0, length: 0, options: 0)
      taken &+= 1
    }
    isSingle = true
    void = frames > 0
    return frames
  }

  private func freeEntries(from first: UInt32) -> Int {
    var frames = 0
    var index = first
    while index != submitted {
      let entry = ring.frame(index).pointee
      free(entry.address)
      if Int(entry.options) & xdp_frame_continues == 0 { frames &+= 1 }
      index &+= 1
    }
    return frames
  }

  /// Whether void entries are in the ring still.
  fileprivate mutating func hasVoid() -> Bool {
    if void, xdp_index_load(ring.memory.consumer) == ring.produced { void = false }
    return void
  }
}
