/// The 8 bytes in front of each frame in the transmit stream of an X3 or X4 (`EFCT_TX_HEADER_*`).
///
/// Bits 0-13 frame length, 14-21 cut-through threshold, 22 timestamp request, 23 warm, 24-26 action. The frame follows,
/// then zeros up to a multiple of 64 bytes, then the next header; the stream wraps at the end of the aperture. No
/// doorbell goes with it. Source: facts sheet, section 10.
@frozen
public struct StreamHeader: Equatable, Sendable {
  public var word: UInt64

  @inlinable public init(word: UInt64) { self.word = word }

  /// `EFCT_TX_HEADER_BYTES`: bytes of the header.
  public static let size = 8
  /// `EFCT_TX_ALIGNMENT`: a header with its frame fills a multiple of this many bytes.
  public static let alignment = 64
  /// `EFCT_TX_CT_DISABLE`: the adapter sends only when it has the whole frame.
  public static let storeAndForward: UInt8 = 0xff
  /// `EFCT_TX_MAX_FRAME_BYTES`: the largest frame, in bytes without FCS.
  public static let maximumFrame = 1982
  /// The warm bit: the adapter drops the frame, and still completes it.
  public static let warmBit: UInt64 = 1 << 23
  /// The timestamp bit.
  public static let timestampBit: UInt64 = 1 << 22

  /// - Parameters:
  ///   - length: bytes of the frame, without FCS.
  ///   - threshold: units of 64 bytes, header included, that the adapter takes in before it begins to send.
  ///   - timestamp: ask for a transmit timestamp.
  ///   - warm: do not send; the caches of the sender are warmed.
  ///   - action: 0, to send.
  @inlinable
  public init(length: Int, threshold: UInt8, timestamp: Bool, warm: Bool, action: UInt8 = 0) {
    word =
      UInt64(truncatingIfNeeded: length & 0x3fff) | UInt64(threshold) << 14 | (timestamp ? Self.timestampBit : 0)
      | (warm ? Self.warmBit : 0) | UInt64(action & 7) << 24
  }

  /// Bytes of the frame.
  @inlinable public var length: Int { Int(truncatingIfNeeded: word & 0x3fff) }
  /// Units of 64 bytes, or `storeAndForward`.
  @inlinable public var threshold: UInt8 { UInt8(truncatingIfNeeded: word >> 14) }
  @inlinable public var timestamp: Bool { word & Self.timestampBit != 0 }
  @inlinable public var warm: Bool { word & Self.warmBit != 0 }
  @inlinable public var action: UInt8 { UInt8(truncatingIfNeeded: word >> 24 & 7) }

  /// Bytes of the stream that a frame of `length` bytes fills, header and padding included.
  @inlinable
  public static func footprint(of length: Int) -> Int { (length + size + alignment - 1) & ~(alignment - 1) }

  /// The threshold field for a threshold that the caller gives in bytes of the frame.
  ///
  /// - Parameters:
  ///   - bytes: what `ef_vi_transmit_ctpio` takes; what does not fit the field means store and forward.
  ///   - minimum: the adapter's `DesignParameters.cutThroughMinimum`.
  @inlinable
  public static func threshold(bytes: UInt32, minimum: UInt8) -> UInt8 {
    let extra = UInt32(size + alignment - 1)
    let units = bytes > 0xff * UInt32(alignment) - extra ? 0xff : (bytes + extra) / UInt32(alignment)
    return max(minimum, UInt8(truncatingIfNeeded: units))
  }
}
