/// Checks the numbers that `efvi send` puts in its datagrams: one sender, each number once, in order.
struct SequenceCheck {
  /// Bytes of the number, at the beginning of the payload.
  static let numberLength = 8
  private static let window: UInt64 = 4096

  /// Numbers seen for the first time.
  private(set) var distinct: UInt64 = 0
  private(set) var duplicates: UInt64 = 0
  /// Numbers that came after a higher one.
  private(set) var late: UInt64 = 0
  /// Payloads whose bytes behind the number differ from each other.
  private(set) var damaged: UInt64 = 0
  /// Frames without a number.
  private(set) var unnumbered: UInt64 = 0

  private var first: UInt64?
  private var next: UInt64 = 0
  /// The last number in each slot, plus 1; tells a duplicate from a late one.
  private var seen = [UInt64](repeating: 0, count: Int(window))

  /// - Parameter first: the number to begin with; nil for that of the first frame.
  init(first: UInt64?) {
    self.first = first
    next = first ?? 0
  }

  /// Numbers below the highest that have not come.
  var missing: UInt64 { first.map { next - $0 - min(distinct, next - $0) } ?? 0 }

  var isClean: Bool { missing == 0 && duplicates == 0 && late == 0 && damaged == 0 && unnumbered == 0 }

  /// Whether `count` numbers came, and nothing else.
  func isPerfect(count: UInt64) -> Bool { isClean && distinct == count }

  mutating func takeUnnumbered() { unnumbered += 1 }

  mutating func take(_ payload: UnsafeRawBufferPointer) {
    guard payload.count >= Self.numberLength else {
      unnumbered += 1
      return
    }
    let number = UInt64(bigEndian: payload.loadUnaligned(as: UInt64.self))
    let rest = payload[Self.numberLength...]
    if let fill = rest.first, rest.contains(where: { $0 != fill }) { damaged += 1 }
    if first == nil {
      first = number
      next = number
    }
    let slot = Int(number % Self.window)
    if number >= next {
      guard number < .max else {
        damaged += 1
        return
      }
      next = number + 1
    } else if number < first! || seen[slot] == number + 1 || next - number > Self.window {
      // Too old to tell counts as a duplicate: a hole that is so old stays missing.
      duplicates += 1
      return
    } else {
      late += 1
    }
    seen[slot] = number + 1
    distinct += 1
  }
}
