import EtherFabric
import EtherFabricFormats

/// The adapter's clock in the hands of a test.
extension EmulatedAdapter {
  /// Nanoseconds since the epoch on the adapter's clock.
  public var clockNow: UInt64 { port.withClaim { port.pointee.clock.now() } }

  /// Sets a manual clock. Time syncs and delayed frames follow with the next service.
  /// - Precondition: the adapter was opened with `clock=manual`.
  public func setClock(_ nanoseconds: UInt64) {
    precondition(settings.hasManualClock, "the clock of this adapter is the system's: open it with clock=manual")
    port.withClaim { port.pointee.clock.manualNow = nanoseconds }
  }

  /// Moves a manual clock on.
  public func advanceClock(by nanoseconds: UInt64) {
    precondition(settings.hasManualClock, "the clock of this adapter is the system's: open it with clock=manual")
    port.withClaim { port.pointee.clock.manualNow &+= nanoseconds }
  }

  /// What the next time-sync events say of the clock.
  public func setClockState(isSet: Bool, isInSync: Bool) {
    port.withClaim {
      port.pointee.clock.isSet = isSet
      port.pointee.clock.isInSync = isInSync
      port.pointee.clock.lastSync = 0
    }
  }
}
