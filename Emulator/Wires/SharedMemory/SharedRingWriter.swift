import Glibc
import Synchronization

/// The writer's side of a ring between two processes. It trusts nothing that the reader says.
struct SharedRingWriter {
  private let ring: UnsafeMutableRawPointer
  private let readerLines: UnsafeMutablePointer<Atomic<UInt64>>
  private let readerFrames: UnsafeMutablePointer<Atomic<UInt64>>
  let readerState: UnsafeMutablePointer<Atomic<UInt32>>
  /// Lines and frames written so far.
  private(set) var tail: UInt64 = 0
  private(set) var frames: UInt64 = 0
  private var knownHead: UInt64 = 0
  /// Where it is next looked whether the ring can begin again.
  private var nextLook: UInt64 = SharedMemoryLayout.hotLines
  /// What was passed over when it last began again: the reader, who had read all before, may not know of it yet.
  private var passed: (from: UInt64, to: UInt64) = (0, 0)
  /// The reader said that it had read what was not written.
  private(set) var isBroken = false

  init(_ base: UnsafeMutableRawPointer, port: Int) {
    ring = base + SharedMemoryLayout.ring(of: port)
    readerLines = base.doubleWord(SharedMemoryLayout.reader(of: port))
    readerFrames = base.doubleWord(SharedMemoryLayout.reader(of: port) + 8)
    readerState = base.word(SharedMemoryLayout.state(of: port))
  }

  /// Whether a frame of so many bytes has room.
  @inline(__always)
  mutating func hasRoom(_ length: Int) -> Bool {
    let end = tail &+ UInt64(truncatingIfNeeded: SharedMemoryLayout.lines(length))
    if end &- knownHead <= UInt64(SharedMemoryLayout.lines) { return true }
    return hasRoomNow(end)
  }

  @inline(never)
  private mutating func hasRoomNow(_ end: UInt64) -> Bool {
    let head = readHead()
    guard tail &- head <= UInt64(SharedMemoryLayout.lines) else {
      isBroken = true
      return false
    }
    knownHead = head
    return end &- head <= UInt64(SharedMemoryLayout.lines)
  }

  /// Lines that the reader has read, with those passed over.
  private func readHead() -> UInt64 {
    let head = readerLines.pointee.load(ordering: .acquiring)
    return head == passed.from ? passed.to : head
  }

  /// Begins the ring again where the reader has read all: as long as it keeps up, few lines are used, and they stay in
  /// the caches next to both.
  @inline(never)
  private mutating func considerTurn() {
    nextLook = tail &+ SharedMemoryLayout.hotLines
    guard SharedMemoryLayout.mayTurn(tail), readHead() == tail else { return }
    passed = (tail, SharedMemoryLayout.nextLap(tail))
    tail = passed.to
    knownHead = passed.to
    nextLook = tail &+ SharedMemoryLayout.hotLines
  }

  /// Writes a frame that has room; the reader sees it at once.
  @inline(__always)
  mutating func write(_ frame: UnsafeRawPointer, _ length: Int, isPoisoned: Bool) {
    if tail >= nextLook { considerTurn() }
    let first = line(tail)
    let lap = SharedMemoryLayout.lap(tail) << 16
    if length <= SharedMemoryLayout.payloadBytes {
      (first.base).copyMemory(from: frame, byteCount: length)
      tail &+= 1
    } else {
      writeLong(frame, length)
    }
    frames &+= 1
    let word = lap | (isPoisoned ? 0x8000 : 0) | UInt32(truncatingIfNeeded: length)
    first.word.pointee.store(word, ordering: .releasing)
  }

  /// All of a frame but the word of its first line. The others have the lap and no length: were a reader to look there,
  /// it would not take what is left of an earlier lap for a frame.
  private mutating func writeLong(_ frame: UnsafeRawPointer, _ length: Int) {
    let size = SharedMemoryLayout.payloadBytes
    line(tail).base.copyMemory(from: frame, byteCount: size)
    tail &+= 1
    var done = size
    while done < length {
      let next = line(tail)
      // The last one is copied whole too: the room is larger than any frame.
      next.base.copyMemory(from: frame + done, byteCount: SharedMemoryLayout.payloadBytes)
      next.word.pointee.store(SharedMemoryLayout.lap(tail) << 16, ordering: .relaxed)
      done &+= size
      tail &+= 1
    }
  }

  @inline(__always)
  private func line(
    _ position: UInt64
  ) -> (base: UnsafeMutableRawPointer, word: UnsafeMutablePointer<Atomic<UInt32>>) {
    let index = Int(truncatingIfNeeded: position) & (SharedMemoryLayout.lines - 1)
    let base = ring + index &* SharedMemoryLayout.lineBytes
    return (base, base.word(SharedMemoryLayout.payloadBytes))
  }

  /// Frames that the reader has not taken, as far as it can be believed.
  var unread: Int {
    let read = readerFrames.pointee.load(ordering: .acquiring)
    return read <= frames ? Int(truncatingIfNeeded: frames &- read) : 0
  }
}
