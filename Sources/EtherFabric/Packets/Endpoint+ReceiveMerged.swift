import EtherFabricFormats

extension Endpoint {
  /// The next frame of a merged event. While the event has more buffers it stays the one at hand. Nil when the buffers
  /// are used up: the rest of a frame comes with the next event.
  @inline(never)
  mutating func takeMerged(_ event: Event.ReceiveMulti, discard: DiscardReason?) -> ReceivedFrame? {
    if mergedNext == mergedCount {
      mergedNext = 0
      mergedCount = interface.state.unbundle(event, into: mergedIDs)
    }
    while mergedNext < mergedCount {
      let index = mergedIDs[mergedNext].rawValue
      mergedNext &+= 1
      guard addMerged(index) else { continue }
      if mergedNext < mergedCount { eventNext &-= 1 }
      return finishMerged(discard: discard, event)
    }
    // A frame that is shorter than its prefix says is handed over as what it is.
    guard partialFirst != .max, !event.flags.contains(.continues) else { return nil }
    counters.framesTruncated &+= 1
    return finishMerged(discard: discard ?? .truncated, event)
  }

  /// Adds a buffer to the frame that is arriving. True when the frame is whole.
  private mutating func addMerged(_ index: UInt32) -> Bool {
    if partialFirst == .max {
      let buffer = core.pointee.base + Int(index) * core.pointee.bufferSize
      partialLeft = interface.state.pointee.receivePrefixLength &+ UInt32(ReceivePrefix.packetLength(of: buffer))
      partialFirst = index
      partialCount = 0
      partialBytes = 0
    } else {
      core.pointee.links[Int(partialLast)] = index
    }
    let part = min(partialLeft, bufferLength)
    core.pointee.lengths[Int(index)] = part
    partialLast = index
    partialCount &+= 1
    partialBytes &+= part
    partialLeft &-= part
    return partialLeft == 0
  }

  private mutating func finishMerged(discard: DiscardReason?, _ event: Event.ReceiveMulti) -> ReceivedFrame {
    counters.framesReceived &+= 1
    if discard != nil { counters.framesDiscarded &+= 1 }
    return takePartial(discard: discard, isMulticast: event.flags.contains(.multicast))
  }
}
