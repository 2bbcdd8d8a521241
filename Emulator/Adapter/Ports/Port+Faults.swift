import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// Frames whose time of delay or reordering is over.
  @inline(never)
  func releaseHeldFrames() {
    guard let faults = pointee.receiveFaults, faults.pointee.heldCount > 0 else { return }
    let now = pointee.clock.elapsed()
    while let frame = faults.pointee.nextDue(now) {
      accept(frame, errors: faults.pointee.dueMark)
      faults.pointee.releaseDue()
    }
  }

  /// The fault plan on the way in, and frames that are bad already.
  @inline(never)
  func acceptWithFaults(_ arrived: WireFrame) {
    let marks = arrived.isPoisoned ? ReceiveEventWord.Bit.frameCheckBad : 0
    guard let faults = pointee.receiveFaults else {
      accept(arrived, errors: marks)
      return
    }
    let verdict = faults.pointee.decide(length: arrived.length)
    defer { pointee.faultWords.receive.pointee = faults.pointee.counters }
    guard !verdict.drop else {
      pointee.counters.faultDropped &+= 1
      return
    }
    var frame = arrived
    var isHeld = false
    var errors = marks
    if verdict.corruptBit >= 0 || verdict.cutLength >= 0 {
      frame.length = verdict.damage(frame.bytes, length: frame.length)
      // A damaged frame has a bad frame check sequence.
      errors |= verdict.cutLength >= 0 ? ReceiveEventWord.Bit.truncated : ReceiveEventWord.Bit.frameCheckBad
    }
    if verdict.hold != .none {
      let now = pointee.clock.elapsed()
      if faults.pointee.hold(
        frame.bytes, length: frame.length, timestamp: frame.timestamp, releaseAt: now &+ verdict.holdNanoseconds,
        kind: verdict.hold, mark: errors)
      {
        // The first copy waits, the second passes.
        guard verdict.duplicate else { return }
        isHeld = true
      }
    }
    if verdict.cutLength >= 0 { pointee.originalLength = arrived.length }
    accept(frame, errors: errors)
    if verdict.duplicate, !isHeld { accept(frame, errors: errors) }
    pointee.originalLength = 0
    faults.pointee.framePassed()
    releaseHeldFrames()
  }

  /// The fault plan on the way out: the frame is in the room reserved last.
  @inline(never)
  func sendWithFaults(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ room: UnsafeMutableRawPointer, length: Int
  ) {
    guard let faults = pointee.transmitFaults else { return }
    let verdict = faults.pointee.decide(length: length)
    defer { pointee.faultWords.transmit.pointee = faults.pointee.counters }
    guard !verdict.drop else {
      pointee.counters.faultDropped &+= 1
      return
    }
    var size = length
    var isHeld = false
    if verdict.corruptBit >= 0 || verdict.cutLength >= 0 { size = max(14, verdict.damage(room, length: size)) }
    if verdict.hold != .none,
      faults.pointee.hold(
        room, length: size, timestamp: 0, releaseAt: pointee.clock.elapsed() &+ verdict.holdNanoseconds,
        kind: verdict.hold)
    {
      // The first copy waits, the second passes.
      guard verdict.duplicate else { return }
      isHeld = true
    }
    let sendsAgain = verdict.duplicate && !isHeld
    if sendsAgain { memcpy(pointee.scratch, room, size) }
    send(interface, length: size)
    if sendsAgain, let again = pointee.wire.transmitReserve(pointee.wire.context, size) {
      memcpy(again, pointee.scratch, size)
      send(interface, length: size)
    }
    faults.pointee.framePassed()
    sendHeldFrames()
  }

  /// The same when nothing else is sent: they must not wait for a frame that may never come.
  @inline(never)
  func sendDueFrames() {
    guard let faults = pointee.transmitFaults, faults.pointee.heldCount > 0 else { return }
    sendHeldFrames()
    flush(nil)
  }

  /// Frames whose time of delay or reordering is over.
  @inline(never)
  func sendHeldFrames() {
    guard let faults = pointee.transmitFaults, faults.pointee.heldCount > 0 else { return }
    let now = pointee.clock.elapsed()
    while let frame = faults.pointee.nextDue(now) {
      if let room = pointee.wire.transmitReserve(pointee.wire.context, frame.length) {
        memcpy(room, frame.bytes, frame.length)
        send(nil, length: frame.length)
      } else {
        pointee.counters.transmitCongested &+= 1
      }
      faults.pointee.releaseDue()
    }
  }
}
