/// An EF10 transmit descriptor that leads the sends after it into a transmit alternative, or back to the wire.
///
/// An option descriptor of type 2: bits 48-52 virtual FIFO, 59 select, 60-62 type, 63 option. It takes a slot of the
/// ring, has no request id and gets no completion. Source: facts sheet, section 1.
@frozen
public struct AlternativeDescriptor: Equatable, Sendable {
  public var word: UInt64

  @inlinable public init(word: UInt64) { self.word = word }

  /// Type of the option descriptor, bits 60-62.
  public static let optionType: UInt8 = 2
  /// The FIFO number that stands for the normal path.
  public static let normalPath: UInt8 = 0x1f

  /// - Parameter alternative: hardware's number of the alternative, 0 to 30; nil leads back to the normal path.
  @inlinable
  public init(alternative: Int?) {
    let fifo = alternative.map { UInt64(truncatingIfNeeded: $0) & 0x1f } ?? UInt64(Self.normalPath)
    word = 1 << 63 | UInt64(Self.optionType) << 60 | 1 << 59 | fifo << 48
  }

  /// Number of the virtual FIFO, `normalPath` for none.
  @inlinable public var fifo: UInt8 { UInt8(truncatingIfNeeded: word >> 48 & 0x1f) }
  /// Hardware's number of the alternative, nil for the normal path.
  @inlinable public var alternative: Int? { fifo == Self.normalPath ? nil : Int(fifo) }

  /// Whether a transmit descriptor is one of these.
  @inlinable
  public static func isAlternative(_ word: UInt64) -> Bool { word >> 59 == UInt64(8 | optionType) << 1 | 1 }
}
