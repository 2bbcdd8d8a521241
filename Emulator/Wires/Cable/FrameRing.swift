import EmulatedAdapter
import Glibc
import Synchronization

/// A queue of frames of different lengths from one thread to one other, in one block of memory. The direction of a
/// cable.
///
/// A record is a 16-byte header (length, mark, arrival order) and the frame, padded to 16. A record never wraps: a header
/// with the length `wrapMark` sends the reader to the start. The two indexes run freely and lie on cache lines of
/// their own; each side keeps a copy of the other's, so that the lines move only when a side runs out.
struct FrameRing {
  struct Header {
    var length: UInt32
    /// 1 for a frame with a bad frame check sequence.
    var mark: UInt32 = 0
    var order: UInt64
  }

  static let headerSize = 16
  static let wrapMark = UInt32.max
  static let lineSize = 64

  let memory: UnsafeMutableRawPointer
  let records: UnsafeMutableRawPointer
  let capacity: Int
  let mask: Int
  let tail: UnsafeMutablePointer<Atomic<Int>>
  let head: UnsafeMutablePointer<Atomic<Int>>
  /// The reader sleeps, or is about to.
  let isArmed: UnsafeMutablePointer<Atomic<Bool>>

  // The writer's.
  var writeTail = 0
  var knownHead = 0
  var publishedTail = 0
  var reserved = 0

  /// - Parameter capacity: bytes, a power of two.
  init(capacity: Int) {
    self.capacity = capacity
    mask = capacity - 1
    let lines = 4 * Self.lineSize
    memory = .allocate(byteCount: lines + capacity, alignment: 4096)
    memset(memory, 0, lines)
    tail = memory.bindMemory(to: Atomic<Int>.self, capacity: 1)
    head = (memory + Self.lineSize).bindMemory(to: Atomic<Int>.self, capacity: 1)
    isArmed = (memory + 2 * Self.lineSize).bindMemory(to: Atomic<Bool>.self, capacity: 1)
    tail.initialize(to: Atomic(0))
    head.initialize(to: Atomic(0))
    isArmed.initialize(to: Atomic(false))
    records = memory + lines
  }

  func deallocate() { memory.deallocate() }

  /// Bytes of a record with a frame of `length` bytes.
  @inline(__always)
  static func recordSize(_ length: Int) -> Int { headerSize &+ ((length &+ 15) & ~15) }

  /// Room for a frame of `length` bytes, nil when the ring is full.
  @inline(__always)
  mutating func reserve(_ length: Int) -> UnsafeMutableRawPointer? {
    var needed = Self.recordSize(length)
    let position = writeTail & mask
    let toEnd = capacity &- position
    let wraps = toEnd < needed
    if wraps { needed &+= toEnd }
    if writeTail &- knownHead &+ needed > capacity {
      knownHead = head.pointee.load(ordering: .acquiring)
      guard writeTail &- knownHead &+ needed <= capacity else { return nil }
    }
    guard wraps else {
      reserved = writeTail
      return records + position + Self.headerSize
    }
    if toEnd >= Self.headerSize {
      (records + position).storeBytes(of: Header(length: Self.wrapMark, order: 0), as: Header.self)
    }
    reserved = writeTail &+ toEnd
    return records + Self.headerSize
  }

  /// Ends the record that was reserved last. The reader sees it after `publish`.
  @inline(__always)
  mutating func commit(_ length: Int, order: UInt64 = 0, mark: UInt32 = 0) {
    (records + (reserved & mask)).storeBytes(
      of: Header(length: UInt32(truncatingIfNeeded: length), mark: mark, order: order), as: Header.self)
    writeTail = reserved &+ Self.recordSize(length)
  }

  /// Shows what was committed. Returns whether the reader is asleep and has to be woken.
  @inline(__always)
  mutating func publish() -> Bool {
    guard publishedTail != writeTail else { return false }
    publishedTail = writeTail
    tail.pointee.store(writeTail, ordering: .releasing)
    // No fence here: a reader that arms itself runs a barrier on all threads, then looks again (`armWait`).
    return isArmed.pointee.load(ordering: .relaxed)
  }
}

extension FrameRing {
  /// The frame of a record.
  @inline(__always)
  static func frame(_ record: UnsafeMutableRawPointer) -> WireFrame {
    let header = record.load(as: UInt64.self)
    return WireFrame(
      bytes: record + headerSize, length: Int(UInt32(truncatingIfNeeded: header)), isPoisoned: header >> 32 != 0)
  }
}

/// The reader's side of a `FrameRing`.
struct FrameRingReader {
  let records: UnsafeMutableRawPointer
  let capacity: Int
  let mask: Int
  let tail: UnsafeMutablePointer<Atomic<Int>>
  let head: UnsafeMutablePointer<Atomic<Int>>
  let isArmed: UnsafeMutablePointer<Atomic<Bool>>
  var readHead = 0
  var knownTail = 0
  /// Where the frames end that `burst` gave last.
  private var burstEnd = 0

  init(_ ring: FrameRing) {
    records = ring.records
    capacity = ring.capacity
    mask = ring.mask
    tail = ring.tail
    head = ring.head
    isArmed = ring.isArmed
    readHead = head.pointee.load(ordering: .relaxed)
    knownTail = readHead
  }

  /// The oldest record, nil when the ring is empty.
  @inline(__always)
  mutating func next() -> UnsafeMutableRawPointer? {
    while true {
      if readHead == knownTail {
        knownTail = tail.pointee.load(ordering: .acquiring)
        guard readHead != knownTail else { return nil }
      }
      let position = readHead & mask
      let record = records + position
      if capacity &- position >= FrameRing.headerSize,
        record.load(as: UInt32.self) != FrameRing.wrapMark
      {
        return record
      }
      readHead &+= capacity &- position
    }
  }

  /// The oldest frames, up to a number. Returns how many there were.
  @inline(__always)
  mutating func burst(_ frames: UnsafeMutablePointer<WireFrame>, _ limit: Int) -> Int {
    var position = readHead
    var end = knownTail
    if position == end {
      end = tail.pointee.load(ordering: .acquiring)
      knownTail = end
    }
    var count = 0
    while position != end, count < limit {
      let place = position & mask
      let record = records + place
      guard capacity &- place >= FrameRing.headerSize, record.load(as: UInt32.self) != FrameRing.wrapMark else {
        position &+= capacity &- place
        continue
      }
      let frame = FrameRing.frame(record)
      frames[count] = frame
      count &+= 1
      position &+= FrameRing.recordSize(frame.length)
    }
    burstEnd = position
    return count
  }

  /// Gives the frames that `burst` returned back to the writer.
  @inline(__always)
  mutating func releaseBurst() {
    readHead = burstEnd
    head.pointee.store(readHead, ordering: .releasing)
  }

  /// Gives the record that `next` returned back to the writer.
  @inline(__always)
  mutating func release() {
    let record = records + (readHead & mask)
    readHead &+= FrameRing.recordSize(Int(record.load(as: UInt32.self)))
    head.pointee.store(readHead, ordering: .releasing)
  }
}
