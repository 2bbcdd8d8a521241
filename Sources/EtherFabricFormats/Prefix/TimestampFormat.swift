/// `enum ef_timestamp_format`. The unit in which an adapter counts the part of a second, in receive prefixes, transmit
/// events and time syncs. Source: facts sheet, sections 3 and 4; golden values in the tests.
@frozen
public enum TimestampFormat: UInt8, Sendable {
  /// `TS_FORMAT_SECONDS_27FRACTION`: 2^-27 of a second. 7000 and 8000 series.
  case fraction27 = 0
  /// `TS_FORMAT_SECONDS_QTR_NANOSECONDS`: quarters of a nanosecond. X2 and later.
  case quarterNanoseconds = 1

  @inlinable
  public var ticksPerSecond: UInt32 {
    switch self {
    case .fraction27: 1 << 27
    case .quarterNanoseconds: ReceivePrefix.second
    }
  }

  /// Where the six bits of a time-sync event stand.
  @inlinable
  public var syncShift: UInt32 {
    switch self {
    case .fraction27: 21
    case .quarterNanoseconds: 26
    }
  }

  /// Whether a stamp in a receive prefix says that there is none.
  @inlinable
  public func isMissing(_ stamp: UInt32) -> Bool {
    switch self {
    case .fraction27: stamp & 0x8000_0000 != 0
    case .quarterNanoseconds: stamp == ReceivePrefix.noTimestamp
    }
  }

  /// A stamp of a receive prefix with a correction in ticks added, within a second. The adapter may overrun a second by
  /// a few ticks before it carries, and the correction may reach into the second before.
  @inlinable
  public func minor(_ stamp: UInt32, correction: Int32) -> UInt32 {
    let corrected = Int64(stamp) &+ Int64(correction)
    switch self {
    case .fraction27: return UInt32(truncatingIfNeeded: corrected) & 0x7ff_ffff
    case .quarterNanoseconds:
      let second = Int64(ReceivePrefix.second)
      if corrected < 0 { return UInt32(truncatingIfNeeded: corrected &+ second) }
      return UInt32(truncatingIfNeeded: corrected < second ? corrected : corrected &- second)
    }
  }

  /// What the host makes of a receive correction that the driver tells. Half a nanosecond is added to one in quarters,
  /// so that whole nanoseconds cut from a stamp are the nearest.
  @inlinable
  public func rounded(correction: Int) -> Int32 {
    Int32(clamping: self == .quarterNanoseconds && correction <= -2 ? correction + 2 : correction)
  }

  /// Ticks as nanoseconds and 1/65536 of a nanosecond. More than a second of ticks is more than 10^9 nanoseconds.
  @inlinable
  public func nanoseconds(_ ticks: UInt32) -> (whole: UInt32, fraction: UInt16) {
    switch self {
    case .fraction27:
      let product = UInt64(ticks) &* 1_000_000_000
      return (UInt32(truncatingIfNeeded: product >> 27), UInt16(truncatingIfNeeded: product >> 11))
    case .quarterNanoseconds: return (ticks >> 2, UInt16(truncatingIfNeeded: ticks & 3) << 14)
    }
  }

  /// Nanoseconds below a second as ticks, rounded down.
  @inlinable
  public func ticks(nanoseconds: UInt32) -> UInt32 {
    switch self {
    case .fraction27: UInt32(truncatingIfNeeded: UInt64(nanoseconds) << 27 / 1_000_000_000)
    case .quarterNanoseconds: nanoseconds << 2
    }
  }
}
