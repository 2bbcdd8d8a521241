import EtherFabricFormats

/// `EF_VI_PS_FLAG_*`. What is known of a packet besides its bytes.
@frozen
public struct PackedStreamFlags: OptionSet, Hashable, Sendable {
  public var rawValue: UInt8
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let clockSet = PackedStreamFlags(rawValue: 0x01)  // EF_VI_PS_FLAG_CLOCK_SET
  public static let clockInSync = PackedStreamFlags(rawValue: 0x02)  // EF_VI_PS_FLAG_CLOCK_IN_SYNC
  public static let frameCheckBad = PackedStreamFlags(rawValue: 0x04)  // EF_VI_PS_FLAG_BAD_FCS
  public static let l4ChecksumBad = PackedStreamFlags(rawValue: 0x08)  // EF_VI_PS_FLAG_BAD_L4_CSUM
  public static let l3ChecksumBad = PackedStreamFlags(rawValue: 0x10)  // EF_VI_PS_FLAG_BAD_L3_CSUM
  /// What is wrong with a packet.
  public static let errors: PackedStreamFlags = [.frameCheckBad, .l4ChecksumBad, .l3ChecksumBad]
}

/// `ef_packed_stream_packet`. One packet in a packed-stream buffer. It cannot be kept beyond its buffer.
@frozen
public struct PackedStreamPacket: ~Escapable {
  @usableFromInline let header: PackedStreamLayout.Packet
  @usableFromInline let start: UnsafeRawPointer

  @inlinable
  @_lifetime(immortal)
  init(_ header: PackedStreamLayout.Packet, start: UnsafeRawPointer) {
    self.header = header
    self.start = start
  }

  /// `ef_packed_stream_packet_payload`. The bytes that the adapter stored, without FCS.
  @inlinable public var bytes: RawSpan {
    @_lifetime(copy self)
    get { _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: capturedLength), copying: self) }
  }

  /// `ps_cap_len`. Bytes stored.
  @inlinable public var capturedLength: Int { Int(header.captured) }
  /// `ps_orig_len`. Bytes of the frame on the wire, without FCS.
  @inlinable public var originalLength: Int { Int(header.original) }
  /// `ps_flags`.
  @inlinable public var flags: PackedStreamFlags { PackedStreamFlags(rawValue: header.flags) }
  /// `ps_ts_sec` and `ps_ts_nsec`. When the packet arrived; nil where the adapter did not stamp it, or the clock was not
  /// in sync.
  @inlinable public var timestamp: Timestamp? {
    guard header.seconds != 0 || header.nanoseconds != 0 else { return nil }
    return Timestamp(
      seconds: UInt64(header.seconds), nanoseconds: header.nanoseconds,
      sync: ClockFlags(rawValue: header.flags & 0x03))
  }
}

/// The packets of one event, oldest first. They are in a buffer that the adapter may be writing to again once the next
/// event is unbundled, so none of this outlives that.
@frozen
public struct PackedStreamBatch: ~Escapable {
  /// Where the header of the next packet is.
  @usableFromInline var cursor: UnsafeRawPointer
  @usableFromInline let end: UnsafeRawPointer
  @usableFromInline var left: Int
  /// Bytes stored of all of the packets together.
  public let byteCount: Int
  /// Why the last packet has no timestamp: what `ef_vi_packed_stream_unbundle` returns. The packets are good.
  public let timestampError: TimestampError?

  @_lifetime(immortal)
  init(_ found: AnnotatedPackets) {
    cursor = found.start
    end = found.end
    left = found.count
    byteCount = found.byteCount
    timestampError = found.timestampError
  }

  /// Packets that `next` has still to give.
  @inlinable public var count: Int { left }

  /// `ef_packed_stream_packet_next`. The next packet; nil behind the last. A buffer that was written over meanwhile ends
  /// the walk, which never leaves the buffer.
  @inlinable
  @_lifetime(copy self)
  public mutating func next() -> PackedStreamPacket? {
    guard left > 0 else { return nil }
    left &-= 1
    let header = PackedStreamLayout.Packet(loading: cursor)
    let room = end - cursor
    guard Int(header.payloadOffset) + Int(header.captured) <= room else {
      left = 0
      return nil
    }
    let packet = PackedStreamPacket(header, start: cursor + Int(header.payloadOffset))
    let step = Int(header.nextOffset)
    if step > 0, step + PackedStreamLayout.payloadOffset <= room { cursor += step } else { left = 0 }
    return _overrideLifetime(packet, copying: self)
  }
}
