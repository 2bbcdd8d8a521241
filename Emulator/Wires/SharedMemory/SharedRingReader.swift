import CLinuxShims
import Glibc
import Synchronization

/// The reader's side of a ring between two processes. A frame is copied out before anybody looks at it: what lies in
/// shared memory may change between two looks.
struct SharedRingReader {
  private let ring: UnsafeMutableRawPointer
  private let ownLines: UnsafeMutablePointer<Atomic<UInt64>>
  private let ownFrames: UnsafeMutablePointer<Atomic<UInt64>>
  let ownState: UnsafeMutablePointer<Atomic<UInt32>>
  /// Lines and frames read so far.
  private var head: UInt64 = 0
  private var frames: UInt64 = 0
  private var pending: UInt64 = 0
  /// The writer wrote a length that there is not.
  private(set) var isBroken = false

  /// - Parameter port: the other one's, whose frames these are.
  init(_ base: UnsafeMutableRawPointer, port: Int) {
    ring = base + SharedMemoryLayout.ring(of: port)
    ownLines = base.doubleWord(SharedMemoryLayout.reader(of: port))
    ownFrames = base.doubleWord(SharedMemoryLayout.reader(of: port) + 8)
    ownState = base.word(SharedMemoryLayout.state(of: port))
  }

  /// Whether a frame is there.
  var hasFrame: Bool { !isBroken && (lap(at: head) == SharedMemoryLayout.lap(head) || hasTurned) }

  /// The writer has passed over the rest of this lap. Whatever it had written here before the first line of the next lap
  /// would be seen by the second look.
  private var hasTurned: Bool {
    guard SharedMemoryLayout.mayTurn(head) else { return false }
    let next = SharedMemoryLayout.nextLap(head)
    return lap(at: next) == SharedMemoryLayout.lap(next) && lap(at: head) != SharedMemoryLayout.lap(head)
  }

  /// The lap that the word of a line tells of.
  @inline(__always)
  private func lap(at position: UInt64) -> UInt32 {
    line(position).word(SharedMemoryLayout.payloadBytes).pointee.load(ordering: .acquiring) >> 16
  }

  /// The length of the next frame with a mark in bit 15, which is copied to `room`; 0 where there is none.
  @inline(__always)
  mutating func next(into room: UnsafeMutableRawPointer) -> Int {
    guard !isBroken else { return 0 }
    if lap(at: head) != SharedMemoryLayout.lap(head) {
      guard hasTurned else {
        // A frame of two lines comes with both at once.
        efvi_prefetch(line(head &+ 1))
        return 0
      }
      head = SharedMemoryLayout.nextLap(head)
    }
    let first = line(head)
    let word = first.word(SharedMemoryLayout.payloadBytes).pointee.load(ordering: .acquiring)
    guard word >> 16 == SharedMemoryLayout.lap(head) else { return 0 }
    let length = Int(truncatingIfNeeded: word & 0x7fff)
    if length <= SharedMemoryLayout.payloadBytes, length != 0 {
      room.copyMemory(from: first, byteCount: SharedMemoryLayout.payloadBytes)
      pending = 1
    } else {
      guard length > 0, length <= SharedMemoryLayout.frameLimit else {
        isBroken = true
        return 0
      }
      copyLong(length, into: room)
    }
    return Int(truncatingIfNeeded: word & 0xffff)
  }

  private mutating func copyLong(_ length: Int, into room: UnsafeMutableRawPointer) {
    let lines = SharedMemoryLayout.lines(length)
    for index in 0..<lines {
      // The last line is copied whole: the room is larger than any frame.
      (room + index &* SharedMemoryLayout.payloadBytes).copyMemory(
        from: line(head &+ UInt64(truncatingIfNeeded: index)), byteCount: SharedMemoryLayout.payloadBytes)
    }
    pending = UInt64(truncatingIfNeeded: lines)
  }

  /// Gives the lines of the frame that `next` gave last back to the writer.
  @inline(__always)
  mutating func release() {
    head &+= pending
    frames &+= pending == 0 ? 0 : 1
    pending = 0
    ownFrames.pointee.store(frames, ordering: .relaxed)
    ownLines.pointee.store(head, ordering: .releasing)
  }

  @inline(__always)
  private func line(_ position: UInt64) -> UnsafeMutableRawPointer {
    ring + (Int(truncatingIfNeeded: position) & (SharedMemoryLayout.lines - 1)) &* SharedMemoryLayout.lineBytes
  }
}
