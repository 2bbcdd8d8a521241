import CLinuxShims
import EmulatedAdapter
import Glibc
import Synchronization

/// Everything that the datapath of a TAP wire touches, in memory of its own.
struct TAPState: ~Copyable {
  let descriptor: Int32
  let waitDescriptor: Int32
  /// For this end itself.
  let wakeDescriptor: Int32
  /// A netlink socket, the interface's number there, and what had been dropped before.
  let statistics: Int32
  let index: Int32
  let droppedBefore: Int64
  /// Looks that found nothing.
  var emptyLooks: UInt32 = 0
  /// One question and its answer at a time.
  private let asking = Mutex(())
  /// Room for a frame on its way out, and for one that came.
  let staged: UnsafeMutableRawPointer
  let received: UnsafeMutableRawPointer
  /// Bytes of the frame that was handed out and not released; 0 where there is none.
  var receivedLength = 0
  /// The interface was deleted; its descriptor says so for ever.
  var isGone = false
  var counters: WireCounterCells
  private let ownCounters: WireCounterCells

  /// Above every MTU that a TAP can have, with headers.
  static let room = 65_536 + 128

  init(
    descriptor: Int32, waitDescriptor: Int32, wakeDescriptor: Int32, statistics: Int32, index: Int32
  ) {
    self.descriptor = descriptor
    self.statistics = statistics
    self.index = index
    droppedBefore = max(0, tap_dropped(statistics, index))
    self.waitDescriptor = waitDescriptor
    self.wakeDescriptor = wakeDescriptor
    staged = .allocate(byteCount: Self.room, alignment: 64)
    received = .allocate(byteCount: Self.room, alignment: 64)
    ownCounters = .allocate()
    counters = ownCounters
  }

  deinit {
    for open in [descriptor, statistics, waitDescriptor, wakeDescriptor] { close(open) }
    staged.deallocate()
    received.deallocate()
    ownCounters.deallocate()
  }

  mutating func count(in cells: WireCounterCells?) {
    let next = cells ?? ownCounters
    next.take(from: counters)
    counters = next
  }

  /// Counts what the kernel could not keep for this end. From any thread.
  borrowing func countKernelDrops() {
    asking.withLock { _ in
      let dropped = tap_dropped(statistics, index)
      if dropped >= droppedBefore { counters.set(.receiveDropped, UInt64(dropped - droppedBefore)) }
    }
  }

  /// Nobody is to be woken by an interface that there is no more.
  mutating func lose() {
    guard !isGone else { return }
    isGone = true
    efvi_wait_remove(waitDescriptor, descriptor)
  }
}
