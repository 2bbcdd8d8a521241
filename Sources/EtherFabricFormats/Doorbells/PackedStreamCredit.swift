/// The grant of packed-stream credits at `DoorbellPage.receiveDoorbell`: bit 11 set, bits 0-10 the count.
///
/// Without bit 11 the same register carries the receive write index. Source: facts sheet, sections 5 and 9.
public enum PackedStreamCredit {
  /// `ES_DZ_PS_MAGIC_DOORBELL_CREDIT`, the mark of a grant.
  public static let bit: UInt32 = 1 << 11

  /// The word which grants `count` credits more.
  @inlinable
  public static func word(_ count: Int) -> UInt32 { bit | UInt32(truncatingIfNeeded: count & 0x7ff) }

  /// The credits that a word grants, nil for a write index.
  @inlinable
  public static func count(of word: UInt32) -> Int? { word & bit != 0 ? Int(word & 0x7ff) : nil }
}
