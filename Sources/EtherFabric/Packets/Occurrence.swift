/// What an endpoint has to tell.
public enum Occurrence: ~Copyable {
  /// A frame arrived.
  case received(ReceivedFrame)
  /// A packet was sent, and its buffer is back.
  case sent(SentPacket)
  /// A software event.
  case software(data: UInt32)
  /// The transmit ring stopped; `VirtualInterface.reinitializeTransmitQueue` starts it.
  case transmitStopped(code: UInt16)
  /// The receive ring stopped.
  case receiveStopped(code: UInt16)
  /// The event queue overflowed: events are lost.
  case overflow
  /// The adapter was reset.
  case reset
}

/// A packet that has been sent, with its buffer.
public struct SentPacket: ~Copyable {
  /// The buffer, with the packet still in it.
  public var buffer: PacketBuffer
  /// When the packet left; nil without `InterfaceFlags.transmitTimestamps`.
  public let timestamp: Timestamp?

  @usableFromInline
  init(buffer: consuming PacketBuffer, timestamp: Timestamp?) {
    self.buffer = buffer
    self.timestamp = timestamp
  }

  /// Takes the buffer to use it again.
  public consuming func takeBuffer() -> PacketBuffer { buffer }
}

/// What an endpoint counted.
public struct EndpointCounters: Equatable, Sendable {
  public var framesReceived: UInt64 = 0
  public var framesDiscarded: UInt64 = 0
  public var framesTruncated: UInt64 = 0
  public var packetsSent: UInt64 = 0
  public var softwareEvents: UInt64 = 0
  public var overflows: UInt64 = 0
  public init() {}
}
