import EtherFabric
import EtherFabricFormats
import Synchronization

extension UnsafeMutablePointer where Pointee == PortState {
  /// Puts one frame into the receive queue that a filter steers to; every interface of the queue sees it. The parser's
  /// findings are those of this frame.
  @inline(__always)
  func deliverExpress(_ frame: WireFrame, flags: UInt64, filter: UInt32) -> DeliveryOutcome {
    let sum = pointee.layout.sumBehindEthernet(frame.bytes, isGood: Self.isGood(flags))
    return deliverExpress(frame, flags: flags, filter: filter, sum: sum)
  }

  /// The same for a frame that was not parsed.
  @inline(never)
  func deliverExpress(_ frame: WireFrame, _ datagram: PlainDatagram, flags: UInt64, filter: UInt32) -> DeliveryOutcome {
    let sum = datagram.sumBehindEthernet(frame.length, isGood: Self.isGood(flags))
    return deliverExpress(frame, flags: flags, filter: filter, sum: sum)
  }

  @inline(__always)
  private static func isGood(_ flags: UInt64) -> Bool {
    flags & (ReceiveEventWord.Bit.ipChecksumBad | ReceiveEventWord.Bit.l4ChecksumBad) == 0
  }

  /// - Parameter sum: of all that stands behind the Ethernet header.
  @inline(__always)
  private func deliverExpress(_ frame: WireFrame, flags: UInt64, filter: UInt32, sum: UInt16) -> DeliveryOutcome {
    let number = Int(pointee.matcher.queue(ofFilter: filter))
    guard number < ExpressParameters.ownQueues, let queue = pointee.queues[number] else { return .noDescriptor }
    guard frame.length <= StreamHeader.maximumFrame else {
      queue.pointee.counters.oversize &+= 1
      return .oversize
    }
    return queue.pointee.shared != nil
      ? deliverShared(frame, queue, flags: flags, filter: filter, sum: sum)
      : deliverPosted(frame, queue, flags: flags, filter: filter, sum: sum)
  }

  /// X3: the metadata go to the slot behind.
  @inline(__always)
  private func deliverShared(
    _ frame: WireFrame, _ queue: UnsafeMutablePointer<ReceiveQueueState>, flags: UInt64, filter: UInt32, sum: UInt16
  ) -> DeliveryOutcome {
    let slot = queue.pointee.slot
    guard slot < SuperbufLayout.slots &- 1, queue.pointee.attention.isEmpty, let superbuf = queue.pointee.superbuf
    else { return deliverSharedSlowly(frame, queue, flags: flags, filter: filter, sum: sum) }
    let place = superbuf + slot &* SuperbufLayout.slotSize
    let metadata = place + SuperbufLayout.slotSize
    let word = fill(
      place, metadata: metadata, frame, flags: flags, sum: sum, filter: UInt64(filter & Self.shortFilterMask),
      sentinel: queue.pointee.sentinel, isEFCT: true)
    // The slot that a reader looks at next has not begun.
    metadata.storeBytes(
      of: SuperbufLayout.futurePoison, toByteOffset: SuperbufLayout.futureOffset, as: UInt64.self)
    publish(word, metadata)
    queue.pointee.slot = slot &+ 1
    queue.count(frame, flags)
    return .delivered
  }

  /// X4: the metadata go before the frame, and an event may tell of it.
  @inline(__always)
  private func deliverPosted(
    _ frame: WireFrame, _ queue: UnsafeMutablePointer<ReceiveQueueState>, flags: UInt64, filter: UInt32, sum: UInt16
  ) -> DeliveryOutcome {
    let slot = queue.pointee.slot
    guard slot < SuperbufLayout.slots, queue.pointee.attention.isEmpty, let posted = queue.pointee.posted,
      let place = pointee.translation.translate(
        queue.pointee.address &+ UInt64(truncatingIfNeeded: slot &* SuperbufLayout.slotSize),
        length: SuperbufLayout.slotSize, domain: posted.pointee.owner.pointee.domain)
    else { return deliverPostedSlowly(frame, queue, flags: flags, filter: filter, sum: sum) }
    let word = fill(
      place, metadata: place, frame, flags: flags, sum: sum, filter: UInt64(filter & 0xffff),
      sentinel: queue.pointee.sentinel, isEFCT: false)
    publish(word, place)
    queue.pointee.slot = slot &+ 1
    queue.count(frame, flags)
    if queue.pointee.generatesEvents { posted.pointee.owner.pointee.events.postExpress(queue.receiveEvent) }
    return .delivered
  }

  /// The ten bits of a filter id that an X3 has room for.
  private static var shortFilterMask: UInt32 { 0x3ff }

  /// Release: the frame and its time are in memory before the sentinel is.
  @inline(__always)
  private func publish(_ word: UInt64, _ metadata: UnsafeMutableRawPointer) {
    metadata.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.store(word, ordering: .releasing)
  }

  /// The last slot of a superbuf, the first of a queue, and everything that happens once in a while.
  @inline(never)
  private func deliverSharedSlowly(
    _ frame: WireFrame, _ queue: UnsafeMutablePointer<ReceiveQueueState>, flags: UInt64, filter: UInt32, sum: UInt16
  ) -> DeliveryOutcome {
    queue.publishHeld()
    if queue.pointee.attention.contains(.rollover) { queue.rollOver() }
    let slot = queue.pointee.slot
    guard let shared = queue.pointee.shared, let superbuf = queue.pointee.superbuf,
      slot < SuperbufLayout.slots - 1 || shared.pointee.next != nil || queue.begin(shared)
    else {
      queue.pointee.counters.noSuperbuf &+= 1
      return .noDescriptor
    }
    let isLast = slot == SuperbufLayout.slots - 1
    let place = superbuf + slot * SuperbufLayout.slotSize
    // The metadata of the last frame go to the next superbuf.
    guard let metadata = isLast ? shared.pointee.next : place + SuperbufLayout.slotSize else { return .noDescriptor }
    let word = fill(
      place, metadata: metadata, frame, flags: flags, sum: sum, filter: UInt64(filter & Self.shortFilterMask),
      sentinel: isLast ? shared.pointee.nextSentinel : queue.pointee.sentinel, isEFCT: true)
    if !isLast {
      metadata.storeBytes(
        of: SuperbufLayout.futurePoison, toByteOffset: SuperbufLayout.futureOffset, as: UInt64.self)
    }
    let isHeld = queue.hold(word, metadata)
    if !isHeld { publish(word, metadata) }
    queue.count(frame, flags)
    if isLast { queue.moveOn(shared) } else { queue.pointee.slot = slot + 1 }
    if !isHeld { queue.tell() }
    return .delivered
  }

  @inline(never)
  private func deliverPostedSlowly(
    _ frame: WireFrame, _ queue: UnsafeMutablePointer<ReceiveQueueState>, flags: UInt64, filter: UInt32, sum: UInt16
  ) -> DeliveryOutcome {
    queue.publishHeld()
    guard let posted = queue.pointee.posted, !queue.pointee.attention.contains(.stopped) else {
      queue.pointee.counters.stopped &+= 1
      return .stopped
    }
    guard queue.hasRoom || queue.takePosted(posted) else {
      queue.pointee.counters.noSuperbuf &+= 1
      return .noDescriptor
    }
    let address = queue.pointee.address &+ UInt64(queue.pointee.slot * SuperbufLayout.slotSize)
    guard
      let place = pointee.translation.translate(
        address, length: SuperbufLayout.slotSize, domain: posted.pointee.owner.pointee.domain)
    else {
      // The memory was taken away after it had been posted.
      queue.stop(posted.pointee.owner)
      queue.pointee.counters.stopped &+= 1
      return .stopped
    }
    let word = fill(
      place, metadata: place, frame, flags: flags, sum: sum, filter: UInt64(filter & 0xffff),
      sentinel: queue.pointee.sentinel, isEFCT: false)
    queue.pointee.slot += 1
    queue.count(frame, flags)
    if !queue.hold(word, place) {
      publish(word, place)
      queue.tell()
    }
    return .delivered
  }
}

extension UnsafeMutablePointer where Pointee == ReceiveQueueState {
  @inline(__always)
  fileprivate func count(_ frame: WireFrame, _ flags: UInt64) {
    pointee.counters.frames &+= 1
    pointee.counters.bytes &+= UInt64(truncatingIfNeeded: frame.length)
    if flags & ReceiveEventWord.Bit.anyError != 0 { countErrors(flags) }
  }

  @inline(never)
  private func countErrors(_ flags: UInt64) {
    if flags & (ReceiveEventWord.Bit.frameCheckBad | ReceiveEventWord.Bit.truncated) != 0 {
      pointee.counters.frameCheckErrors &+= 1
    } else {
      pointee.counters.checksumErrors &+= 1
    }
  }

  /// The event of one frame. Its label is the queue's number, as the driver sets it up.
  var receiveEvent: UInt64 {
    ExpressReceiveEvent(
      packets: 1, label: UInt8(truncatingIfNeeded: pointee.number), rollover: false, phase: false
    ).word
  }

  /// Keeps the metadata of a frame back where a test asked for it.
  fileprivate func hold(_ word: UInt64, _ metadata: UnsafeMutableRawPointer) -> Bool {
    guard pointee.attention.contains(.hold) else { return false }
    pointee.attention.remove(.hold)
    pointee.attention.insert(.held)
    pointee.heldPlace = metadata
    pointee.heldWord = word
    return true
  }

  /// Metadata that were held back go before those of any later frame.
  func publishHeld() {
    guard pointee.attention.contains(.held), let place = pointee.heldPlace else { return }
    pointee.attention.remove(.held)
    pointee.heldPlace = nil
    place.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.store(pointee.heldWord, ordering: .releasing)
    tell()
  }

  /// Tells of a frame: by event, or to those who sleep.
  fileprivate func tell() {
    if let posted = pointee.posted, pointee.generatesEvents {
      posted.pointee.owner.pointee.events.postExpress(receiveEvent)
    }
    wake()
  }

  /// Wakes the interfaces that wait for a frame.
  func wake() {
    guard pointee.attention.contains(.primed) else { return }
    pointee.attention.remove(.primed)
    var attachment = pointee.attachments
    while let next = attachment {
      let events = next.pointee.interface.pointee.events
      if events.pointee.attention.contains(.sleeper) { events.signal() }
      attachment = next.pointee.next
    }
  }
}
