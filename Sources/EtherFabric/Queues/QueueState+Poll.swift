import EtherFabricFormats
import Synchronization

#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif

extension UnsafeMutablePointer where Pointee == QueueState {
  /// `ef_eventq_poll` of EF10. Not inlined: one call a poll, and a loop that decodes every kind of event.
  @usableFromInline
  func poll(into output: UnsafeMutablePointer<Event>, capacity: Int) -> Int {
    #if ETHERFABRIC_HARDWARE
      if let interface = pointee.hardware { return pollHardware(interface, into: output, capacity: capacity) }
    #endif
    if let express = pointee.express { return pollExpress(express, into: output, capacity: capacity) }
    let mask = pointee.eventMask
    var pointer = pointee.eventPointer
    if let service = pointee.service, !load(pointer & mask).isPresent {
      service(pointee.context, InterfaceGrant.Reason.poll)
    }
    // The slot behind the reader has been cleared; an event in it means that the adapter has come round.
    if load((pointer &- 1 &- pointee.clearStride) & mask).isPresent {
      output[0] = .overflow
      return 1
    }
    var next = output
    let end = output + capacity
    let (events, labels, stride) = (pointee.events, pointee.labels, pointee.clearStride)
    while next < end {
      let word = EventWord(word: events[Int(pointer & mask)].load(ordering: .acquiring))
      if let queue = Self.plainReceiver(of: word, labels) {
        queue.receivePlainly(ReceiveEventWord(word: word.word), next)
        next += 1
      } else {
        guard word.isPresent else {
          guard next == output, load((pointer &+ 1) & mask).isPresent else { break }
          pointee.counts.gaps &+= 1
          pointer &+= 1
          continue
        }
        // A time sync must not change the clock under the packets of this poll.
        if word.code == EventWord.Code.mcdi, next != output { break }
        next += take(word, next)
      }
      events[Int((pointer &- stride) & mask)].store(.max, ordering: .relaxed)
      pointer &+= 1
    }
    pointee.eventPointer = pointer
    return next - output
  }

  /// Any event but the commonest. Returns how many events were stored. Apart from the loop, which so keeps all that it
  /// needs in registers.
  @inline(never)
  private func take(_ word: EventWord, _ output: UnsafeMutablePointer<Event>) -> Int {
    switch word.code {
    case EventWord.Code.transmit: return transmit(TransmitEventWord(word: word.word), output)
    case EventWord.Code.receive: return receive(ReceiveEventWord(word: word.word), output)
    case EventWord.Code.mcdi: return management(ManagementEventWord(word: word.word), output)
    default:
      unusual(word)
      return 0
    }
  }

  /// One word of the event queue. Acquire: what the adapter wrote before it is visible after it.
  @inlinable @inline(__always)
  func load(_ slot: UInt32) -> EventWord {
    EventWord(word: pointee.events[Int(slot)].load(ordering: .acquiring))
  }

  /// The queue that an event gives a whole packet without an error to, in the buffer that is next; nil for any other
  /// event. An empty slot is none: its code is another, or, where the lower half is all ones, the packet continues.
  @inline(__always)
  private static func plainReceiver(
    of event: EventWord, _ labels: UnsafeMutablePointer<UnsafeMutablePointer<QueueState>?>
  ) -> UnsafeMutablePointer<QueueState>? {
    guard event.code == EventWord.Code.receive, let queue = labels[event.label],
      queue.pointee.plainReceiveMask != 0, event.word & queue.pointee.unplainBits == 0
    else { return nil }
    let removed = queue.pointee.receiveRemoved
    guard (ReceiveEventWord(word: event.word).pointer &- removed) & 0xf == 1, removed != queue.pointee.receiveAdded
    else { return nil }
    return queue
  }

  /// The commonest event, of which all has been looked at.
  @inline(__always)
  private func receivePlainly(_ word: ReceiveEventWord, _ output: UnsafeMutablePointer<Event>) {
    let removed = pointee.receiveRemoved
    let slot = Int(removed & pointee.plainReceiveMask)
    let id = RequestID(pointee.receiveIDs[slot])
    pointee.receiveIDs[slot] = .max
    pointee.receiveRemoved = removed &+ 1
    output.pointee = .receive(
      Event.Receive(
        id: id, bytes: UInt16(truncatingIfNeeded: word.bytes),
        flags: word.isMulticast ? [.startOfPacket, .multicast] : .startOfPacket,
        queue: UInt8(truncatingIfNeeded: EventWord(word: word.word).label)))
  }

  @inline(__always)
  private func receive(_ word: ReceiveEventWord, _ output: UnsafeMutablePointer<Event>) -> Int {
    let label = EventWord(word: word.word).label
    guard let queue = pointee.labels[label], queue.pointee.plainReceiveMask != 0 else {
      return receiveOtherwise(word, output)
    }
    let completed = (word.pointer &- queue.pointee.receiveRemoved) & 0xf
    // A completion of a buffer that was never posted would put the ring's count below zero for good.
    guard completed == 1, queue.pointee.receiveRemoved != queue.pointee.receiveAdded else {
      guard completed == 0 else {
        pointee.counts.unknown &+= 1
        return 0
      }
      queue.pointee.inJumbo = false
      output.pointee = .receiveTruncated(queue: UInt8(label))
      return 1
    }
    var flags: ReceiveFlags = word.isMulticast ? .multicast : []
    if queue.pointee.inJumbo {
      queue.pointee.jumboBytes &+= UInt32(word.bytes)
    } else {
      queue.pointee.jumboBytes = UInt32(word.bytes)
      flags.insert(.startOfPacket)
    }
    queue.pointee.inJumbo = word.continues
    if word.continues { flags.insert(.continues) }
    let slot = Int(queue.pointee.receiveRemoved & queue.pointee.plainReceiveMask)
    let id = RequestID(queue.pointee.receiveIDs[slot])
    queue.pointee.receiveIDs[slot] = .max
    queue.pointee.receiveRemoved &+= 1
    let bytes = UInt16(truncatingIfNeeded: queue.pointee.jumboBytes)
    let errors = word.word & queue.pointee.discardBits
    guard errors != 0 else {
      output.pointee = .receive(Event.Receive(id: id, bytes: bytes, flags: flags, queue: UInt8(label)))
      return 1
    }
    output.pointee = .receiveDiscard(
      Event.ReceiveDiscard(id: id, bytes: bytes, flags: flags, queue: UInt8(label), reason: Self.reason(errors)))
    return 1
  }

  /// The sub-type of a discard: the frame check before checksums before inner checksums.
  static func reason(_ bits: UInt64) -> DiscardReason {
    typealias Bit = ReceiveEventWord.Bit
    if bits & (Bit.frameCheckBad | Bit.truncated) != 0 { return .frameCheckBad }
    if bits & (Bit.ipChecksumBad | Bit.l4ChecksumBad) != 0 { return .checksumBad }
    return .innerChecksumBad
  }
}
