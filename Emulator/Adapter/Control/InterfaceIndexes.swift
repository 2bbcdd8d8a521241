/// The numbers of interfaces: the lowest free one, or a run for a set. The same few words are looked at however many
/// are in use.
struct InterfaceIndexes {
  /// A bit for each number that is free.
  private var free = [UInt64](repeating: .max, count: PortState.interfaceLimit / 64)

  /// The lowest free number, nil where there is none.
  mutating func take() -> UInt32? {
    guard let word = free.firstIndex(where: { $0 != 0 }) else { return nil }
    let bit = free[word].trailingZeroBitCount
    free[word] &= free[word] &- 1
    return UInt32(word * 64 + bit)
  }

  /// The first of `count` free numbers in a row, 1 to 64; nil where there are not so many.
  mutating func take(run count: Int) -> UInt32? {
    var length = 0
    for index in 0..<PortState.interfaceLimit {
      length = free[index >> 6] & 1 << UInt64(index & 63) != 0 ? length + 1 : 0
      guard length == count else { continue }
      let first = index - count + 1
      for taken in first...index { free[taken >> 6] &= ~(1 << UInt64(taken & 63)) }
      return UInt32(first)
    }
    return nil
  }

  mutating func give(_ index: UInt32) { free[Int(index >> 6)] |= 1 << UInt64(index & 63) }
}
