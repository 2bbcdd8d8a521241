/// The adapter writes only while it has credits; one stands for 64 KiB of buffer, and for as many events as can come of
/// them. A queue starts with one.
extension PackedStreamLayout {
  /// Bytes of buffer that a credit stands for.
  public static let bytesPerCredit = 1 << 16
  /// Events that can come of one credit: frames of 60 bytes, each with an event of its own.
  public static let eventsPerCredit = 341
  /// Credits of a new queue.
  public static let initialCredits = 1
  /// Event queue slots kept for time sync events, 25 seconds of them.
  public static let reservedEvents = 100

  /// The most credits that may be out, so that no event is lost.
  ///
  /// - Parameters:
  ///   - eventCapacity: slots of the event queue.
  ///   - transmitCapacity: packets that the VI's transmit ring holds, its size less one; 0 without one.
  ///   - hasTransmitTimes: transmit timestamps or alternatives are on, with three events a packet.
  /// - Returns: 0 where transmits alone can fill the event queue.
  @inlinable
  public static func maximumCredits(eventCapacity: Int, transmitCapacity: Int, hasTransmitTimes: Bool) -> Int {
    max(0, (eventCapacity - transmitCapacity * (hasTransmitTimes ? 3 : 1) - reservedEvents) / eventsPerCredit)
  }

  /// `psp_max_usable_buffers`: buffers that the adapter can use at a time, rounded up for posts in batches of eight.
  @inlinable
  public static func usableBuffers(credits: Int, bufferSize: Int) -> Int {
    (credits * bytesPerCredit / bufferSize + 1 + 7) & ~7 + 8
  }

  /// Credits that went into the packets of one event, besides one for a change of buffer: how many 64 KiB boundaries
  /// lie between two prefixes, 2 at most.
  ///
  /// - Parameters:
  ///   - start: address of the first packet's prefix.
  ///   - end: address where the prefix after the last packet will be.
  @inlinable
  public static func creditsCrossed(from start: UInt, to end: UInt) -> Int {
    let change = start ^ end
    return change & UInt(bytesPerCredit) != 0 ? 1 : change & UInt(bytesPerCredit << 1) != 0 ? 2 : 0
  }
}
