import EtherFabric
import Glibc

/// One transmit alternative: the frames that it holds, in the room that the hardware would give them.
///
/// A frame takes one word of 32 bytes, which holds its length, and its bytes rounded up to whole words. Frames lie one
/// behind the other round the memory, whose size is a multiple of a word: a length never wraps, bytes may.
struct AlternativeFIFO {
  enum State: UInt8 { case stop, go, discard }

  var state = State.stop
  private let memory: UnsafeMutableRawPointer
  private let capacity: Int
  /// Bytes ever taken out, and put in.
  private var head = 0
  private var tail = 0

  static let word = 32

  /// - Parameter capacity: bytes, a multiple of a word.
  init(capacity: Int) {
    self.capacity = capacity
    memory = .allocate(byteCount: capacity, alignment: Self.word)
  }

  func deallocate() { memory.deallocate() }

  /// Bytes of the room that a frame takes.
  static func usage(_ length: Int) -> Int { AlternativeOverhead.ef10.usage(of: length) }

  /// Bytes of the oldest frame, nil when none is held.
  var firstLength: Int? { head == tail ? nil : Int((memory + head % capacity).load(as: UInt32.self)) }

  /// Puts a frame at the end. The caller has seen to it that there is room.
  mutating func append(_ bytes: UnsafeRawPointer, length: Int) {
    (memory + tail % capacity).storeBytes(of: UInt32(truncatingIfNeeded: length), as: UInt32.self)
    let start = (tail + Self.word) % capacity
    let first = min(length, capacity - start)
    memcpy(memory + start, bytes, first)
    memcpy(memory, bytes + first, length - first)
    tail += Self.usage(length)
  }

  /// Copies the oldest frame, which has `length` bytes.
  func copyFirst(_ length: Int, to room: UnsafeMutableRawPointer) {
    let start = (head + Self.word) % capacity
    let first = min(length, capacity - start)
    memcpy(room, memory + start, first)
    memcpy(room + first, memory, length - first)
  }

  mutating func empty() {
    state = .stop
    head = tail
  }

  /// Takes the oldest frame, which has `length` bytes, away.
  mutating func removeFirst(_ length: Int) { head += Self.usage(length) }
}
