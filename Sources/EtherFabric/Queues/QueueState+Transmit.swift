import EtherFabricFormats

#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif

extension UnsafeMutablePointer where Pointee == QueueState {
  /// Transmit events: completions, and the halves of timestamps.
  @inline(__always)
  func transmit(_ word: TransmitEventWord, _ output: UnsafeMutablePointer<Event>) -> Int {
    typealias Kind = TransmitEventWord.Kind
    let label = EventWord(word: word.word).label
    guard let queue = pointee.labels[label], queue.pointee.transmitMask != 0 else {
      pointee.counts.badLabels &+= 1
      return 0
    }
    guard queue.pointee.completesPlainly else {
      return transmitSpecially(word, queue: queue, label: UInt8(label), output)
    }
    output.pointee = .transmit(
      Event.Transmit(
        descriptor: word.index &+ 1, queue: UInt8(label), wasCutThrough: word.kind == Kind.ctpioCompletion))
    return 1
  }

  /// `ef_vi_transmit_unbundle`. Takes the ids that a completion returns, at most 64, oldest first.
  @inlinable
  func unbundle(_ event: Event.Transmit, into ids: UnsafeMutablePointer<RequestID>, capacity: Int) -> Int {
    #if ETHERFABRIC_HARDWARE
      if let interface = pointee.hardware {
        return unbundleHardware(interface, event, into: ids, capacity: capacity)
      }
    #endif
    let mask = pointee.transmitMask
    if mask == 0, let express = pointee.express {
      return unbundleExpress(express, event, into: ids, capacity: capacity)
    }
    var removed = pointee.transmitRemoved
    // A completion beyond what was sent would be an adapter's fault; it must not run past the ring.
    let end = removed &+ min((event.descriptor &- removed) & mask, pointee.transmitAdded &- removed)
    let own = pointee.transmitIDs
    var count = 0
    while removed != end, count < capacity {
      let slot = Int(removed & mask)
      let id = own[slot]
      if id != .max {
        ids[count] = RequestID(id)
        own[slot] = .max
        count &+= 1
      }
      removed &+= 1
    }
    pointee.transmitRemoved = removed
    return count
  }
}
