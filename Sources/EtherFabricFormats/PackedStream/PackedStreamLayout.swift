/// How an EF10 fills a packed-stream buffer: frames of any length one behind the other.
///
/// Each frame has an 8-byte `Prefix` from the adapter in front of it. The 16 bytes before the prefix belong to the
/// library, which puts its `Packet` there when the frame's event is unbundled. Source: facts sheet, section 9.
public enum PackedStreamLayout {
  /// Bytes of a buffer, and its alignment.
  public static let bufferSize = 1 << 20
  /// The same with `EF_VI_RX_PS_BUF_SIZE_64K`.
  public static let smallBufferSize = 1 << 16
  /// Offset of the first prefix in a buffer.
  public static let firstOffset = 256
  /// What a receive descriptor's address carries besides the buffer's: the adapter starts to write there.
  public static let descriptorFlag: UInt64 = 256
  /// Prefixes lie at multiples of this many bytes.
  public static let alignment = 64
  /// Least number of bytes between the end of a frame and the next prefix.
  public static let gap = 64
  /// `psp_start_offset`: offset of the first `Packet` in a buffer.
  public static let startOffset = firstOffset - Packet.size
  /// Offset of a frame's first byte from its `Packet`.
  public static let payloadOffset = Packet.size + Prefix.size
  /// Packets that one event can tell of.
  public static let maximumPacketsPerEvent = 15

  /// Bytes from a prefix to the next, for `captured` bytes of frame.
  @inlinable
  public static func stride(captured: Int) -> Int {
    (Prefix.size + captured + gap + alignment - 1) & ~(alignment - 1)
  }

  /// The DMA address in the descriptor of the buffer at `address`; nil where it is not aligned to `bufferSize`.
  @inlinable
  public static func descriptorAddress(of address: UInt64, bufferSize: Int) -> UInt64? {
    address & UInt64(truncatingIfNeeded: bufferSize - 1) == 0 ? address | descriptorFlag : nil
  }
}

extension PackedStreamLayout {
  /// What the adapter writes in front of a frame, little endian (`ES_DZ_PS_RX_PREFIX_*`).
  @frozen
  public struct Prefix: Equatable, Sendable {
    /// +0, as in `ReceivePrefix`.
    public var timestamp: UInt32
    /// +4, bytes of the frame that are stored.
    public var captured: UInt16
    /// +6, bytes of the frame on the wire.
    public var original: UInt16

    /// Bytes of the prefix.
    public static let size = 8

    @inlinable
    public init(timestamp: UInt32, captured: UInt16, original: UInt16) {
      self.timestamp = timestamp
      self.captured = captured
      self.original = original
    }

    /// The prefix at `bytes`.
    @inlinable
    public init(loading bytes: UnsafeRawPointer) {
      let word = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
      timestamp = UInt32(truncatingIfNeeded: word)
      captured = UInt16(truncatingIfNeeded: word >> 32)
      original = UInt16(truncatingIfNeeded: word >> 48)
    }

    @inlinable
    public func store(to bytes: UnsafeMutableRawPointer) {
      let word = UInt64(timestamp) | UInt64(captured) << 32 | UInt64(original) << 48
      bytes.storeBytes(of: word.littleEndian, as: UInt64.self)
    }
  }

  /// `ef_packed_stream_packet`: what the library makes of a prefix, in the 16 bytes before it.
  @frozen
  public struct Packet: Equatable, Sendable {
    /// `ps_next_offset`, +0: bytes from this to the next.
    public var nextOffset: UInt16
    /// `ps_pkt_start_offset`, +2: bytes from this to the frame.
    public var payloadOffset: UInt8
    /// `ps_flags`, +3: `Flag`s.
    public var flags: UInt8
    /// `ps_cap_len`, +4: bytes of the frame that are stored.
    public var captured: UInt16
    /// `ps_orig_len`, +6: bytes of the frame on the wire.
    public var original: UInt16
    /// `ps_ts_sec`, +8.
    public var seconds: UInt32
    /// `ps_ts_nsec`, +12.
    public var nanoseconds: UInt32

    /// Bytes of this.
    public static let size = 16

    /// `EF_VI_PS_FLAG_*`.
    public enum Flag {
      /// The adapter's clock has been set.
      public static let clockSet: UInt8 = 0x01
      /// The adapter's clock is in sync with its master.
      public static let clockInSync: UInt8 = 0x02
      public static let frameCheckBad: UInt8 = 0x04
      public static let l4ChecksumBad: UInt8 = 0x08
      public static let l3ChecksumBad: UInt8 = 0x10
    }

    /// What a prefix says, with the time and flags that the caller derived from its event.
    @inlinable
    public init(_ prefix: Prefix, flags: UInt8, seconds: UInt32, nanoseconds: UInt32) {
      nextOffset = UInt16(truncatingIfNeeded: PackedStreamLayout.stride(captured: Int(prefix.captured)))
      payloadOffset = UInt8(PackedStreamLayout.payloadOffset)
      self.flags = flags
      captured = prefix.captured
      original = prefix.original
      self.seconds = seconds
      self.nanoseconds = nanoseconds
    }

    /// The packet at `bytes`.
    @inlinable
    public init(loading bytes: UnsafeRawPointer) {
      let lengths = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
      let time = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      nextOffset = UInt16(truncatingIfNeeded: lengths)
      payloadOffset = UInt8(truncatingIfNeeded: lengths >> 16)
      flags = UInt8(truncatingIfNeeded: lengths >> 24)
      captured = UInt16(truncatingIfNeeded: lengths >> 32)
      original = UInt16(truncatingIfNeeded: lengths >> 48)
      seconds = UInt32(truncatingIfNeeded: time)
      nanoseconds = UInt32(truncatingIfNeeded: time >> 32)
    }

    /// Writes the 16 bytes. The library also clears the 4 bytes behind them, the timestamp of the prefix.
    @inlinable
    public func store(to bytes: UnsafeMutableRawPointer) {
      let lengths =
        UInt64(nextOffset) | UInt64(payloadOffset) << 16 | UInt64(flags) << 24 | UInt64(captured) << 32
        | UInt64(original) << 48
      bytes.storeBytes(of: lengths.littleEndian, as: UInt64.self)
      bytes.storeBytes(
        of: (UInt64(seconds) | UInt64(nanoseconds) << 32).littleEndian, toByteOffset: 8, as: UInt64.self)
    }

    /// The `Flag`s of the error bits of a receive event that the VI does not ignore.
    @inlinable
    public static func flags(errors: UInt64) -> UInt8 {
      typealias Bit = ReceiveEventWord.Bit
      return (errors & (Bit.frameCheckBad | Bit.truncated) != 0 ? Flag.frameCheckBad : 0)
        | (errors & Bit.l4ChecksumBad != 0 ? Flag.l4ChecksumBad : 0)
        | (errors & Bit.ipChecksumBad != 0 ? Flag.l3ChecksumBad : 0)
    }
  }
}
