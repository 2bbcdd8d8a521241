import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == QueueState {
  /// Receive events of queues on which an event does not complete one buffer: merged events, packed stream, no queue.
  @inline(never)
  func receiveOtherwise(_ word: ReceiveEventWord, _ output: UnsafeMutablePointer<Event>) -> Int {
    let label = EventWord(word: word.word).label
    guard let queue = pointee.labels[label], queue.pointee.receiveMask != 0 else {
      pointee.counts.badLabels &+= 1
      return 0
    }
    let event = queue.pointee.packedStream.isOn ? queue.packedStreamEvent(word) : queue.mergedEvent(word)
    guard let event else {
      pointee.counts.unknown &+= 1
      return 0
    }
    output.pointee = event
    return 1
  }

  /// A merged receive event: how many descriptors it completes is the distance of its pointer from that of the last one.
  /// Nil where it completes more than are posted.
  private func mergedEvent(_ word: ReceiveEventWord) -> Event? {
    let descriptors = (word.pointer &- pointee.receiveCompleted) & 0xf
    guard descriptors <= pointee.receiveAdded &- pointee.receiveCompleted else { return nil }
    guard descriptors > 0 else {
      pointee.inJumbo = false
      return .receiveTruncated(queue: pointee.label)
    }
    pointee.receiveCompleted &+= descriptors
    var flags: ReceiveFlags = word.isMulticast ? .multicast : []
    if !pointee.inJumbo { flags.insert(.startOfPacket) }
    if word.continues { flags.insert(.continues) }
    pointee.inJumbo = word.continues
    let errors = word.word & pointee.discardBits
    let event = Event.ReceiveMulti(
      descriptors: UInt16(truncatingIfNeeded: descriptors), flags: flags, queue: pointee.label,
      reason: errors == 0 ? .checksumBad : Self.reason(errors))
    return errors == 0 ? .receiveMulti(event) : .receiveMultiDiscard(event)
  }

  /// `ef_vi_receive_unbundle`. Takes the ids of the descriptors that an event completed, oldest first.
  @usableFromInline
  func unbundle(_ event: Event.ReceiveMulti, into ids: UnsafeMutablePointer<RequestID>) -> Int {
    #if ETHERFABRIC_HARDWARE
      if let interface = pointee.hardware { return unbundleHardware(interface, event, into: ids) }
    #endif
    guard pointee.plainReceiveMask == 0 else { return 0 }
    var count = 0
    // An event that is unbundled twice finds no more than what was completed.
    let left = min(UInt32(event.descriptors), pointee.receiveCompleted &- pointee.receiveRemoved)
    for _ in 0..<left {
      ids[count] = takeReceiveID()
      if ids[count] != .none { count &+= 1 }
    }
    return count
  }

  /// The id of the oldest descriptor, which is taken out of the ring.
  func takeReceiveID() -> RequestID {
    let slot = Int(pointee.receiveRemoved & pointee.receiveMask)
    let id = RequestID(pointee.receiveIDs[slot])
    pointee.receiveIDs[slot] = .max
    pointee.receiveRemoved &+= 1
    return id
  }

  /// `ef_vi_receive_get_filter_id` of EF10, from the prefix at the start of a packet's first buffer.
  /// - Throws: `EINVAL` without `InterfaceFlags.receiveFilterID` and for events that are none of a received packet,
  ///   `ENODATA` where no filter brought the packet.
  func filterIDOfPrefix(_ event: Event, buffer: UnsafeRawPointer) throws(QueueError) -> UInt16 {
    guard pointee.hasFilterIDs, pointee.receivePrefixLength > 0 else { throw QueueError(.wrongEvent) }
    switch event {
    case .receive, .receiveDiscard, .receiveMulti, .receiveMultiDiscard: break
    default: throw QueueError(.wrongEvent)
    }
    guard let id = ReceivePrefix.filterID(of: buffer) else { throw QueueError(.noFilter) }
    return id
  }
}
