/// The register by which an X4 queue gets its next superbuf, 64 bits (`EFCT_RX_BUFFER_POST_*`).
///
/// Bits 0-51 DMA address in units of 4 KiB, 52 the sentinel that the adapter is to write into this superbuf's metadata,
/// 53 rollover. Source: facts sheet, section 10.
@frozen
public struct BufferPost: Equatable, Sendable {
  public var word: UInt64

  @inlinable public init(word: UInt64) { self.word = word }

  /// Superbufs that one queue can have posted and not yet filled.
  public static let maximumOutstanding = 64

  /// - Parameters:
  ///   - address: DMA address; the low 12 bits are dropped.
  ///   - sentinel: the opposite of the bit that the superbuf's first metadata word carries now.
  ///   - rollover: leave the superbuf in use for this one at once.
  @inlinable
  public init(address: UInt64, sentinel: Bool, rollover: Bool) {
    word = address >> 12 | (sentinel ? 1 << 52 : 0) | (rollover ? 1 << 53 : 0)
  }

  /// DMA address of the superbuf.
  @inlinable public var address: UInt64 { word << 12 }
  @inlinable public var sentinel: Bool { word & 1 << 52 != 0 }
  @inlinable public var rollover: Bool { word & 1 << 53 != 0 }
}
