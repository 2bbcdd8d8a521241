/// Frames that are held back, in raw memory of a fixed size. Holding and giving out allocate nothing.
///
/// Trivial: copies share the memory, and exactly one of them calls `deallocate`.
struct FaultHoldingArea {
  private struct Slot: BitwiseCopyable {
    var length = 0
    var timestamp: UInt64 = 0
    var releaseAt: UInt64 = 0
    var sequence: UInt64 = 0
    var mark: UInt64 = 0
    var isOccupied = false
    var waitsForNext = false
    var isReleased = false
  }

  let capacity: Int
  let slotBytes: Int
  private(set) var count = 0
  private let slots: UnsafeMutablePointer<Slot>
  private let bytes: UnsafeMutableRawPointer
  private var sequence: UInt64 = 0
  private var current = -1
  /// No frame is due before; exact or too early.
  private(set) var earliest = UInt64.max
  private var hasWaiting = false

  /// Room for `capacity` frames of at most `frameLimit` bytes.
  init(capacity: Int, frameLimit: Int) {
    self.capacity = capacity
    slotBytes = capacity == 0 ? 0 : (frameLimit + 63) & ~63
    slots = .allocate(capacity: max(capacity, 1))
    slots.initialize(repeating: Slot(), count: max(capacity, 1))
    bytes = .allocate(byteCount: max(capacity * slotBytes, 1), alignment: 64)
  }

  func deallocate() {
    slots.deallocate()
    bytes.deallocate()
  }

  /// Copies a frame in. False when there is no room, or the frame is too long.
  mutating func insert(
    _ frame: UnsafeRawPointer, length: Int, timestamp: UInt64, releaseAt: UInt64, behindNext: Bool,
    mark: UInt64
  ) -> Bool {
    guard count < capacity, length >= 0, length <= slotBytes else { return false }
    var index = 0
    while slots[index].isOccupied { index += 1 }
    slots[index] = Slot(
      length: length, timestamp: timestamp, releaseAt: releaseAt, sequence: sequence, mark: mark,
      isOccupied: true, waitsForNext: behindNext)
    (bytes + index * slotBytes).copyMemory(from: frame, byteCount: length)
    sequence &+= 1
    count += 1
    earliest = min(earliest, releaseAt)
    hasWaiting = hasWaiting || behindNext
    return true
  }

  /// A frame has passed: those that waited for one are due.
  mutating func framePassed() {
    guard hasWaiting else { return }
    hasWaiting = false
    release { $0.waitsForNext }
  }

  /// All frames are due.
  mutating func releaseAll() {
    hasWaiting = false
    release { _ in true }
  }

  private mutating func release(where isMeant: (Slot) -> Bool) {
    for index in 0..<capacity where slots[index].isOccupied && isMeant(slots[index]) {
      slots[index].isReleased = true
      earliest = 0
    }
  }

  /// The frame that is due first of those which are due, without removing it.
  mutating func nextDue(_ now: UInt64) -> WireFrame? {
    if current < 0 {
      guard count > 0, now >= earliest else { return nil }
      current = firstDue(now)
      guard current >= 0 else { return nil }
    }
    let slot = slots[current]
    return WireFrame(bytes: bytes + current * slotBytes, length: slot.length, timestamp: slot.timestamp)
  }

  /// What `insert` was told of the frame that `nextDue` gave last.
  var currentMark: UInt64 { current < 0 ? 0 : slots[current].mark }

  /// Removes the frame that `nextDue` gave last.
  mutating func removeCurrent() {
    guard current >= 0 else { return }
    slots[current].isOccupied = false
    current = -1
    count -= 1
    if count == 0 { earliest = .max }
  }

  /// Moves `earliest` to where it is exact when nothing is due.
  private mutating func firstDue(_ now: UInt64) -> Int {
    var best = -1
    var soonest = UInt64.max
    for index in 0..<capacity where slots[index].isOccupied {
      let slot = slots[index]
      guard slot.isReleased || slot.releaseAt <= now else {
        soonest = min(soonest, slot.releaseAt)
        continue
      }
      if best < 0 || (slot.releaseAt, slot.sequence) < (slots[best].releaseAt, slots[best].sequence) { best = index }
    }
    if best < 0 { earliest = soonest }
    return best
  }
}
