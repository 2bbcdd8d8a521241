import CLinuxShims
import EtherFabric
import EtherFabricFormats
import Glibc
import Synchronization

/// The memory of an event queue, kept while an interface uses it.
final class EventQueueMemory {
  let state: UnsafeMutablePointer<EventQueueState>
  let slots: UnsafeMutableRawPointer
  let capacity: Int
  let owner: UInt32
  /// Readable when there may be an event: the queue's own signal, and the wire's where nobody else serves it.
  let waitDescriptor: Int32
  private let signal: Int32
  private let pages: InterfacePages
  /// Labels in use or at rest, by bit.
  private var labels: UInt32 = 0
  /// Labels of interfaces that are gone, and where the queue stood then: events of theirs may still be in it.
  private var resting: [(label: Int, write: UInt32)] = []

  private let counters: AdapterCounters
  private let counterSlot: Int

  init(
    capacity: Int, owner: UInt32, wireDescriptor: Int32, port: UnsafeMutablePointer<PortState>, hasTimer: Bool,
    counters: AdapterCounters
  ) throws(EtherFabricError) {
    pages = try InterfacePages(capacity * 8, for: "an event queue of \(capacity) events")
    signal = efvi_wake_create()
    waitDescriptor = efvi_wait_create()
    guard signal >= 0, waitDescriptor >= 0 else {
      let code = -min(signal, waitDescriptor)
      if signal >= 0 { close(signal) }
      if waitDescriptor >= 0 { close(waitDescriptor) }
      throw EtherFabricError(
        EmulatedAdapter.allocateCall, errno: code, reason: "no descriptor to wait on",
        remedy: "Raise the limit of open files (ulimit -n).")
    }
    for descriptor in [signal, wireDescriptor] where descriptor >= 0 {
      _ = efvi_wait_add(waitDescriptor, descriptor)
    }
    self.capacity = capacity
    self.owner = owner
    let words = counters.openEventQueue(owner: owner)
    self.counters = counters
    counterSlot = words.slot
    slots = pages.base
    memset(slots, 0xff, capacity * 8)
    state = .allocate(cacheAligned: 1)
    state.initialize(
      to: EventQueueState(
        slots: slots, capacity: capacity, wake: signal, wait: waitDescriptor, port: port, instance: owner,
        hasTimer: hasTimer, counters: words.counters))
  }

  deinit {
    counters.closeEventQueue(counterSlot)
    if state.pointee.timer.descriptor >= 0 { close(state.pointee.timer.descriptor) }
    close(signal)
    close(waitDescriptor)
    state.deallocate()
  }

  /// Whether an interface has the queue.
  var isUsed: Bool { labels.nonzeroBitCount > resting.count }

  /// A label for a new interface, nil where all are in use or at rest. Under the claim.
  func takeLabel() -> Int? {
    resting.removeAll { entry in
      guard isRead(before: entry.write) else { return false }
      labels &= ~(1 << UInt32(entry.label))
      return true
    }
    guard labels != .max else { return nil }
    let label = (~labels).trailingZeroBitCount
    labels |= 1 << UInt32(label)
    return label
  }

  /// Takes a label back that no interface got. Under the claim.
  func giveBack(_ label: Int) { labels &= ~(1 << UInt32(label)) }

  /// Takes a label back. It rests until all events from before have been read, so that none of them is taken for one of
  /// the next interface with the label. Under the claim.
  func rest(_ label: Int) { resting.append((label, state.pointee.write)) }

  /// Whether the reader has cleared the slot before an index, or the queue has gone round since.
  private func isRead(before index: UInt32) -> Bool {
    guard state.pointee.write &- index < UInt32(capacity) else { return true }
    return state.pointee.slots[Int((index &- 1) & state.pointee.mask)].load(ordering: .acquiring) == .max
  }
}
