/// Random numbers that a seed fixes for ever: xoshiro256**, filled from splitmix64.
///
/// The same seed gives the same numbers on every machine and in every release, so that a run with faults can be
/// repeated. Trivial, to live in raw memory.
public struct SeededGenerator: RandomNumberGenerator, BitwiseCopyable, Sendable {
  private var a: UInt64
  private var b: UInt64
  private var c: UInt64
  private var d: UInt64

  /// The generator of a seed.
  public init(seed: UInt64) {
    var position = seed
    self.init(
      words: (
        Self.splitMix(&position), Self.splitMix(&position), Self.splitMix(&position), Self.splitMix(&position)
      ))
  }

  /// The generator in a given state, of which not all words may be 0.
  init(words: (UInt64, UInt64, UInt64, UInt64)) {
    (a, b, c, d) = words
  }

  /// Moves a splitmix64 position on, and gives the number there.
  static func splitMix(_ position: inout UInt64) -> UInt64 {
    position &+= 0x9e37_79b9_7f4a_7c15
    var mixed = position
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let scrambled = Self.rotate(b &* 5, by: 7) &* 9
    let shifted = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = Self.rotate(d, by: 45)
    return scrambled
  }

  /// `draw` scaled to `0..<bound`; 0 for an empty range.
  static func scale(_ draw: UInt64, below bound: Int) -> Int {
    bound <= 0 ? 0 : Int(draw.multipliedFullWidth(by: UInt64(bound)).high)
  }

  private static func rotate(_ value: UInt64, by count: UInt64) -> UInt64 {
    value &<< count | value &>> (64 &- count)
  }
}
