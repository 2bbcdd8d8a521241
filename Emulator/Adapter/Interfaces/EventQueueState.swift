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
  /// A sleeper waits for an event.
  var isPrimed = false
  /// Signals a sleeper.
  let wake: Int32
  /// Events written over one that had not been read.
  var overflows: UInt64 = 0
  var written: UInt64 = 0
  /// Interfaces of this queue that want timestamps, and with them time syncs.
  var stampCount = 0

  init(slots: UnsafeMutableRawPointer, capacity: Int, wake: Int32) {
    self.slots = slots.assumingMemoryBound(to: Atomic<UInt64>.self)
    mask = UInt32(capacity - 1)
    self.wake = wake
  }
}

extension UnsafeMutablePointer where Pointee == EventQueueState {
  /// Writes one event. Release: what the event tells of is in memory before it. The hardware does not look whether
  /// there is room, and neither does this; the reader finds out.
  @inline(__always)
  func post(_ word: UInt64) {
    let slot = Int(pointee.write & pointee.mask)
    if pointee.slots[slot].load(ordering: .relaxed) != .max { pointee.overflows &+= 1 }
    pointee.slots[slot].store(word, ordering: .releasing)
    pointee.write &+= 1
    pointee.written &+= 1
    if pointee.isPrimed { signal() }
  }

  @inline(never)
  func signal() {
    pointee.isPrimed = false
    efvi_wake_signal(pointee.wake)
  }

  /// Forgets a signal that its sleeper has had.
  func clearSignal() { efvi_wake_clear(pointee.wake) }

  /// Starts from the beginning: all slots empty.
  func reset() {
    for slot in 0...Int(pointee.mask) { pointee.slots[slot].store(.max, ordering: .relaxed) }
    pointee.write = 0
  }
}
