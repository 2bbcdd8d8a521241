/// The control word in front of a frame in the CTPIO aperture of an X2, 32 bits (`ES_CTPIO_HEADER`).
///
/// Bits 0-11 frame length, 12 timestamp request, 16-27 cut-through threshold, 28-31 reserved. The frame's bytes follow
/// without padding, and zeros up to a multiple of 64 bytes. Source: facts sheet, section 7.
@frozen
public struct CTPIOControl: Equatable, Sendable {
  public var word: UInt32

  @inlinable public init(word: UInt32) { self.word = word }

  /// Bytes of the control word.
  public static let size = 4
  /// Every frame with its control word fills a multiple of this many bytes.
  public static let alignment = 64
  /// The largest frame that the length field can carry, in bytes.
  public static let maximumLength = 0xfff
  /// `EF_VI_CTPIO_CT_THRESHOLD_SNF`: the adapter sends only when it has the whole frame.
  public static let storeAndForward: UInt32 = 0xffff

  /// - Parameters:
  ///   - length: bytes of the frame, without FCS.
  ///   - timestamp: ask for a transmit timestamp.
  ///   - threshold: bytes that the adapter takes in before it begins to send. The library hands 16 bits through, so
  ///     that `storeAndForward` fills the reserved bits too.
  @inlinable
  public init(length: Int, timestamp: Bool, threshold: UInt32) {
    word =
      UInt32(truncatingIfNeeded: length & Self.maximumLength) | (timestamp ? 1 << 12 : 0) | (threshold & 0xffff) << 16
  }

  /// Bytes of the frame.
  @inlinable public var length: Int { Int(word & 0xfff) }
  /// The sender asks for a timestamp.
  @inlinable public var timestamp: Bool { word & 1 << 12 != 0 }
  /// The threshold as it was handed in, 16 bits.
  @inlinable public var threshold: UInt32 { word >> 16 }
  /// Bits 16-27, all that the adapter reads of the threshold; the store-and-forward value is above every frame.
  @inlinable public var hardwareThreshold: UInt32 { word >> 16 & 0xfff }

  /// Bytes of the aperture that a frame of `length` bytes fills.
  @inlinable
  public static func footprint(of length: Int) -> Int { (length + size + alignment - 1) & ~(alignment - 1) }
}
