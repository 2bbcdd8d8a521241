import EtherFabricFormats

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
    guard queue.pointee.stampsTransmits else {
      output.pointee = .transmit(
        Event.Transmit(
          descriptor: word.index &+ 1, queue: UInt8(label), wasCutThrough: word.kind == Kind.ctpioCompletion))
      return 1
    }
    switch word.kind {
    case Kind.timestampLow, Kind.ctpioTimestampLow:
      queue.pointee.stampMinor = UInt32(word.soft) << 16 | word.index
      queue.pointee.stampFlags = pointee.syncFlags
      return 0
    case Kind.timestampHigh, Kind.ctpioTimestampHigh:
      output.pointee = stamp(word, queue: queue, label: label)
      return 1
    case Kind.completion, Kind.ctpioCompletion:
      return 0
    default:
      pointee.counts.unknown &+= 1
      return 0
    }
  }

  /// Puts a timestamp together and takes the request id of the oldest packet. Fragments without an id are passed.
  private func stamp(
    _ word: TransmitEventWord, queue: UnsafeMutablePointer<QueueState>, label: Int
  ) -> Event {
    var id = UInt32.max
    while id == .max, queue.pointee.transmitRemoved != queue.pointee.transmitAdded {
      let slot = Int(queue.pointee.transmitRemoved & queue.pointee.transmitMask)
      id = queue.pointee.transmitIDs[slot]
      queue.pointee.transmitIDs[slot] = .max
      queue.pointee.transmitRemoved &+= 1
    }
    let minor = pointee.timestampFormat.nanoseconds(queue.pointee.stampMinor)
    var seconds: UInt32 = 0
    var nanoseconds: Int64 = 0
    if word.soft & 0x8000 == 0, pointee.isSynchronised {
      // The event carries 16 bits of the second; the rest comes from the sync, which may be a second ahead.
      let base = pointee.syncSeconds &- 1
      seconds = base &+ ((word.index &- base) & 0xffff)
      nanoseconds = Int64(minor.whole)
    }
    nanoseconds &+= Int64(queue.pointee.transmitStampCorrection)
    if nanoseconds >= 1_000_000_000 {
      nanoseconds &-= 1_000_000_000
      seconds &+= 1
    } else if nanoseconds < 0, seconds > 0 {
      nanoseconds &+= 1_000_000_000
      seconds &-= 1
    }
    // An event has room for four bits of the fraction.
    return .transmitTimestamp(
      Event.TransmitTimestamp(
        id: RequestID(id), seconds: seconds, nanoseconds: UInt32(clamping: nanoseconds),
        fraction: minor.fraction & 0xf000, queue: UInt8(label),
        sync: ClockFlags(rawValue: queue.pointee.stampFlags)))
  }

  /// `ef_vi_transmit_unbundle`. Takes the ids that a completion returns, at most 64, oldest first.
  @inlinable
  func unbundle(_ event: Event.Transmit, into ids: UnsafeMutablePointer<RequestID>, capacity: Int) -> Int {
    let mask = pointee.transmitMask
    if mask == 0, let express = pointee.express {
      return unbundleExpress(express, event, into: ids, capacity: capacity)
    }
    var left = (event.descriptor &- pointee.transmitRemoved) & mask
    // A completion beyond what was sent would be an adapter's fault; it must not run past the ring.
    left = min(left, pointee.transmitAdded &- pointee.transmitRemoved)
    var count = 0
    while left > 0, count < capacity {
      let slot = Int(pointee.transmitRemoved & mask)
      let id = pointee.transmitIDs[slot]
      if id != .max {
        ids[count] = RequestID(id)
        pointee.transmitIDs[slot] = .max
        count &+= 1
      }
      pointee.transmitRemoved &+= 1
      left &-= 1
    }
    return count
  }
}
