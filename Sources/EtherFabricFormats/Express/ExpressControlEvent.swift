/// A control event of an X3 or X4, type 3: overflow, time sync, flush or error (`EFCT_CTRL_*`).
///
/// Bits 53-58 sub-type, 59 phase, 60-63 type; the rest by sub-type. Source: facts sheet, section 10.
@frozen
public struct ExpressControlEvent: Equatable, Sendable {
  public var word: UInt64

  @inlinable public init(word: UInt64) { self.word = word }

  /// Values of `subtype`.
  public enum Subtype {
    /// The reader granted too few unsolicited credits.
    public static let overflow: UInt8 = 0
    public static let timeSync: UInt8 = 1
    public static let flush: UInt8 = 2
    public static let error: UInt8 = 3
  }

  /// Where an error event carries the queue label.
  public enum LabelPosition: Sendable {
    /// Bits 4-9.
    case x3
    /// Bits 24-31.
    case x4
  }

  /// Bits 53-58.
  @inlinable public var subtype: UInt8 { UInt8(truncatingIfNeeded: word >> 53 & 0x3f) }
  @inlinable public var phase: Bool { word & ExpressEventWord.phaseBit != 0 }

  /// A control event with the fields of its sub-type at their place.
  @inlinable
  init(subtype: UInt8, fields: UInt64, phase: Bool) {
    word =
      UInt64(ExpressEventWord.Kind.control) << 60 | UInt64(subtype) << 53 | fields
      | (phase ? ExpressEventWord.phaseBit : 0)
  }

  /// Unsolicited events were lost: the reader did not grant enough of them.
  @inlinable
  public static func overflow(phase: Bool) -> ExpressControlEvent {
    ExpressControlEvent(subtype: Subtype.overflow, fields: 0, phase: phase)
  }

  /// The adapter's time, four times a second.
  ///
  /// - Parameter quarters: quarter nanoseconds of the second; the event keeps the top 16 bits.
  @inlinable
  public static func timeSync(
    seconds: UInt32, quarters: UInt32, inSync: Bool, isSet: Bool, phase: Bool
  ) -> ExpressControlEvent {
    let time = UInt64(seconds) << 16 | UInt64(quarters >> 16)
    return ExpressControlEvent(
      subtype: Subtype.timeSync, fields: time | (inSync ? 1 << 48 : 0) | (isSet ? 1 << 49 : 0), phase: phase)
  }

  /// The queue is empty and will write no more.
  @inlinable
  public static func flush(isReceive: Bool, label: Int, queue: UInt8, phase: Bool) -> ExpressControlEvent {
    let fields =
      (isReceive ? 1 : 0) | UInt64(truncatingIfNeeded: label & 0x3f) << 4 | UInt64(queue) << 16
    return ExpressControlEvent(subtype: Subtype.flush, fields: fields, phase: phase)
  }

  /// The queue has stopped; after this comes nothing but its flush.
  ///
  /// - Parameters:
  ///   - label: 6 bits on X3, 8 on X4.
  ///   - position: which adapter.
  @inlinable
  public static func error(
    isReceive: Bool, label: Int, reason: ExpressErrorReason, queue: UInt8, position: LabelPosition, phase: Bool
  ) -> ExpressControlEvent {
    let place =
      position == .x3
      ? UInt64(truncatingIfNeeded: label & 0x3f) << 4 : UInt64(truncatingIfNeeded: label & 0xff) << 24
    let fields = (isReceive ? 1 : 0) | place | UInt64(reason.rawValue) << 10 | UInt64(queue) << 16
    return ExpressControlEvent(subtype: Subtype.error, fields: fields, phase: phase)
  }

  /// Time sync: seconds.
  @inlinable public var seconds: UInt32 { UInt32(truncatingIfNeeded: word >> 16) }
  /// Time sync: quarter nanoseconds of the second, the low 16 bits zero.
  @inlinable public var quarters: UInt32 { UInt32(truncatingIfNeeded: word & 0xffff) << 16 }
  /// Time sync: the adapter's clock is in sync with its master.
  @inlinable public var inSync: Bool { word & 1 << 48 != 0 }
  /// Time sync: the adapter's clock has been set.
  @inlinable public var isSet: Bool { word & 1 << 49 != 0 }

  /// Flush and error: a receive queue, not a transmit queue.
  @inlinable public var isReceive: Bool { word & 0xf == 1 }
  /// Flush and error: hardware's number of the queue.
  @inlinable public var queue: UInt8 { UInt8(truncatingIfNeeded: word >> 16) }
  /// Flush: label of the queue.
  @inlinable public var label: Int { Int(truncatingIfNeeded: word >> 4 & 0x3f) }

  /// Error: label of the queue.
  @inlinable
  public func errorLabel(at position: LabelPosition) -> Int {
    position == .x3 ? label : Int(truncatingIfNeeded: word >> 24 & 0xff)
  }

  /// Error: bits 10-15, what happened.
  @inlinable public var reasonCode: UInt8 { UInt8(truncatingIfNeeded: word >> 10 & 0x3f) }
  /// Error: what happened, nil for a code without a name.
  @inlinable public var reason: ExpressErrorReason? { ExpressErrorReason(rawValue: reasonCode) }
}
