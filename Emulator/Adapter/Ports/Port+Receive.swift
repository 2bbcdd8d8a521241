import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// Takes what has arrived from the wire, in order.
  @inline(__always)
  func receiveFromWire(budget limit: Int = PortState.receiveBudget) {
    var frame = WireFrame(bytes: pointee.scratch, length: 0)
    var budget = limit
    if pointee.receiveFaults != nil { releaseHeldFrames() }
    if pointee.transmitFaults != nil { sendDueFrames() }
    while budget > 0, pointee.wire.receiveNext(pointee.wire.context, &frame) {
      if pointee.stampCount > 0 { stamp(&frame) }
      if pointee.receiveFaults == nil, !frame.isPoisoned {
        accept(frame, errors: 0)
      } else {
        acceptWithFaults(frame)
      }
      pointee.wire.receiveRelease(pointee.wire.context)
      budget &-= 1
    }
    if pointee.firstPending != nil { reportPending() }
    if pointee.clockUsers > 0 { keepTime() }
  }

  /// What is due by the clock.
  @inline(never)
  private func keepTime() {
    if pointee.stampCount > 0 { synchroniseClock(pointee.clock.underneath()) }
    if pointee.timersRunning > 0 { fireTimers() }
  }

  /// Takes what came before a change of the filters, where the wire does not wait for a poll.
  func takeEarlierFrames() {
    if !pointee.waitsForPoll { receiveFromWire() }
  }

  /// Gives a frame its time of arrival, and its interfaces a time sync where one is due.
  @inline(never)
  func stamp(_ frame: inout WireFrame) {
    if frame.timestamp == 0 || pointee.clock.isManual || pointee.clock.stampsFrames {
      frame.timestamp = pointee.clock.underneath()
    }
    synchroniseClock(frame.timestamp)
    frame.timestamp = pointee.clock.shown(frame.timestamp)
  }

  /// The MAC: length limits, padding.
  @inline(__always)
  func accept(_ arrived: WireFrame, errors: UInt64) {
    pointee.counters.received &+= 1
    pointee.counters.receivedBytes &+= UInt64(truncatingIfNeeded: arrived.length)
    guard !pointee.isForcedDown else {
      pointee.counters.receivedLinkDown &+= 1
      return
    }
    guard arrived.length <= pointee.maximumFrame else {
      pointee.counters.oversize &+= 1
      return
    }
    var frame = arrived
    if frame.length < 60 {
      guard frame.length >= 14 else {
        pointee.counters.runts &+= 1
        return
      }
      // A MAC never sees less: the sender's has padded. Wires that carry short frames are padded here.
      memcpy(pointee.scratch, frame.bytes, frame.length)
      memset(pointee.scratch + frame.length, 0, 60 - frame.length)
      frame.bytes = pointee.scratch
      frame.length = 60
    }
    dispatch(frame, errors: errors)
  }

  /// The filter table, and a copy for each interface that wants one. Who calls it outside `receiveFromWire` ends with
  /// `reportPending`.
  @inline(__always)
  func dispatch(_ frame: WireFrame, errors: UInt64) {
    guard !pointee.dispatchesSpecially else { return dispatchSpecially(frame, errors: errors) }
    let classified = ClassifiedFrame(frame, errors: errors, layout: &pointee.layout)
    let count = pointee.matcher.match(
      classified.key, into: pointee.recipients, capacity: PortState.interfaceLimit
    ).count
    guard count > 0 else {
      pointee.counters.filtered &+= 1
      return
    }
    countTaken(deliverCopies(frame, count: count, flags: classified.eventFlags), copies: count)
  }

  /// Hands a frame to the first `count` recipients. The best that became of a copy.
  @inline(__always)
  func deliverCopies(_ frame: WireFrame, count: Int, flags: UInt64) -> DeliveryOutcome {
    var best = DeliveryOutcome.stopped
    var next = pointee.recipients
    let end = next + count
    while next < end {
      let index = Int(next.pointee.interface)
      next += 1
      let outcome: DeliveryOutcome
      if let interface = pointee.interfaces[index] {
        outcome =
          interface.pointee.receivesPlainly
          ? deliver(frame, to: interface, flags: flags)
          : deliverSpecially(frame, to: interface, flags: flags, filter: next[-1].filterID)
      } else {
        outcome = deliverToSet(frame, index, flags: flags, filter: next[-1].filterID)
      }
      if outcome.rawValue > best.rawValue { best = outcome }
    }
    return best
  }

  /// Counts a frame from the wire that at least one filter took.
  @inline(__always)
  func countTaken(_ best: DeliveryOutcome, copies: Int) {
    if copies > 1 { pointee.counters.replicated &+= UInt64(truncatingIfNeeded: copies &- 1) }
    switch best {
    case .delivered: pointee.counters.delivered &+= 1
    case .noDescriptor: pointee.counters.noDescriptor &+= 1
    case .noMember: pointee.counters.noMember &+= 1
    case .oversize: pointee.counters.oversize &+= 1
    case .noCredit: pointee.counters.noCredit &+= 1
    case .stopped: pointee.counters.receiveStopped &+= 1
    }
  }
}

/// What became of one copy of a frame, worst first.
enum DeliveryOutcome: UInt8 {
  case stopped
  /// The set's member for it is not there.
  case noMember
  /// Longer than a slot of a superbuf.
  case oversize
  case noDescriptor
  /// Packed stream alone.
  case noCredit
  case delivered
}
