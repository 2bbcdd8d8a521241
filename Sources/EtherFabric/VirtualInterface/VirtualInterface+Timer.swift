import EtherFabricFormats

#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif

/// The event timer, one for each event queue. It has to be asked for with `InterfaceFlags.eventTimer` on the interface
/// that owns the queue; without, and on EFCT and EF10CT, these calls do nothing.
///
/// When it runs out, the adapter writes a timer event. A poll gives no `Event` for it: it is counted in
/// `EventCounts.timers`, and it wakes whoever sleeps on the queue. Times are rounded up to whole ticks of
/// `eventTimerQuantum`, at least one, and cut at `eventTimerLimit`.
extension VirtualInterface {
  /// `ef_eventq_timer_prime`. Starts the timer with the next event of the queue, whatever it was doing.
  public mutating func primeEventTimer(_ time: Duration) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return state.setEventTimer(interface, time) { ciul_ef_eventq_timer_prime($0, $1) }
      }
    #endif
    setEventTimer(.startOnNextEvent, time)
  }

  /// `ef_eventq_timer_run`. Starts the timer now, whatever it was doing.
  public mutating func runEventTimer(_ time: Duration) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return state.setEventTimer(interface, time) { ciul_ef_eventq_timer_run($0, $1) }
      }
    #endif
    setEventTimer(.immediate, time)
  }

  /// `ef_eventq_timer_clear`. Stops the timer. A timer event that is in the queue already stays.
  public mutating func clearEventTimer() {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return ciul_ef_eventq_timer_clear(interface) }
    #endif
    writeEventTimer(TimerRegister(mode: .off, value: 0))
  }

  /// `ef_eventq_timer_zero`. Lets the timer run out as soon as the next event has come.
  public mutating func zeroEventTimer() {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return ciul_ef_eventq_timer_zero(interface) }
    #endif
    writeEventTimer(TimerRegister(mode: .startOnNextEvent, value: 1))
  }

  /// One tick of the timer; zero where there is none.
  public var eventTimerQuantum: Duration { .nanoseconds(Int64(state.pointee.timerQuantum)) }

  /// The longest time that the timer can be set to: 16383 ticks.
  public var eventTimerLimit: Duration { eventTimerQuantum * Int(TimerRegister.maximumValue) }

  private mutating func setEventTimer(_ mode: TimerRegister.Mode, _ time: Duration) {
    let quantum = Int64(state.pointee.timerQuantum)
    guard quantum > 0 else { return }
    let (seconds, attoseconds) = time.components
    var ticks = Int64(TimerRegister.maximumValue)
    // Longer than any quantum of 32 bits lasts.
    if seconds < 100_000 {
      let nanoseconds = max(0, seconds) * 1_000_000_000 + (attoseconds + 999_999_999) / 1_000_000_000
      ticks = min(max(1, (max(0, nanoseconds) + quantum - 1) / quantum), ticks)
    }
    writeEventTimer(TimerRegister(mode: mode, value: UInt32(ticks)))
  }

  private mutating func writeEventTimer(_ register: TimerRegister) {
    guard state.pointee.timerQuantum > 0, state.pointee.express == nil else { return }
    state.command(DoorbellPage.eventQueueTimer, UInt64(register.word))
  }
}
