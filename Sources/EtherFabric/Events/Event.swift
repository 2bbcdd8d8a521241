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
  /// `queue` is `EF_EVENT_RX_NO_DESC_TRUNC_Q_ID`.
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
  /// their order. `queue` is `EF_EVENT_TX_ALT_Q_ID`, `alternative` `EF_EVENT_TX_ALT_ALT_ID`.
  case transmitAlternative(queue: UInt8, alternative: UInt8)
  /// `EF_EVENT_TYPE_TX_ERROR`. A transmit failed; the queue has stopped. `queue` is `EF_EVENT_TX_ERROR_Q_ID`, `code`
  /// `EF_EVENT_TX_ERROR_TYPE`.
  case transmitError(queue: UInt8, code: UInt16)
  /// No C counterpart: libciul logs a receive error (a DMA fault) and goes on. The queue has stopped.
  case receiveError(queue: UInt8, code: UInt16)
  /// `EF_EVENT_TYPE_SW`. A software event. `data` is `EF_EVENT_SW_DATA`.
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
    /// `EF_EVENT_RX_RQ_ID`. The id that the buffer was posted with.
    public var id: RequestID
    /// `EF_EVENT_RX_BYTES`. Bytes of the packet so far, receive prefix included; cumulative over the fragments of a
    /// jumbo.
    public var bytes: UInt16
    /// `EF_EVENT_RX_SOP` and `EF_EVENT_RX_CONT`: `startOfPacket` and `continues`.
    public var flags: ReceiveFlags
    /// `EF_EVENT_RX_Q_ID`. Queue label.
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
    /// `EF_EVENT_RX_DISCARD_RQ_ID`. The id that the buffer was posted with.
    public var id: RequestID
    /// `EF_EVENT_RX_DISCARD_BYTES`. As `Receive.bytes`.
    public var bytes: UInt16
    /// `EF_EVENT_RX_DISCARD_SOP` and `EF_EVENT_RX_DISCARD_CONT`: `startOfPacket` and `continues`.
    public var flags: ReceiveFlags
    /// `EF_EVENT_RX_DISCARD_Q_ID`. Queue label.
    public var queue: UInt8
    /// `EF_EVENT_RX_DISCARD_TYPE`. What was wrong.
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
    /// `n_descs` of `ef_event`. Descriptors completed, 1 to 15.
    public var descriptors: UInt16
    /// `EF_EVENT_RX_MULTI_SOP` and `EF_EVENT_RX_MULTI_CONT`: `startOfPacket` and `continues`.
    public var flags: ReceiveFlags
    /// `EF_EVENT_RX_MULTI_Q_ID`. Queue label.
    public var queue: UInt8
    /// `EF_EVENT_RX_MULTI_DISCARD_TYPE`. What was wrong; good in the discard case only.
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
    /// `n_pkts` of `ef_event`. Packets completed.
    public var packets: UInt16
    /// `flags` of `ef_event`.
    public var flags: ReceiveFlags
    /// `q_id` of `ef_event`. Queue label.
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
    /// `n_pkts` of `ef_event`. Packets that were added, 0 to 15.
    public var packets: UInt16
    /// `q_id` of `ef_event`. Queue label.
    public var queue: UInt8
    /// `EF_EVENT_RX_PS_NEXT_BUFFER`. They are in the next buffer: the packets before were the last of theirs.
    public var nextBuffer: Bool
    /// `ps_flags` of `ef_event`. What the adapter found wrong with every one of them, of what the discard mask selects.
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
    /// `pkt_id` of `ef_event`. Names the packet until it is released.
    public var packet: UInt32
    /// `len` of `ef_event`. Bytes of the frame.
    public var bytes: UInt16
    /// `filter_id` of `ef_event`. The hardware's id of the filter that matched.
    public var filterID: UInt16
    /// `q_id` of `ef_event`. Hardware's number of the receive queue.
    public var queue: UInt8
    /// `flags` of `ef_event`. The errors of a discard; empty otherwise.
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
    /// `desc_id` of `ef_event`. Ring index after the last completed descriptor.
    public var descriptor: UInt32
    /// `EF_EVENT_TX_Q_ID`. Queue label.
    public var queue: UInt8
    /// `EF_EVENT_TX_CTPIO`. The frame went out by cut-through.
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
    /// `EF_EVENT_TX_WITH_TIMESTAMP_RQ_ID`. The id that the packet was sent with.
    public var id: RequestID
    /// `EF_EVENT_TX_WITH_TIMESTAMP_SEC`. Seconds since the epoch, 0 where the clock was not in sync.
    public var seconds: UInt32
    /// `EF_EVENT_TX_WITH_TIMESTAMP_NSEC`. 0 to 999999999.
    public var nanoseconds: UInt32
    /// `EF_EVENT_TX_WITH_TIMESTAMP_NSEC_FRAC16`. Fraction of a nanosecond in 1/65536; the adapter gives quarters.
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

    /// `EF_EVENT_TX_WITH_TIMESTAMP_Q_ID`. Queue label.
    @inlinable public var queue: UInt8 { packed & 0x1f }
    /// `EF_EVENT_TX_WITH_TIMESTAMP_SYNC_FLAGS`. The state of the clock.
    @inlinable public var sync: ClockFlags { ClockFlags(rawValue: packed >> 6) }
    /// The frame went out by cut-through (CTPIO).
    @inlinable public var wasCutThrough: Bool { packed & 0x20 != 0 }
  }
}
