/// What was sent over a link and not answered in time: an answer that comes later is late, not damaged.
struct PingHistory {
  private struct Lost {
    let size: Int
    let sequence: UInt64
    /// The next message must wait for its answer: it says too little of its number to be told from others.
    var isAwaited: Bool
  }

  private var sequence: UInt64 = 0
  private var lost: [Lost] = []

  /// Messages whose late answer is known again. A peer that has gone loses every one.
  private static let limit = 256
  /// A message below this size does not hold all of its number.
  private static let numberSize = 8

  /// The number of the next message.
  mutating func next() -> UInt64 {
    sequence &+= 1
    return sequence
  }

  /// The message sent last has no answer yet, and is not waited for any more.
  mutating func lose(size: Int) {
    if lost.count == Self.limit { lost.removeFirst() }
    lost.append(Lost(size: size, sequence: sequence, isAwaited: size < Self.numberSize))
  }

  /// Whether an answer is that to a lost message, which is answered then.
  mutating func takeLate(_ answer: UnsafeRawBufferPointer) -> Bool {
    guard
      let index = lost.firstIndex(where: { PingPattern.matches(answer, size: $0.size, sequence: $0.sequence) })
    else { return false }
    lost.remove(at: index)
    return true
  }

  /// Whether an answer that comes now may be taken for another.
  var isAmbiguous: Bool { lost.contains { $0.isAwaited } }

  /// Nobody waits for the answers any more; they may still come.
  mutating func endWaiting() {
    for index in lost.indices { lost[index].isAwaited = false }
  }
}
