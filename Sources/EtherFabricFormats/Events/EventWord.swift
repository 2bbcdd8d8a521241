/// An EF10 event as the adapter writes it: one aligned 64-bit word.
///
/// Bits 60-63 are the code. A slot is empty while either half is all ones, so an event is written as one word and
/// is valid once **both** halves differ from `0xffffffff`. Source: facts sheet, section 3.
@frozen
public struct EventWord: Equatable, Sendable {
  public var word: UInt64

  @inlinable public init(word: UInt64) { self.word = word }

  /// An empty slot.
  public static let empty = EventWord(word: .max)

  @inlinable
  public var isPresent: Bool {
    UInt32(truncatingIfNeeded: word) != .max && UInt32(truncatingIfNeeded: word >> 32) != .max
  }

  /// Bits 60-63.
  @inlinable public var code: UInt8 { UInt8(truncatingIfNeeded: word >> 60) }
  /// Bits 16-20 of receive and transmit events: the queue label.
  @inlinable public var label: Int { Int(truncatingIfNeeded: word >> 16 & 0x1f) }

  /// Values of `code` (`ESE_DZ_EV_CODE_*`).
  public enum Code {
    public static let receive: UInt8 = 0
    public static let transmit: UInt8 = 2
    public static let driver: UInt8 = 5
    public static let mcdi: UInt8 = 12
  }
}
