import EtherFabricFormats

/// The superbufs of an X3 queue, as the network driver keeps them: posted to the hardware in turn, shown to every
/// interface that reads the queue, and posted again when all have given them back.
///
/// A superbuf is referred to by the hardware while it writes there, by the list of those that some interface has yet
/// to get, and by each interface that holds it.
struct SharedSuperbufs {
  /// The first superbuf; the others follow.
  let base: UnsafeMutableRawPointer
  /// How many there are.
  var committed = 0

  /// Of each superbuf: who refers to it, and the sentinel that it has when it is used next.
  let references: UnsafeMutablePointer<UInt32>
  let sentinels: UnsafeMutablePointer<Bool>
  /// Superbufs that the hardware has been given, in order.
  let free: UnsafeMutablePointer<UInt16>
  var freeAdded: UInt32 = 0
  var freeRemoved: UInt32 = 0

  /// Superbufs that the hardware has begun, by sequence: words as they go to a program, and what is in them.
  let started: UnsafeMutablePointer<UInt64>
  let contents: UnsafeMutablePointer<Contents>
  /// Sequence of the superbuf that is begun next.
  var added: UInt32 = 0
  /// Sequence after the last that the hardware is done with.
  var removed: UInt32 = 0
  /// Sequence of the oldest that some interface has yet to get.
  var oldest: UInt32 = 0

  /// Superbufs that were begun and are not posted again.
  var used = 0
  /// What the interfaces may hold together.
  var allowed = 0
  /// The superbuf behind that in use, once begun.
  var next: UnsafeMutableRawPointer?
  var nextSentinel: UInt64 = 0
  /// What the queue had counted when the superbuf in use was begun.
  var framesBefore: UInt64 = 0
  var bytesBefore: UInt64 = 0

  struct Contents {
    var frames: UInt32 = 0
    var bytes: UInt32 = 0
  }

  static let limit = SuperbufLayout.maximumSuperbufs
  /// Superbufs that the driver has beyond those of the interfaces, so that the hardware always has one.
  static let reserve = 2

  init(base: UnsafeMutableRawPointer) {
    func array<Element>(_ value: Element) -> UnsafeMutablePointer<Element> {
      let array = UnsafeMutablePointer<Element>.allocate(capacity: Self.limit)
      array.initialize(repeating: value, count: Self.limit)
      return array
    }
    self.base = base
    references = array(0)
    sentinels = array(true)
    free = array(0)
    started = array(0)
    contents = array(Contents())
  }

  func deallocate() {
    references.deallocate()
    sentinels.deallocate()
    free.deallocate()
    started.deallocate()
    contents.deallocate()
  }

  func superbuf(_ number: Int) -> UnsafeMutableRawPointer { base + number * SuperbufLayout.size }

  /// The word of a begun superbuf: number, sentinel and sequence, as `SharedReceiveQueue.filled` has them.
  static func word(_ number: Int, sentinel: Bool, sequence: UInt32) -> UInt64 {
    UInt64(number) | (sentinel ? 1 << 16 : 0) | UInt64(sequence) << 32
  }

  /// The number of the superbuf with a sequence.
  func number(at sequence: UInt32) -> Int { Int(started[Self.place(sequence)] & 0xffff) }

  static func place(_ sequence: UInt32) -> Int { Int(sequence) & (limit - 1) }

  /// Gives superbufs to the hardware that it did not have.
  mutating func commit(_ count: Int) -> Int {
    let more = max(0, count - committed)
    for _ in 0..<more {
      post(committed)
      committed += 1
    }
    return more
  }

  mutating func post(_ number: Int) {
    free[Self.place(freeAdded)] = UInt16(number)
    freeAdded &+= 1
  }
}

extension UInt32 {
  /// Whether this sequence comes before another; they wrap.
  func precedes(_ other: UInt32) -> Bool { Int32(bitPattern: self &- other) < 0 }
}
