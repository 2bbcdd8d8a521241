/// The fields of an EF10 management (MCDI) event, code 12, and of a driver event, code 5.
/// Source: facts sheet, section 3.
@frozen
public struct ManagementEventWord: Equatable, Sendable {
  public var word: UInt64

  @inlinable public init(word: UInt64) { self.word = word }

  /// Bits 44-51 (`MCDI_EVENT_CODE_*`).
  public enum Kind {
    public static let software: UInt8 = 0x00
    public static let transmitError: UInt8 = 0x0b
    public static let transmitFlush: UInt8 = 0x0c
    public static let receiveFlush: UInt8 = 0x10
    public static let receiveError: UInt8 = 0x11
    public static let reboot: UInt8 = 0x15
    public static let timeSync: UInt8 = 0x1a
  }

  @inlinable
  public init(kind: UInt8, data: UInt32 = 0, source: UInt8 = 0) {
    word = 12 << 60 | UInt64(kind) << 44 | UInt64(source) << 36 | UInt64(data)
  }

  @inlinable public var kind: UInt8 { UInt8(truncatingIfNeeded: word >> 44) }
  @inlinable public var data: UInt32 { UInt32(truncatingIfNeeded: word) }

  /// A time-sync event: of `minor`, ticks of `format`, the upper six bits are kept.
  @inlinable
  public static func timeSync(
    seconds: UInt32, minor: UInt32, format: TimestampFormat, clockSet: Bool, inSync: Bool
  ) -> UInt64 {
    ManagementEventWord(kind: Kind.timeSync, data: seconds).word
      | (clockSet ? 1 << 36 : 0) | (inSync ? 1 << 37 : 0) | UInt64(minor >> format.syncShift & 0x3f) << 38
  }

  /// A time-sync event in the quarter-nanosecond format: `quarters` keeps its top six bits only.
  @inlinable
  public static func timeSync(seconds: UInt32, quarters: UInt32, clockSet: Bool, inSync: Bool) -> UInt64 {
    timeSync(
      seconds: seconds, minor: quarters, format: .quarterNanoseconds, clockSet: clockSet, inSync: inSync)
  }

  /// The adapter's clock has been set.
  @inlinable public var clockSet: Bool { word & 1 << 36 != 0 }
  /// The host keeps the clock in sync.
  @inlinable public var inSync: Bool { word & 1 << 37 != 0 }
  /// Top six bits of the sub-second field, at their place in quarter nanoseconds.
  @inlinable public var syncQuarters: UInt32 { syncMinor(.quarterNanoseconds) }

  /// The same in ticks of a format.
  @inlinable
  public func syncMinor(_ format: TimestampFormat) -> UInt32 {
    UInt32(truncatingIfNeeded: word >> 38 & 0x3f) << format.syncShift
  }

  /// Sub-codes of driver events (`ESE_DZ_DRV_*`).
  public enum DriverKind {
    /// A queue that was primed has an event: for the kernel.
    public static let wakeUp: UInt8 = 1
    /// The queue has been set up.
    public static let startUp: UInt8 = 2
    /// The event timer has run out.
    public static let timer: UInt8 = 3
  }

  /// A driver event (code 5) with a sub-code in bits 56-59; bits 0-13 are the event queue.
  @inlinable
  public static func driver(subcode: UInt8, data: UInt32 = 0) -> UInt64 {
    5 << 60 | UInt64(subcode & 0xf) << 56 | UInt64(data)
  }
  @inlinable public var driverSubcode: UInt8 { UInt8(truncatingIfNeeded: word >> 56 & 0xf) }
}
