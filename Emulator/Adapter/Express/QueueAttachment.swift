import EtherFabric
import EtherFabricFormats
import Glibc
import Synchronization

/// An interface's use of a receive queue.
struct QueueAttachment {
  let queue: UnsafeMutablePointer<ReceiveQueueState>
  let interface: UnsafeMutablePointer<InterfaceState>
  /// What the queue had counted before.
  let start: QueueCounters
  /// The next interface of the same queue.
  var next: UnsafeMutablePointer<QueueAttachment>?

  // X3: what the interface holds of the queue's superbufs.
  /// Where superbufs go to the program and come back, as `SharedReceiveQueue` lays it out.
  let area: UnsafeMutableRawPointer
  /// Superbufs that the interface may hold.
  let allowed: UInt32
  /// Superbufs that it holds.
  var owned: UInt32 = 0
  /// Which they are, by bit.
  let owns: UnsafeMutablePointer<UInt64>
  /// Sequence of the superbuf that it gets next.
  var nextSequence: UInt32 = 0
  var isLeaving = false
  /// Superbufs, and frames in them, that it did not get.
  var skipped: UInt64 = 0
  var skippedFrames: UInt64 = 0
  var skippedBytes: UInt64 = 0

  private static let wordCount = SuperbufLayout.maximumSuperbufs / 64

  init(
    queue: UnsafeMutablePointer<ReceiveQueueState>, interface: UnsafeMutablePointer<InterfaceState>, allowed: Int
  ) {
    self.queue = queue
    self.interface = interface
    start = queue.pointee.counters
    area = .allocate(byteCount: SharedReceiveQueue.size, alignment: 64)
    memset(area, 0, SharedReceiveQueue.size)
    self.allowed = UInt32(allowed)
    owns = .allocate(capacity: Self.wordCount)
    owns.initialize(repeating: 0, count: Self.wordCount)
  }

  func deallocate() {
    area.deallocate()
    owns.deallocate()
  }

  /// What the queue has counted since, as the interface sees it.
  var counters: QueueCounters {
    var counters = queue.pointee.counters - start
    counters.skipped = skipped
    counters.skippedFrames = skippedFrames
    counters.frames &-= skippedFrames
    counters.bytes &-= skippedBytes
    return counters
  }

  func owns(_ superbuf: Int) -> Bool { owns[superbuf >> 6] & 1 << UInt64(superbuf & 63) != 0 }
  func setOwned(_ superbuf: Int) { owns[superbuf >> 6] |= 1 << UInt64(superbuf & 63) }
  func clearOwned(_ superbuf: Int) { owns[superbuf >> 6] &= ~(1 << UInt64(superbuf & 63)) }

  /// A field that program and driver share.
  @inline(__always)
  func field(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
    (area + offset).assumingMemoryBound(to: Atomic<UInt32>.self)
  }

  /// Counts in a field that only the driver writes.
  func count(_ offset: Int, by step: UInt32 = 1) {
    let field = field(offset)
    field.pointee.store(field.pointee.load(ordering: .relaxed) &+ step, ordering: .relaxed)
  }

  /// The last time sync, for programs that ask whether the clock was in sync.
  func storeTimeSync(_ word: UInt64) {
    (area + SharedReceiveQueue.timeSync).assumingMemoryBound(to: Atomic<UInt64>.self)
      .pointee.store(word, ordering: .releasing)
  }
}
