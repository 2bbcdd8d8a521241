import EtherFabric
import EtherFabricFormats
import Synchronization

extension UnsafeMutablePointer where Pointee == EventQueueState {
  /// Writes one event of an X3 or X4, with the phase of the lap. Release: what it tells of is in memory before it.
  /// The reader clears nothing, so that the adapter cannot see whether it writes over what was not read; the reader
  /// can, by the phase of the slot behind it.
  @inline(__always)
  func postExpress(_ word: UInt64) {
    let mask = pointee.mask
    let phase = pointee.write & (mask &+ 1) != 0
    pointee.slots[Int(pointee.write & mask)]
      .store(phase ? word | ExpressEventWord.phaseBit : word & ~ExpressEventWord.phaseBit, ordering: .releasing)
    pointee.write &+= 1
    if pointee.attention.contains(.sleeper) { signal() }
  }

  /// Whether a reader at an index of the ring has events to read.
  func hasExpressEvent(at index: UInt32) -> Bool { pointee.write & pointee.mask != index & pointee.mask }
}

extension UnsafeMutablePointer where Pointee == InterfaceState {
  /// Writes one event, whatever the generation: the word without its phase.
  func post(_ word: UInt64) {
    if pointee.datapath.isExpress { pointee.events.postExpress(word) } else { pointee.events.post(word) }
  }

  /// A queue of an X3 or X4 has stopped.
  func postError(isReceive: Bool, label: Int, reason: ExpressErrorReason, queue: UInt8) {
    pointee.events.postExpress(
      ExpressControlEvent.error(
        isReceive: isReceive, label: label, reason: reason, queue: queue,
        position: pointee.datapath == .efct ? .x3 : .x4, phase: false
      ).word)
  }

  /// A time sync, as long as the reader has granted credits for it. The event that says that there are none is paid
  /// for in advance.
  func postTimeSync(_ word: UInt64, _ express: UnsafeMutablePointer<ExpressInterfaceState>) {
    guard express.pointee.wantsTimeSync, !express.pointee.isOutOfCredits else { return }
    guard express.pointee.credits > 0 else {
      express.pointee.isOutOfCredits = true
      express.pointee.counters.creditsExhausted &+= 1
      pointee.events.postExpress(ExpressControlEvent.overflow(phase: false).word)
      return
    }
    express.pointee.creditsUsed &+= 1
    pointee.events.postExpress(word)
  }

  /// A store to the credit register.
  func grantCredits(_ register: CreditRegister, _ express: UnsafeMutablePointer<ExpressInterfaceState>) {
    express.pointee.creditsGranted = register.sequence & express.pointee.parameters.creditSequenceMask
    guard register.clearsOverflow, express.pointee.isOutOfCredits else { return }
    // Both sides count anew.
    express.pointee.isOutOfCredits = false
    express.pointee.creditsUsed = 0
  }

  /// The time, to all who want it: by event, and in the memory of the queues that it reads.
  func synchroniseExpress(_ word: UInt64, _ express: UnsafeMutablePointer<ExpressInterfaceState>) {
    postTimeSync(word, express)
    guard express.pointee.isEFCT else { return }
    for index in 0..<express.pointee.attachmentCount {
      express.pointee.attachments[index]?.pointee.storeTimeSync(word)
    }
  }

  /// Flush events: of the transmit queue, and on X4 of the receive queues (those of an X3 are the driver's, and go on).
  func flushExpress(_ express: UnsafeMutablePointer<ExpressInterfaceState>) {
    completeStream(express)
    if express.pointee.transmitCapacity != 0 {
      pointee.events.postExpress(
        ExpressControlEvent.flush(
          isReceive: false, label: pointee.label, queue: UInt8(truncatingIfNeeded: pointee.index), phase: false
        ).word)
    }
    guard !express.pointee.isEFCT else { return }
    for index in 0..<express.pointee.attachmentCount {
      guard let queue = express.pointee.attachments[index]?.pointee.queue else { continue }
      queue.pointee.attention.insert(.stopped)
      let number = queue.pointee.number
      pointee.events.postExpress(
        ExpressControlEvent.flush(
          isReceive: true, label: Int(number), queue: UInt8(truncatingIfNeeded: number), phase: false
        ).word)
    }
  }

  /// `EVQ_RPTR`: what has happened since the reader stood at `index`. How many frames were read of those that make no
  /// events the adapter cannot know: if any came since the last prime, the reader looks once more.
  func primeExpress(at index: UInt32, _ express: UnsafeMutablePointer<ExpressInterfaceState>) {
    var isPending = pointee.events.hasExpressEvent(at: index)
    let arrivals = express.pointee.arrivals
    if arrivals != express.pointee.arrivalsAtPrime { isPending = true }
    express.pointee.arrivalsAtPrime = arrivals
    for index in 0..<express.pointee.attachmentCount {
      guard let queue = express.pointee.attachments[index]?.pointee.queue, !queue.pointee.generatesEvents else {
        continue
      }
      queue.pointee.attention.insert(.primed)
    }
    if isPending { pointee.events.signal() }
  }

  /// What happens at each service: completions that were merged, superbufs that the program gave back.
  func serviceExpress(_ express: UnsafeMutablePointer<ExpressInterfaceState>) {
    if express.pointee.unreported != 0 { completeStream(express) }
    guard express.pointee.isEFCT else { return }
    for index in 0..<express.pointee.attachmentCount {
      guard let attachment = express.pointee.attachments[index], let shared = attachment.pointee.queue.pointee.shared
      else { continue }
      let queue = attachment.pointee.queue
      queue.takeBack(from: attachment, shared)
      if queue.pointee.attention.contains(.rollover) { queue.rollOver() }
    }
  }
}

extension AdapterClock {
  /// A time as X3 and X4 have it: seconds, and quarters of a nanosecond.
  @inline(__always)
  static func expressParts(_ time: UInt64) -> (seconds: UInt32, quarters: UInt32) {
    (UInt32(truncatingIfNeeded: time / 1_000_000_000), UInt32(truncatingIfNeeded: time % 1_000_000_000) << 2)
  }

  /// The time-sync event of an X3 or X4.
  func expressSyncWord(_ now: UInt64) -> UInt64 {
    let time = Self.expressParts(now)
    return ExpressControlEvent.timeSync(
      seconds: time.seconds, quarters: time.quarters, inSync: isInSync, isSet: isSet, phase: false
    ).word
  }
}
