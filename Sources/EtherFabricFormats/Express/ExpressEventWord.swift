/// An event of an X3 or X4 event queue: one aligned 64-bit word (`EFCT_EVENT_*`).
///
/// Bits 60-63 type, 59 phase. Slots are never cleared: an event is there when its phase is that of the reader's lap,
/// which is 0 on the first, so that a ring starts all ones. Source: facts sheet, sections 6 and 10.
@frozen
public struct ExpressEventWord: Equatable, Sendable {
  public var word: UInt64

  @inlinable public init(word: UInt64) { self.word = word }

  public static let phaseBit: UInt64 = 1 << 59
  /// What every slot of a new ring holds.
  public static let empty = ExpressEventWord(word: .max)

  /// Values of `type`.
  public enum Kind {
    public static let receive: UInt8 = 0
    public static let transmit: UInt8 = 1
    public static let control: UInt8 = 3
  }

  @inlinable public var phase: Bool { word & Self.phaseBit != 0 }
  /// Bits 60-63.
  @inlinable public var type: UInt8 { UInt8(truncatingIfNeeded: word >> 60) }

  /// The phase of an event at `position` bytes since the queue began, in a ring of `ringBytes`.
  @inlinable
  public static func phase(at position: UInt32, ringBytes: UInt32) -> Bool { position & ringBytes != 0 }
}
