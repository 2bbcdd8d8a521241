/// The event timer register, 32 bits at `DoorbellPage.eventQueueTimer` (`ERF_DZ_TC_TIMER_*`, `ERF_FZ_TC_TMR_REL_VAL`).
///
/// Bits 0-13 value, 14-15 mode, 16-29 reload; values in ticks of the adapter's timer quantum. The genuine library
/// writes value and mode only. Source: facts sheet, section 5.
@frozen
public struct TimerRegister: Equatable, Sendable {
  public var word: UInt32

  @inlinable public init(word: UInt32) { self.word = word }

  /// When a timer runs.
  public enum Mode: UInt8, Sendable {
    /// `ef_eventq_timer_clear`.
    case off = 0
    /// `ef_eventq_timer_run`: from now on.
    case immediate = 1
    /// `ef_eventq_timer_prime` and, with value 1, `ef_eventq_timer_zero`: from the next event on.
    case startOnNextEvent = 2
    /// The interrupt moderation of the kernel's queues.
    case interruptHoldoff = 3
  }

  /// The largest value that the register can carry, in ticks.
  public static let maximumValue: UInt32 = 0x3fff
  /// The largest value that `TransmitCommand.timer` can carry, in ticks.
  public static let maximumCommandValue: UInt32 = 0xff

  @inlinable
  public init(mode: Mode, value: UInt32, reload: UInt32 = 0) {
    word = value & Self.maximumValue | UInt32(mode.rawValue) << 14 | (reload & Self.maximumValue) << 16
  }

  @inlinable
  public var mode: Mode { Mode(rawValue: UInt8(truncatingIfNeeded: word >> 14 & 3)).unsafelyUnwrapped }
  /// Ticks until the timer fires.
  @inlinable public var value: UInt32 { word & Self.maximumValue }
  /// Ticks that the timer starts with again, 0 for once.
  @inlinable public var reload: UInt32 { word >> 16 & Self.maximumValue }

  /// Ticks of `quantum` nanoseconds that last at least `microseconds`; may be above `maximumValue`.
  @inlinable
  public static func ticks(microseconds: UInt32, quantum: UInt32) -> UInt32 {
    let quantum = UInt64(max(quantum, 1))
    return UInt32(clamping: (UInt64(microseconds) * 1000 + quantum - 1) / quantum)
  }
}
