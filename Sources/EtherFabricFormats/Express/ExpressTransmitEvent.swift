/// A transmit completion of an X3 or X4, type 1 (`EFCT_TX_EVENT_*`).
///
/// Bits 0-31 quarter nanoseconds, 32-39 low 8 bits of the seconds, 40-47 sequence, 48-49 timestamp status, 50-55 label,
/// 59 phase, 60-63 type. Source: facts sheet, section 10.
@frozen
public struct ExpressTransmitEvent: Equatable, Sendable {
  public var word: UInt64

  @inlinable public init(word: UInt64) { self.word = word }

  /// - Parameters:
  ///   - sequence: number of the last completed frame, counted from 0 modulo 256; it completes all before it.
  ///   - partialSeconds: low 8 bits of the seconds.
  ///   - quarters: quarter nanoseconds of the second.
  ///   - timestampStatus: 0 for none; any other value makes a timestamp event of one frame.
  @inlinable
  public init(
    sequence: UInt8, label: Int, partialSeconds: UInt8 = 0, quarters: UInt32 = 0, timestampStatus: UInt8 = 0,
    phase: Bool
  ) {
    let time = UInt64(quarters) | UInt64(partialSeconds) << 32
    word =
      UInt64(ExpressEventWord.Kind.transmit) << 60 | time | UInt64(sequence) << 40 | UInt64(timestampStatus & 3) << 48
      | UInt64(truncatingIfNeeded: label & 0x3f) << 50 | (phase ? ExpressEventWord.phaseBit : 0)
  }

  @inlinable public var sequence: UInt8 { UInt8(truncatingIfNeeded: word >> 40) }
  @inlinable public var label: Int { Int(truncatingIfNeeded: word >> 50 & 0x3f) }
  /// Low 8 bits of the seconds.
  @inlinable public var partialSeconds: UInt8 { UInt8(truncatingIfNeeded: word >> 32) }
  /// Quarter nanoseconds of the second.
  @inlinable public var quarters: UInt32 { UInt32(truncatingIfNeeded: word) }
  @inlinable public var timestampStatus: UInt8 { UInt8(truncatingIfNeeded: word >> 48 & 3) }
  @inlinable public var phase: Bool { word & ExpressEventWord.phaseBit != 0 }

  /// The whole seconds, given those of the last time sync: the same second or the one after.
  @inlinable
  public func seconds(since sync: UInt32) -> UInt32 {
    partialSeconds == UInt8(truncatingIfNeeded: sync &+ 1) ? sync &+ 1 : sync
  }
}
