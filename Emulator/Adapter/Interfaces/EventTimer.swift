import CLinuxShims
import EtherFabricFormats

/// The timer of an event queue, as its register set it.
struct EventTimer {
  var mode = TimerRegister.Mode.off
  /// Ticks that it runs when it starts, and those that it starts with again; 0 for once.
  var value: UInt32 = 0
  var reload: UInt32 = 0
  /// When it runs out, on `AdapterClock.elapsed`; nil while it does not run.
  var due: UInt64?
  /// Wakes a sleeper where no thread of the adapter's looks at the clock; -1 until the timer runs for the first time.
  var descriptor: Int32 = -1

  /// Nanoseconds of a tick: in the order of what adapters have, 1536 cycles of their clock.
  static let quantum = 1000
}

extension UnsafeMutablePointer where Pointee == PortState {
  /// A store to the timer register of an event queue. Whatever the timer was doing ends.
  func setTimer(_ register: TimerRegister, _ events: UnsafeMutablePointer<EventQueueState>) {
    guard events.pointee.hasTimer, !events.pointee.isHalted, register.mode != .interruptHoldoff else {
      pointee.counters.unknownCommands &+= 1
      return
    }
    stopTimer(events)
    events.pointee.timer.mode = register.mode
    events.pointee.timer.value = register.value
    events.pointee.timer.reload = register.reload
    switch register.mode {
    case .immediate: startTimer(events, at: pointee.clock.elapsed())
    case .startOnNextEvent: events.pointee.attention.insert(.timer)
    case .off, .interruptHoldoff: break
    }
  }

  /// Lets a timer run from `time` on. One of no ticks runs out at once.
  func startTimer(_ events: UnsafeMutablePointer<EventQueueState>, at time: UInt64) {
    events.pointee.attention.remove(.timer)
    let due = time &+ UInt64(events.pointee.timer.value) &* UInt64(EventTimer.quantum)
    if events.pointee.timer.due == nil {
      pointee.timersRunning += 1
      pointee.clockUsers += 1
    }
    events.pointee.timer.due = due
    pointee.nextTimer = Swift.min(pointee.nextTimer, due)
    armDescriptor(events, due: due)
  }

  /// Stops a timer, running or waiting for its event.
  func stopTimer(_ events: UnsafeMutablePointer<EventQueueState>) {
    events.pointee.attention.remove(.timer)
    events.pointee.timer.mode = .off
    guard events.pointee.timer.due != nil else { return }
    endRun(events)
    if events.pointee.timer.descriptor >= 0 { _ = efvi_timer_arm(events.pointee.timer.descriptor, 0) }
  }

  private func endRun(_ events: UnsafeMutablePointer<EventQueueState>) {
    events.pointee.timer.due = nil
    pointee.timersRunning -= 1
    pointee.clockUsers -= 1
  }

  /// Writes the events of the timers that have run out.
  @inline(never)
  func fireTimers() {
    let now = pointee.clock.elapsed()
    guard now >= pointee.nextTimer else { return }
    pointee.nextTimer = .max
    forEachInterface { interface in
      guard let due = interface.pointee.events.pointee.timer.due else { return }
      if due <= now {
        fire(interface.pointee.events, now)
      } else {
        pointee.nextTimer = Swift.min(pointee.nextTimer, due)
      }
    }
  }

  private func fire(_ events: UnsafeMutablePointer<EventQueueState>, _ now: UInt64) {
    endRun(events)
    if events.pointee.timer.descriptor >= 0 { _ = efvi_timer_arm(events.pointee.timer.descriptor, 0) }
    events.pointee.counters.pointee.timers &+= 1
    events.post(
      ManagementEventWord.driver(subcode: ManagementEventWord.DriverKind.timer, data: events.pointee.instance & 0x3fff))
    guard events.pointee.timer.reload > 0 else {
      events.pointee.timer.mode = .off
      return
    }
    events.pointee.timer.value = events.pointee.timer.reload
    if events.pointee.timer.mode == .immediate {
      startTimer(events, at: now)
    } else {
      events.pointee.attention.insert(.timer)
    }
  }

  /// Wakes the sleepers of timers that have run out by a clock which no descriptor follows.
  func wakeTimers() {
    guard pointee.timersRunning > 0, pointee.clock.elapsed() >= pointee.nextTimer else { return }
    forEachInterface { interface in
      let events = interface.pointee.events
      guard let due = events.pointee.timer.due else { return }
      if due <= pointee.clock.elapsed() { efvi_wake_signal(events.pointee.wake) }
    }
  }

  /// Makes the wait descriptor of the queue readable when the timer runs out. A clock that a test moves wakes by itself,
  /// and so does a thread of the adapter's.
  private func armDescriptor(_ events: UnsafeMutablePointer<EventQueueState>, due: UInt64) {
    guard !pointee.clock.isManual, !pointee.watchesDoorbells else { return }
    if events.pointee.timer.descriptor < 0 {
      let descriptor = efvi_timer_create()
      guard descriptor >= 0 else { return }
      events.pointee.timer.descriptor = descriptor
      _ = efvi_wait_add(events.pointee.wait, descriptor)
    }
    let now = pointee.clock.elapsed()
    _ = efvi_timer_arm(events.pointee.timer.descriptor, due > now ? due - now : 1)
  }
}
