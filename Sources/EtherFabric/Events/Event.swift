/// `ef_event`. One event of a virtual interface's event queue: 16 bytes, no indirection.
@frozen
public enum Event: Equatable, Sendable {
  /// No event: what an unused element of a batch holds.
  case none
  /// `EF_EVENT_TYPE_RX`. A packet, or a fragment of one, was written to the oldest posted buffer.
  case receive(Receive)
  /// `EF_EVENT_TYPE_RX_DISCARD`. The same for a packet with an error that the discard mask selects. The buffer is
  /// consumed.
  case receiveDiscard(ReceiveDiscard)
  /// `EF_EVENT_TYPE_RX_NO_DESC_TRUNC`. The packet that began in the last event was cut: no descriptor was left.
  case receiveTruncated(queue: UInt8)
  /// `EF_EVENT_TYPE_RX_MULTI`. Several packets or fragments at once; unbundle for the request ids.
  case receiveMulti(ReceiveMulti)
  /// `EF_EVENT_TYPE_RX_MULTI_DISCARD`. Several, with an error.
  case receiveMultiDiscard(ReceiveMulti)
  /// `EF_EVENT_TYPE_RX_MULTI_PKTS`. Several packets, their ids to be taken one by one. No adapter of these generations
  /// raises it.
  case receiveMultiPackets(ReceiveMultiPackets)
  /// `EF_EVENT_TYPE_RX_PACKED_STREAM`. Packets were added to a packed-stream buffer.
  case receivePackedStream(PackedStream)
  /// `EF_EVENT_TYPE_RX_REF`. A packet arrived in a superbuf; it is the caller's until it is released (EFCT, EF10CT).
  case receiveReference(ReceiveReference)
  /// `EF_EVENT_TYPE_RX_REF_DISCARD`. The same for a packet with an error that the discard mask selects.
  case receiveReferenceDiscard(ReceiveReference)
  /// `EF_EVENT_TYPE_TX`. Packets have been sent, possibly many; unbundle for the request ids.
  case transmit(Transmit)
  /// `EF_EVENT_TYPE_TX_WITH_TIMESTAMP`. One packet has been sent at a known time; there is nothing to unbundle.
  case transmitTimestamp(TransmitTimestamp)
  /// `EF_EVENT_TYPE_TX_ALT`. A packet has left a transmit alternative: sent, or discarded. One for each packet, in
  /// their order.
  case transmitAlternative(queue: UInt8, alternative: UInt8)
  /// `EF_EVENT_TYPE_TX_ERROR`. A transmit failed; the queue has stopped.
  case transmitError(queue: UInt8, code: UInt16)
  /// No C counterpart: libciul logs a receive error (a DMA fault) and goes on. The queue has stopped.
  case receiveError(queue: UInt8, code: UInt16)
  /// `EF_EVENT_TYPE_SW`. A software event, with its data.
  case software(data: UInt32)
  /// `EF_EVENT_TYPE_OFLOW`. The event queue overflowed and events are lost. Comes again until the queue is
  /// reinitialised.
  case overflow
  /// `EF_EVENT_TYPE_RESET`. The adapter was reset.
  case reset
}

extension Event {
  /// `EF_EVENT_RX_*`.
  @frozen
  public struct Receive: Equatable, Sendable {
    public var id: RequestID
    /// Bytes of the packet so far, receive prefix included; cumulative over the fragments of a jumbo.
    public var bytes: UInt16
    public var flags: ReceiveFlags
    /// Queue label.
    public var queue: UInt8

    @inlinable
    public init(id: RequestID, bytes: UInt16, flags: ReceiveFlags, queue: UInt8) {
      self.id = id
      self.bytes = bytes
      self.flags = flags
      self.queue = queue
    }
  }

  /// `EF_EVENT_RX_DISCARD_*`.
  @frozen
  public struct ReceiveDiscard: Equatable, Sendable {
    public var id: RequestID
    public var bytes: UInt16
    public var flags: ReceiveFlags
    public var queue: UInt8
    public var reason: DiscardReason

    @inlinable
    public init(id: RequestID, bytes: UInt16, flags: ReceiveFlags, queue: UInt8, reason: DiscardReason) {
      self.id = id
      self.bytes = bytes
      self.flags = flags
      self.queue = queue
      self.reason = reason
    }
  }

  /// `EF_EVENT_RX_MULTI_*`.
  @frozen
  public struct ReceiveMulti: Equatable, Sendable {
    /// Descriptors completed, 1 to 15.
    public var descriptors: UInt16
    public var flags: ReceiveFlags
    public var queue: UInt8
    /// Good in the discard case only.
    public var reason: DiscardReason

    @inlinable
    public init(descriptors: UInt16, flags: ReceiveFlags, queue: UInt8, reason: DiscardReason) {
      self.descriptors = descriptors
      self.flags = flags
      self.queue = queue
      self.reason = reason
    }
  }

  /// `rx_multi_pkts` of `ef_event`.
  @frozen
  public struct ReceiveMultiPackets: Equatable, Sendable {
    public var packets: UInt16
    public var flags: ReceiveFlags
    public var queue: UInt8

    @inlinable
    public init(packets: UInt16, flags: ReceiveFlags, queue: UInt8) {
      self.packets = packets
      self.flags = flags
      self.queue = queue
    }
  }

  /// `rx_packed_stream` of `ef_event`.
  @frozen
  public struct PackedStream: Equatable, Sendable {
    /// Packets that were added, 0 to 15.
    public var packets: UInt16
    public var queue: UInt8
    /// `EF_EVENT_RX_PS_NEXT_BUFFER`. They are in the next buffer: the packets before were the last of theirs.
    public var nextBuffer: Bool
    /// What the adapter found wrong with every one of them, of what the discard mask selects.
    public var errors: PackedStreamFlags

    @inlinable
    public init(packets: UInt16, queue: UInt8, nextBuffer: Bool, errors: PackedStreamFlags = []) {
      self.packets = packets
      self.queue = queue
      self.nextBuffer = nextBuffer
      self.errors = errors
    }
  }

  /// `rx_ref` and `rx_ref_discard` of `ef_event`.
  @frozen
  public struct ReceiveReference: Equatable, Sendable {
    /// `EF_EVENT_RX_REF_PKT_ID`. Names the packet until it is released.
    public var packet: UInt32
    /// Bytes of the frame.
    public var bytes: UInt16
    /// The hardware's id of the filter that matched.
    public var filterID: UInt16
    /// Hardware's number of the receive queue.
    public var queue: UInt8
    /// The errors of a discard; empty otherwise.
    public var errors: DiscardMask { DiscardMask(rawValue: UInt32(errorBits)) }
    @usableFromInline var errorBits: UInt16

    @inlinable
    public init(packet: UInt32, bytes: UInt16, filterID: UInt16, queue: UInt8, errors: DiscardMask = []) {
      self.packet = packet
      self.bytes = bytes
      self.filterID = filterID
      self.queue = queue
      errorBits = UInt16(truncatingIfNeeded: errors.rawValue)
    }
  }

  /// `EF_EVENT_TX_*`.
  @frozen
  public struct Transmit: Equatable, Sendable {
    /// Ring index after the last completed descriptor.
    public var descriptor: UInt32
    public var queue: UInt8
    /// The frame went out by cut-through (CTPIO).
    public var wasCutThrough: Bool

    @inlinable
    public init(descriptor: UInt32, queue: UInt8, wasCutThrough: Bool = false) {
      self.descriptor = descriptor
      self.queue = queue
      self.wasCutThrough = wasCutThrough
    }
  }

  /// `EF_EVENT_TX_WITH_TIMESTAMP_*`.
  @frozen
  public struct TransmitTimestamp: Equatable, Sendable {
    public var id: RequestID
    /// Seconds since the epoch, 0 where the clock was not in sync.
    public var seconds: UInt32
    public var nanoseconds: UInt32
    /// Fraction of a nanosecond in 1/65536; the adapter gives quarters.
    public var fraction: UInt16
    @usableFromInline var packed: UInt8

    @inlinable
    public init(
      id: RequestID, seconds: UInt32, nanoseconds: UInt32, fraction: UInt16, queue: UInt8, sync: ClockFlags,
      wasCutThrough: Bool = false
    ) {
      self.id = id
      self.seconds = seconds
      self.nanoseconds = nanoseconds
      self.fraction = fraction
      packed = queue & 0x1f | (wasCutThrough ? 0x20 : 0) | sync.rawValue << 6
    }

    /// Queue label.
    @inlinable public var queue: UInt8 { packed & 0x1f }
    @inlinable public var sync: ClockFlags { ClockFlags(rawValue: packed >> 6) }
    /// The frame went out by cut-through (CTPIO).
    @inlinable public var wasCutThrough: Bool { packed & 0x20 != 0 }
  }
}
