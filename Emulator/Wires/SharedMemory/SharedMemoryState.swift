import CLinuxShims
import EmulatedAdapter
import Glibc
import Synchronization

/// Everything that the datapath of a shared-memory wire touches, in memory of its own.
struct SharedMemoryState {
  var writer: SharedRingWriter
  var reader: SharedRingReader
  /// Whether `writer` and `reader` lead to another end.
  var isLinked = false
  /// The other end has gone: what it sent is read, and nothing is sent any more.
  var isOver = false
  /// Frames were written since the last flush.
  var hasWritten = false
  /// `received` holds a frame that was handed out and not released.
  var hasFrame = false
  var receivedLength = 0
  var connection: Int32 = -1
  /// Looks that found nothing, and when there was last a look at the other end.
  var emptyLooks: UInt32 = 0
  var lastLook: Int = 0
  /// Frames that are still read of an end that has gone.
  var leftToRead = 0

  let port: Int
  let attention: UnsafeMutablePointer<Atomic<Bool>>
  let meeting: Unmanaged<SharedMemoryMeeting>
  /// The kernel has no barrier for both processes, here or there: each batch has one.
  var fences: Bool
  private let fencesAlways: Bool
  /// Room for a frame on its way out, and for one that came.
  let staged: UnsafeMutableRawPointer
  let received: UnsafeMutableRawPointer

  var counters: WireCounterCells
  let ownCounters: WireCounterCells

  /// The last line of a frame is copied whole.
  static let room = SharedMemoryLayout.frameLimit + 128

  init(meeting: SharedMemoryMeeting, port: Int, fences: Bool) {
    self.meeting = .passUnretained(meeting)
    self.port = port
    self.fences = fences
    fencesAlways = fences
    attention = meeting.attention
    staged = .allocate(byteCount: Self.room, alignment: 64)
    received = .allocate(byteCount: Self.room, alignment: 64)
    staged.initializeMemory(as: UInt8.self, repeating: 0, count: Self.room)
    received.initializeMemory(as: UInt8.self, repeating: 0, count: Self.room)
    ownCounters = .allocate()
    counters = ownCounters
    // They are not used before there is another end.
    writer = SharedRingWriter(staged, port: port)
    reader = SharedRingReader(staged, port: 1 - port)
  }

  mutating func considerFences(_ base: UnsafeMutableRawPointer) {
    let word = base.word(SharedMemoryLayout.fence(of: port))
    fences = fencesAlways || word.pointee.load(ordering: .relaxed) != 0
  }

  func deallocate() {
    staged.deallocate()
    received.deallocate()
    ownCounters.deallocate()
  }

  mutating func count(in cells: WireCounterCells?) {
    let next = cells ?? ownCounters
    next.take(from: counters)
    counters = next
  }
}

extension UnsafeMutablePointer where Pointee == SharedMemoryState {
  /// Looks after the other end: who came is linked, who went is let go when all is read.
  @inline(never)
  func tend() {
    let meeting = pointee.meeting._withUnsafeGuaranteedRef { $0 }
    pointee.counters.add(.systemCalls, 2)
    pointee.lastLook = Self.coarseTime()
    guard var session = meeting.session() else { return }
    if pointee.isLinked {
      if pointee.writer.isBroken || pointee.reader.isBroken { session.isOver = true }
      guard session.isOver else { return }
      if !pointee.isOver { end() }
      if pointee.hasFrame || (pointee.leftToRead > 0 && pointee.reader.hasFrame) { return }
      unlink(meeting)
      guard let next = meeting.session() else { return }
      session = next
    }
    pointee.writer = SharedRingWriter(session.base, port: pointee.port)
    pointee.reader = SharedRingReader(session.base, port: 1 - pointee.port)
    pointee.connection = session.connection
    pointee.considerFences(session.base)
    pointee.isLinked = true
    pointee.isOver = session.isOver
    pointee.leftToRead = SharedMemoryLayout.lines
  }

  /// The other end has gone. What it has sent is still read, and no more than that.
  func end() {
    pointee.isOver = true
    pointee.leftToRead = SharedMemoryLayout.lines
  }

  /// Lets go of the other end. What it never read is lost, and so is what nobody can make sense of.
  private func unlink(_ meeting: SharedMemoryMeeting) {
    pointee.counters.add(.transmitDropped, pointee.writer.unread)
    if pointee.reader.isBroken { pointee.counters.add(.receiveTruncated) }
    pointee.isLinked = false
    pointee.isOver = false
    pointee.connection = -1
    meeting.finish()
  }

  /// Nothing has come. Now and then the other end is looked after: at once where it is not there or is leaving, and
  /// else when the clock has moved on.
  @inline(__always)
  func foundNothing() {
    pointee.emptyLooks &+= 1
    if pointee.emptyLooks & 0x3f == 0 || pointee.isOver || pointee.reader.isBroken { foundNothingAgain() }
  }

  @inline(never)
  private func foundNothingAgain() {
    if pointee.isOver || pointee.reader.isBroken { return tend() }
    let now = Self.coarseTime()
    guard now != pointee.lastLook else { return }
    guard pointee.isLinked else { return tend() }
    pointee.lastLook = now
    pointee.counters.add(.systemCalls)
    let isGone =
      pointee.writer.readerState.pointee.load(ordering: .relaxed) == SharedMemoryLayout.ReaderState.gone
      || efvi_meeting_is_over(pointee.connection) != 0
    if isGone { tend() }
  }

  /// A clock that moves every few milliseconds, and costs no system call.
  private static func coarseTime() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now)
    return now.tv_sec &* 1_000_000_000 &+ now.tv_nsec
  }

  /// Wakes the other end, should it sleep.
  @inline(__always)
  func wakeReader() {
    if pointee.fences { atomicMemoryFence(ordering: .sequentiallyConsistent) }
    // No fence otherwise: a reader that goes to sleep runs a barrier on all threads, then looks again.
    if pointee.writer.readerState.pointee.load(ordering: .relaxed) == SharedMemoryLayout.ReaderState.asleep {
      wakeReaderNow()
    }
  }

  @inline(never)
  private func wakeReaderNow() {
    let (asleep, awake) = (SharedMemoryLayout.ReaderState.asleep, SharedMemoryLayout.ReaderState.awake)
    let state = pointee.writer.readerState
    if state.pointee.compareExchange(expected: asleep, desired: awake, ordering: .acquiringAndReleasing).exchanged {
      efvi_meeting_wake(pointee.connection)
      pointee.counters.add(.systemCalls)
    }
  }

  /// Before a sleep.
  func arm() {
    tend()
    let wake = pointee.meeting._withUnsafeGuaranteedRef { $0.wakeDescriptor }
    efvi_wake_clear(wake)
    guard pointee.isLinked else { return }
    efvi_meeting_clear(pointee.connection, 16)
    pointee.counters.add(.systemCalls, 3)
    pointee.reader.ownState.pointee.store(SharedMemoryLayout.ReaderState.asleep, ordering: .sequentiallyConsistent)
    if efvi_meeting_barrier() != 0 { atomicMemoryFence(ordering: .sequentiallyConsistent) }
    if pointee.hasFrame || pointee.reader.hasFrame { efvi_wake_signal(wake) }
  }
}
