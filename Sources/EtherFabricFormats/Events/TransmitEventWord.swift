/// The fields of an EF10 transmit event (`ESF_DZ_TX_*`), code 2. Source: facts sheet, section 3.
@frozen
public struct TransmitEventWord: Equatable, Sendable {
  public var word: UInt64

  @inlinable public init(word: UInt64) { self.word = word }

  /// Bits 24-30, what a transmit event tells.
  public enum Kind {
    public static let completion: UInt8 = 0x00
    public static let ctpioCompletion: UInt8 = 0x11
    public static let ctpioTimestampLow: UInt8 = 0x12
    public static let ctpioTimestampHigh: UInt8 = 0x13
    public static let timestampLow: UInt8 = 0x51
    public static let timestampHigh: UInt8 = 0x52
  }

  /// A completion of all descriptors up to and including `index`.
  @inlinable
  public init(kind: UInt8 = Kind.completion, index: UInt32, label: Int, soft: UInt16 = 0) {
    word =
      2 << 60 | UInt64(index & 0xffff) | UInt64(truncatingIfNeeded: label & 0x1f) << 16
      | UInt64(kind & 0x7f) << 24 | UInt64(soft) << 32
  }

  /// Index of the last completed descriptor; the low half of the payload in timestamp events.
  @inlinable public var index: UInt32 { UInt32(truncatingIfNeeded: word & 0xffff) }
  @inlinable public var kind: UInt8 { UInt8(truncatingIfNeeded: word >> 24 & 0x7f) }
  /// Bits 32-47: the high half of the payload in timestamp events.
  @inlinable public var soft: UInt16 { UInt16(truncatingIfNeeded: word >> 32) }

  /// A timestamp in quarter nanoseconds as the pair of events of an X2: low part, then high part.
  @inlinable
  public static func timestamp(quarters: UInt32, seconds: UInt32, label: Int) -> (low: UInt64, high: UInt64) {
    (
      TransmitEventWord(
        kind: Kind.timestampLow, index: quarters & 0xffff, label: label,
        soft: UInt16(truncatingIfNeeded: quarters >> 16)
      ).word,
      TransmitEventWord(kind: Kind.timestampHigh, index: seconds & 0xffff, label: label).word
    )
  }
}
