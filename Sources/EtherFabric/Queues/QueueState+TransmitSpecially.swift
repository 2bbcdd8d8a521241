import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == QueueState {
  /// Transmit events of a ring with timestamps or alternatives: three for each packet.
  func transmitSpecially(
    _ word: TransmitEventWord, queue: UnsafeMutablePointer<QueueState>, label: UInt8,
    _ output: UnsafeMutablePointer<Event>
  ) -> Int {
    typealias Kind = TransmitEventWord.Kind
    guard queue.pointee.stampsTransmits else {
      return alternative(word, queue: queue, label: label, output)
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

  /// Completions give the descriptors back, and the high part of the timestamp tells which alternative a packet has left.
  private func alternative(
    _ word: TransmitEventWord, queue: UnsafeMutablePointer<QueueState>, label: UInt8,
    _ output: UnsafeMutablePointer<Event>
  ) -> Int {
    typealias Kind = TransmitEventWord.Kind
    switch word.kind {
    case Kind.completion, Kind.ctpioCompletion:
      output.pointee = .transmit(
        Event.Transmit(
          descriptor: word.index &+ 1, queue: label, wasCutThrough: word.kind == Kind.ctpioCompletion))
      return 1
    case Kind.timestampHigh:
      let fifo = Int(word.soft & 0x1f)
      guard fifo != Int(AlternativeDescriptor.normalPath), let sending = queue.pointee.sending else { return 0 }
      output.pointee = .transmitAlternative(queue: label, alternative: sending.pointee.alternativeNumbers[fifo])
      return 1
    case Kind.timestampLow, Kind.ctpioTimestampLow, Kind.ctpioTimestampHigh:
      return 0
    default:
      pointee.counts.unknown &+= 1
      return 0
    }
  }

  /// Puts a timestamp together and takes the request id of the oldest packet. Fragments without an id are passed.
  private func stamp(
    _ word: TransmitEventWord, queue: UnsafeMutablePointer<QueueState>, label: UInt8
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
        fraction: minor.fraction & 0xf000, queue: label, sync: ClockFlags(rawValue: queue.pointee.stampFlags),
        wasCutThrough: word.kind == TransmitEventWord.Kind.ctpioTimestampHigh))
  }
}
