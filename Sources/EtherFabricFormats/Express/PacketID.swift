/// The name of a received frame on X3 and X4: the number in a receive event, which the reader releases.
///
/// Bits 0-15 slot in its superbuf, 16-26 superbuf, 27-29 index of the queue in the VI (not hardware's number), 30 zero,
/// 31 zero outside of the library. Source: facts sheet, section 10.
@frozen
public struct PacketID: Equatable, Hashable, Sendable {
  public var word: UInt32

  @inlinable public init(word: UInt32) { self.word = word }

  @inlinable
  public init(queue: Int, superbuf: Int, slot: Int) {
    word =
      UInt32(truncatingIfNeeded: slot & 0xffff) | UInt32(truncatingIfNeeded: superbuf & 0x7ff) << 16
      | UInt32(truncatingIfNeeded: queue & 7) << 27
  }

  /// Slot in the superbuf.
  @inlinable public var slot: Int { Int(word & 0xffff) }
  /// Superbuf of the queue.
  @inlinable public var superbuf: Int { Int(word >> 16 & 0x7ff) }
  /// Index of the queue in the VI.
  @inlinable public var queue: Int { Int(word >> 27 & 7) }
  /// Bit 31, where a reader keeps the sentinel that it expects.
  @inlinable public var isMarked: Bool { word >> 31 != 0 }

  /// Offset of the slot where the superbufs of all queues lie one after the other, `SuperbufLayout.maximumSuperbufs`
  /// a queue.
  @inlinable
  public var offset: Int {
    Int(word >> 16 & 0x3fff) * SuperbufLayout.size + slot * SuperbufLayout.slotSize
  }

  /// The name of the slot at `offset`, the reverse of `offset`.
  @inlinable
  public init(offset: Int) {
    word =
      UInt32(truncatingIfNeeded: offset / SuperbufLayout.size & 0x3fff) << 16
      | UInt32(truncatingIfNeeded: offset % SuperbufLayout.size / SuperbufLayout.slotSize)
  }
}
