import EtherFabricFormats
import Synchronization

extension UnsafeMutablePointer where Pointee == QueueState {
  /// Takes events out of the event queue of an EFCT or EF10CT.
  func pollEvents(
    _ express: UnsafeMutablePointer<ExpressState>, into output: UnsafeMutablePointer<Event>, capacity: Int
  ) -> Int {
    guard capacity > 0 else { return 0 }
    // Slots are not cleared: what is behind the reader has the phase of its lap until the adapter comes round.
    guard expressEvent(pointee.eventPointer &- 1) != nil else {
      output[0] = .overflow
      return 1
    }
    var count = 0
    while count < capacity, let word = expressEvent(pointee.eventPointer) {
      pointee.eventPointer &+= 1
      switch ExpressEventWord(word: word).type {
      case ExpressEventWord.Kind.transmit:
        count &+= completed(ExpressTransmitEvent(word: word), output + count)
      case ExpressEventWord.Kind.control:
        count &+= control(ExpressControlEvent(word: word), express, output + count)
      case ExpressEventWord.Kind.receive:
        express.pointee.unusedEventSlots &+= ExpressReceiveEvent(word: word).freedSlots
      default:
        pointee.counts.unknown &+= 1
      }
    }
    return count
  }

  /// A completion, of all sends up to its sequence number: 64 in one event, for the others it is read again.
  @inline(__always)
  private func completed(_ word: ExpressTransmitEvent, _ output: UnsafeMutablePointer<Event>) -> Int {
    let label = word.label
    guard label < 32, let queue = pointee.labels[label], let express = queue.pointee.express,
      express.pointee.transmitMask != 0
    else {
      pointee.counts.badLabels &+= 1
      return 0
    }
    let isStamped = word.timestampStatus != 0
    // Sequence numbers have 8 bits.
    let told = (UInt32(word.sequence) &+ 1 &- express.pointee.completed) & 0xff
    let outstanding = queue.pointee.transmitAdded &- express.pointee.completed
    if told > outstanding { pointee.counts.unknown &+= 1 }
    let all = min(told, outstanding)
    // One event has room for one timestamp.
    let count = min(all, isStamped ? 1 : UInt32(RingRules.transmitBatch))
    if count < all { pointee.eventPointer &-= 1 }
    express.events.pointee.unusedEventSlots &+= Int(count)
    for _ in 0..<count {
      let slot = Int(express.pointee.completed & express.pointee.transmitMask)
      express.pointee.streamRemoved &+= UInt32(express.pointee.footprints[slot])
      express.pointee.completed &+= 1
    }
    guard isStamped else {
      output.pointee = .transmit(
        Event.Transmit(descriptor: express.pointee.completed, queue: UInt8(label), wasCutThrough: true))
      return 1
    }
    guard count == 1 else { return 0 }
    output.pointee = stamped(word, queue, express)
    return 1
  }

  /// A send with its timestamp, which takes the id along: there is nothing to unbundle.
  @inline(never)
  private func stamped(
    _ word: ExpressTransmitEvent, _ queue: UnsafeMutablePointer<QueueState>,
    _ express: UnsafeMutablePointer<ExpressState>
  ) -> Event {
    let slot = Int((express.pointee.completed &- 1) & express.pointee.transmitMask)
    let id = queue.pointee.transmitIDs[slot]
    queue.pointee.transmitIDs[slot] = .max
    queue.passUnbundled(express)
    let bits = express.pointee.parameters.subnanosecondBits
    let isSynchronised = pointee.hasSynchronised
    return .transmitTimestamp(
      Event.TransmitTimestamp(
        id: RequestID(id), seconds: isSynchronised ? word.seconds(since: pointee.syncSeconds) : 0,
        nanoseconds: isSynchronised ? word.quarters >> UInt32(bits) : 0,
        fraction: isSynchronised ? UInt16(truncatingIfNeeded: word.quarters << UInt32(16 - bits)) : 0,
        queue: UInt8(word.label), sync: ClockFlags(rawValue: pointee.syncFlags)))
  }

  /// Control events. All but errors give no event of ours.
  @inline(never)
  private func control(
    _ word: ExpressControlEvent, _ express: UnsafeMutablePointer<ExpressState>, _ output: UnsafeMutablePointer<Event>
  ) -> Int {
    typealias Subtype = ExpressControlEvent.Subtype
    switch word.subtype {
    case Subtype.timeSync:
      pointee.counts.timeSyncs &+= 1
      pointee.syncSeconds = word.seconds
      pointee.syncMinor = word.quarters
      pointee.syncFlags = (word.isSet ? 1 : 0) | (word.inSync ? 2 : 0)
      pointee.isSynchronised = true
      pointee.hasSynchronised = true
      express.pointee.creditSequence &+= 1
      grantCredits(express, clearsOverflow: false)
    case Subtype.overflow:
      // Events that nobody asked for were lost; the adapter begins again with what a new queue has.
      express.pointee.creditSequence = CreditRegister.initialSequence
      grantCredits(express, clearsOverflow: true)
    case Subtype.error:
      return stopped(word, express, output)
    case Subtype.flush:
      break
    default:
      pointee.counts.unknown &+= 1
    }
    return 0
  }

  private func grantCredits(_ express: UnsafeMutablePointer<ExpressState>, clearsOverflow: Bool) {
    let sequence = express.pointee.creditSequence & express.pointee.parameters.creditSequenceMask
    command(
      DoorbellPage.eventCredits, UInt64(CreditRegister(sequence: sequence, clearsOverflow: clearsOverflow).word))
  }

  /// A queue that stopped. A transmit queue takes no more until it is initialised again.
  private func stopped(
    _ word: ExpressControlEvent, _ express: UnsafeMutablePointer<ExpressState>, _ output: UnsafeMutablePointer<Event>
  ) -> Int {
    let label = word.errorLabel(at: express.pointee.isEFCT ? .x3 : .x4)
    let reason = UInt16(word.reasonCode)
    guard !word.isReceive else {
      output.pointee = .receiveError(queue: UInt8(truncatingIfNeeded: label), code: reason)
      return 1
    }
    guard label < 32, let queue = pointee.labels[label], let failed = queue.pointee.express,
      failed.pointee.transmitMask != 0
    else {
      pointee.counts.badLabels &+= 1
      return 0
    }
    failed.pointee.hasStopped = true
    // The event is that of one send.
    if failed.pointee.completed != queue.pointee.transmitAdded {
      failed.pointee.completed &+= 1
      failed.events.pointee.unusedEventSlots &+= 1
    }
    output.pointee = .transmitError(queue: UInt8(label), code: reason)
    return 1
  }
}
