import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// Takes what has arrived from the wire, in order.
  @inline(__always)
  func receiveFromWire(budget limit: Int = PortState.receiveBudget) {
    var budget = limit
    if pointee.receiveFaults != nil { releaseHeldFrames() }
    if pointee.transmitFaults != nil { sendDueFrames() }
    // A wire that gives fewer than it was asked for had no more.
    var wanted = 0
    var count = 0
    while budget > 0, count == wanted {
      wanted = pointee.wire.receiveBurst == nil ? 1 : min(budget, PortState.burstLimit)
      count = takeBurst(wanted)
      guard count > 0 else { break }
      var frame = pointee.burst
      let end = frame + count
      while frame < end {
        if pointee.stampCount > 0 { stamp(&frame.pointee) }
        if pointee.receiveFaults == nil, !frame.pointee.isPoisoned {
          accept(frame.pointee, errors: 0)
        } else {
          acceptWithFaults(frame.pointee)
        }
        frame += 1
      }
      releaseBurst()
      budget &-= count
    }
    if pointee.firstPending != nil { reportPending() }
    if pointee.clockUsers > 0 { keepTime() }
  }

  /// The next frames of the wire, in `burst`: one, where it gives no more at a time.
  @inline(__always)
  private func takeBurst(_ limit: Int) -> Int {
    guard let receiveBurst = pointee.wire.receiveBurst else {
      return pointee.wire.receiveNext(pointee.wire.context, pointee.burst) ? 1 : 0
    }
    return receiveBurst(pointee.wire.context, pointee.burst, limit)
  }

  @inline(__always)
  private func releaseBurst() {
    if let releaseBurst = pointee.wire.receiveReleaseBurst {
      releaseBurst(pointee.wire.context)
    } else {
      pointee.wire.receiveRelease(pointee.wire.context)
    }
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
    let counters = pointee.counterWords
    counters.pointee.received &+= 1
    counters.pointee.receivedBytes &+= UInt64(truncatingIfNeeded: arrived.length)
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
    guard let datagram = PlainDatagram(frame.bytes, length: frame.length) else {
      return dispatchByTable(frame, errors: errors, datagram: nil)
    }
    guard let recipient = pointee.matcher.known(datagram),
      let interface = pointee.interfaces[Int(recipient.interface)]
    else { return dispatchByTable(frame, errors: errors, datagram: datagram) }
    let flags = datagram.eventFlags | errors
    countTaken(
      interface.pointee.receivesPlainly
        ? deliverAtOnce(frame, to: interface, flags: flags)
        : deliverExpress(frame, datagram, flags: flags, filter: recipient.filterID))
  }

  /// The same for a frame whose way is not known.
  @inline(never)
  private func dispatchByTable(_ frame: WireFrame, errors: UInt64, datagram: PlainDatagram?) {
    guard let match = lookUp(frame, errors: errors, datagram: datagram) else { return }
    countTaken(deliverCopies(frame, count: match.count, flags: match.flags), copies: match.count)
  }

  /// Who gets a frame, by all that the parser finds: how many of `recipients`, and the bits of its event. Nil for one that
  /// nobody wants, which is counted.
  @inline(__always)
  func lookUp(_ frame: WireFrame, errors: UInt64, datagram: PlainDatagram?) -> (count: Int, flags: UInt64)? {
    let classified = ClassifiedFrame(frame, errors: errors, layout: &pointee.layout)
    let count = pointee.matcher.match(
      classified.key, into: pointee.recipients, capacity: PortState.interfaceLimit
    ).count
    guard count > 0 else {
      pointee.counters.filtered &+= 1
      return nil
    }
    if let datagram, count == 1 { remember(datagram) }
    return (count, classified.eventFlags)
  }

  /// Where a frame's only recipient receives plainly or into superbufs, the next frames of its flow go there at once.
  private func remember(_ datagram: PlainDatagram) {
    let recipient = pointee.recipients.pointee
    guard let interface = pointee.interfaces[Int(recipient.interface)],
      interface.pointee.receivesPlainly || interface.pointee.express != nil
    else { return }
    pointee.matcher.remember(datagram, recipient)
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

  /// Counts a frame from the wire that one filter took, by what became of it.
  @inline(__always)
  func countTaken(_ outcome: DeliveryOutcome) {
    if outcome == .delivered {
      pointee.counters.delivered &+= 1
    } else {
      countTaken(outcome, copies: 1)
    }
  }

  /// Counts a frame from the wire that at least one filter took.
  @inline(never)
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
