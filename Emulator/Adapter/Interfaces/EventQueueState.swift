import CLinuxShims
import EtherFabric
import EtherFabricFormats
import Synchronization

/// The adapter's side of an event queue.
struct EventQueueState {
  let slots: UnsafeMutablePointer<Atomic<UInt64>>
  let mask: UInt32
  /// Index of the next event, free running.
  var write: UInt32 = 0
  /// What the next event is waited for by.
  var attention: Attention = []
  /// Signals a sleeper.
  let wake: Int32
  /// What a sleeper polls.
  let wait: Int32
  /// In memory that others may look at.
  let counters: UnsafeMutablePointer<EventQueueCounters>
  /// Interfaces of this queue that want timestamps, and with them time syncs.
  var stampCount = 0

  let port: UnsafeMutablePointer<PortState>
  /// Instance of the interface that owns the queue.
  let instance: UInt32
  /// The queue was allocated with a timer.
  let hasTimer: Bool
  var timer = EventTimer()
  /// A reset has ended the queue: nothing is written any more until it starts again.
  var isHalted = false

  init(
    slots: UnsafeMutableRawPointer, capacity: Int, wake: Int32, wait: Int32, port: UnsafeMutablePointer<PortState>,
    instance: UInt32, hasTimer: Bool, counters: UnsafeMutablePointer<EventQueueCounters>
  ) {
    self.slots = slots.assumingMemoryBound(to: Atomic<UInt64>.self)
    mask = UInt32(capacity - 1)
    self.wake = wake
    self.wait = wait
    self.port = port
    self.instance = instance
    self.hasTimer = hasTimer
    self.counters = counters
  }

  /// Who waits for the next event.
  struct Attention: OptionSet {
    let rawValue: UInt8
    /// A sleeper.
    static let sleeper = Attention(rawValue: 1)
    /// The event timer, to start.
    static let timer = Attention(rawValue: 2)
  }
}

extension UnsafeMutablePointer where Pointee == EventQueueState {
  /// Writes one event. Release: what the event tells of is in memory before it. The hardware does not look whether
  /// there is room, and neither does this; the reader finds out.
  @inline(__always)
  func post(_ word: UInt64) {
    let slot = Int(pointee.write & pointee.mask)
    if pointee.slots[slot].load(ordering: .relaxed) != .max { pointee.counters.pointee.overflows &+= 1 }
    pointee.slots[slot].store(word, ordering: .releasing)
    pointee.write &+= 1
    if !pointee.attention.isEmpty { attend() }
  }

  /// Gives the event that was written to those who wait for it.
  @inline(never)
  private func attend() {
    if pointee.attention.contains(.timer) { pointee.port.startTimer(self, at: pointee.port.pointee.clock.elapsed()) }
    if pointee.attention.contains(.sleeper) { signal() }
  }

  func signal() {
    pointee.attention.remove(.sleeper)
    pointee.counters.pointee.wakeUps &+= 1
    efvi_wake_signal(pointee.wake)
  }

  /// Forgets a signal that its sleeper has had.
  func clearSignal() { efvi_wake_clear(pointee.wake) }

  /// Whether the adapter may write an event without losing one.
  var hasRoom: Bool { pointee.slots[Int(pointee.write & pointee.mask)].load(ordering: .relaxed) == .max }

  /// Starts from the beginning: all slots empty, the timer off.
  func reset() {
    for slot in 0...Int(pointee.mask) { pointee.slots[slot].store(.max, ordering: .relaxed) }
    pointee.write = 0
    pointee.isHalted = false
    pointee.port.stopTimer(self)
  }
}
