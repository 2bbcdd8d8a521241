/// An EF10 transmit descriptor for a packet that already lies in the PIO buffer, 8 bytes (`ESF_DZ_TX_PIO_*`).
///
/// An option descriptor of type 1: bits 0-11 offset in the PIO buffer, 32-43 byte count, 59 CONT (more fragments
/// follow), 60-62 type, 63 option. Source: facts sheet, section 1.
@frozen
public struct PIODescriptor: Equatable, Sendable {
  public var word: UInt64

  @inlinable public init(word: UInt64) { self.word = word }

  /// Type of the option descriptor, bits 60-62.
  public static let optionType: UInt8 = 1
  /// The largest fragment that the count field can carry, in bytes.
  public static let maximumLength = 0xfff
  /// A packet begins at a multiple of this many bytes; any other offset is refused.
  public static let offsetAlignment = 64

  @inlinable
  public init(offset: Int, length: Int, continues: Bool) {
    word =
      1 << 63 | UInt64(Self.optionType) << 60 | UInt64(truncatingIfNeeded: offset & 0xfff)
      | UInt64(truncatingIfNeeded: length & Self.maximumLength) << 32 | (continues ? 1 << 59 : 0)
  }

  /// Offset of the fragment in the PIO buffer, in bytes.
  @inlinable public var offset: Int { Int(truncatingIfNeeded: word & 0xfff) }
  /// Bytes of the fragment.
  @inlinable public var length: Int { Int(truncatingIfNeeded: word >> 32 & 0xfff) }
  /// More fragments of the same packet follow.
  @inlinable public var continues: Bool { word & 1 << 59 != 0 }

  /// Whether a transmit descriptor is one of these.
  @inlinable
  public static func isPIO(_ word: UInt64) -> Bool { word >> 60 == UInt64(8 | optionType) }
}
