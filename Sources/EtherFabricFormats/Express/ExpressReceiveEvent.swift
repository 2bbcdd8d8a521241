/// A receive event of an X3 or X4, type 0 (`EFCT_RX_EVENT_*`). Frames are found in the superbufs; readers only count
/// these, for the slots that they free.
///
/// Bits 0-15 frames, 16-23 label, 57 rollover, 58 flow lookup, 59 phase. Source: facts sheet, section 10.
@frozen
public struct ExpressReceiveEvent: Equatable, Sendable {
  public var word: UInt64

  @inlinable public init(word: UInt64) { self.word = word }

  /// - Parameters:
  ///   - packets: frames, 1 with a rollover.
  ///   - rollover: the adapter left a superbuf before it was full; stands for the events of a whole superbuf.
  @inlinable
  public init(packets: Int, label: UInt8, rollover: Bool, flowLookup: Bool = false, phase: Bool) {
    word =
      UInt64(truncatingIfNeeded: packets & 0xffff) | UInt64(label) << 16 | (rollover ? 1 << 57 : 0)
      | (flowLookup ? 1 << 58 : 0) | (phase ? ExpressEventWord.phaseBit : 0)
  }

  @inlinable public var packets: Int { Int(truncatingIfNeeded: word & 0xffff) }
  @inlinable public var label: UInt8 { UInt8(truncatingIfNeeded: word >> 16) }
  @inlinable public var rollover: Bool { word & 1 << 57 != 0 }
  @inlinable public var flowLookup: Bool { word & 1 << 58 != 0 }
  @inlinable public var phase: Bool { word & ExpressEventWord.phaseBit != 0 }

  /// Event queue slots that the reader may give out again for this event.
  @inlinable
  public var freedSlots: Int { packets + (rollover ? SuperbufLayout.slots - 1 : 0) }
}
