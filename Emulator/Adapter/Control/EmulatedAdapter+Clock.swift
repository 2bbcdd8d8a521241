import EtherFabric
import EtherFabricFormats

/// The adapter's clock in the hands of a test.
extension EmulatedAdapter {
  /// Nanoseconds since the epoch on the adapter's clock.
  public var clockNow: UInt64 { port.withClaim { port.pointee.clock.now() } }

  /// Sets a manual clock. Time syncs, event timers and delayed frames follow with the next service.
  /// - Precondition: the adapter was opened with `clock=manual`.
  public func setClock(_ nanoseconds: UInt64) {
    precondition(settings.hasManualClock, "the clock of this adapter is the system's: open it with clock=manual")
    port.withClaim {
      port.pointee.clock.manualNow = nanoseconds
      port.wakeTimers()
    }
  }

  /// Moves a manual clock on.
  public func advanceClock(by nanoseconds: UInt64) {
    precondition(settings.hasManualClock, "the clock of this adapter is the system's: open it with clock=manual")
    port.withClaim {
      port.pointee.clock.manualNow &+= nanoseconds
      port.wakeTimers()
    }
  }

  /// Steps what the clock shows, forwards or backwards, while no time passes: what setting the clock of an adapter does.
  /// The next time sync tells of it when it is due, and not before.
  public func stepClock(by nanoseconds: Int64) { port.withClaim { port.pointee.clock.step(by: nanoseconds) } }

  /// Lets the clock run too fast from now on, or too slow, by parts in 10^9.
  /// - Precondition: at most half as fast again, or half as slow.
  public func setClockDrift(partsPerBillion: Int64) {
    precondition((-500_000_000...500_000_000).contains(partsPerBillion), "a clock drifts by half its speed at most")
    port.withClaim { port.pointee.clock.setDrift(partsPerBillion) }
  }

  /// What the next time-sync events say of the clock. The first of them is due at once.
  public func setClockState(isSet: Bool, isInSync: Bool) {
    port.withClaim {
      port.pointee.clock.isSet = isSet
      port.pointee.clock.isInSync = isInSync
      port.pointee.clock.lastSync = 0
    }
  }

  /// Stops the time syncs, as where they are lost, or lets them go on.
  public func setTimeSyncs(on: Bool) { port.withClaim { port.pointee.clock.sendsSyncs = on } }

  /// The clock as the settings want it. Before anything else knows the port.
  func setUpClock() {
    port.pointee.clock.isSet = settings.isClockSet
    port.pointee.clock.isInSync = settings.isClockInSync
    if settings.clockOffset != 0 { port.pointee.clock.step(by: settings.clockOffset) }
    if settings.clockDrift != 0 { port.pointee.clock.setDrift(settings.clockDrift) }
    port.pointee.clock.format = Self.timestampFormat(settings.generation)
    port.pointee.clock.receiveCorrection = Int64(
      port.pointee.clock.format.rounded(correction: settings.receiveStampCorrection))
    port.pointee.clock.transmitCorrection = Int64(settings.transmitStampCorrection / 4)
  }

  /// Since the X2 stamps are quarters of a nanosecond.
  static func timestampFormat(_ generation: Generation) -> TimestampFormat {
    generation == .sfc8000 ? .fraction27 : .quarterNanoseconds
  }

  /// For the configuration.
  var clockDescription: String {
    var text = settings.hasManualClock ? "manual" : "system (software timestamps)"
    if settings.clockOffset != 0 { text += ", offset \(settings.clockOffset) ns" }
    if settings.clockDrift != 0 { text += ", drift \(settings.clockDrift) ppb" }
    return text
  }
}
