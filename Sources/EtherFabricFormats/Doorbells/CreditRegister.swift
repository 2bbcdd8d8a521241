/// The register by which the reader of an express event queue lets unsolicited events in, 32 bits
/// (`EFCT_EVQ_UNSOL_*`) at `DoorbellPage.eventCredits`.
///
/// Bits 0-15 sequence (as many bits of it count as the adapter's design parameters say), 16 clears an overflow. The
/// reader starts from `initialSequence`, adds one at each time sync event, and starts anew after an overflow event.
/// Source: facts sheet, section 10.
@frozen
public struct CreditRegister: Equatable, Sendable {
  public var word: UInt32

  @inlinable public init(word: UInt32) { self.word = word }

  /// The sequence that a new queue counts from, and that clears an overflow: one less than the slots that a queue has
  /// for time sync events, since the overflow event takes a slot.
  public static let initialSequence: UInt32 = 99

  /// - Parameter sequence: events let in so far, already cut to the design parameter's mask.
  @inlinable
  public init(sequence: UInt32, clearsOverflow: Bool) {
    word = sequence & 0xffff | (clearsOverflow ? 1 << 16 : 0)
  }

  @inlinable public var sequence: UInt32 { word & 0xffff }
  /// The reader has seen the overflow event and wants events again.
  @inlinable public var clearsOverflow: Bool { word & 1 << 16 != 0 }
}
