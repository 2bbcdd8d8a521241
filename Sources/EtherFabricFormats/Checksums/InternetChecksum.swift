/// The ones' complement sum of RFC 1071, taken over bytes that may lie in several pieces of any length and alignment.
///
/// Sums and results are in the host's order for bytes as they lie in memory: a result is what a native 16-bit store
/// puts into the packet.
public struct InternetChecksum: Sendable {
  @usableFromInline var sum: UInt64
  @usableFromInline var isOdd: Bool

  @inlinable @inline(__always)
  public init() {
    sum = 0
    isOdd = false
  }

  /// Adds a 16-bit field given by its value, as pseudo headers need. Only after an even number of bytes.
  @inlinable @inline(__always)
  public mutating func add(field value: UInt16) {
    sum &+= UInt64(value.bigEndian)
  }

  /// Adds the next `count` bytes of the data.
  @inlinable @inline(__always)
  public mutating func add(_ bytes: UnsafeRawPointer, count: Int) {
    let partial = Self.partialSum(bytes, count: count)
    if isOdd {
      sum &+= UInt64(Self.fold(partial).byteSwapped)
    } else {
      sum &+= partial
    }
    // An odd count moves every later byte to the other half of its word.
    isOdd = isOdd != (count & 1 != 0)
  }

  /// The sum folded to 16 bits: 0xffff over data that contain their own correct checksum.
  @inlinable @inline(__always)
  public var folded: UInt16 { Self.fold(sum) }

  /// The checksum to store: the complement of the sum.
  @inlinable @inline(__always)
  public var value: UInt16 { ~folded }

  /// The checksum to store in a UDP header, where 0 would mean "none" and is sent as 0xffff.
  @inlinable @inline(__always)
  public var udpValue: UInt16 {
    let value = value
    return value == 0 ? 0xffff : value
  }

  /// Reduces a sum to 16 bits, adding the carries back in.
  @inlinable @inline(__always)
  public static func fold(_ sum: UInt64) -> UInt16 {
    let words = UInt32(truncatingIfNeeded: sum).addingReportingOverflow(UInt32(truncatingIfNeeded: sum >> 32))
    let word = words.partialValue &+ (words.overflow ? 1 : 0)
    // Each half plus the other: the upper one gets the carry of the lower.
    return UInt16(truncatingIfNeeded: (word &+ (word << 16 | word >> 16)) >> 16)
  }

  /// The unfolded sum of `count` bytes, below 2^33.
  @inlinable @inline(__always)
  public static func partialSum(_ bytes: UnsafeRawPointer, count: Int) -> UInt64 {
    guard count >= 8 else { return shortSum(bytes, count: count) }
    let sum = wordSum(bytes, count: count)
    return (sum & 0xffff_ffff) &+ (sum >> 32)
  }

  /// The folded sum of `count` bytes whose sum is known, and of those behind them. Not zero: over bytes that are not all
  /// zero a sum is all ones where it could be nothing.
  @inlinable @inline(__always)
  static func folded(_ sum: UInt64, of count: Int, and next: UnsafeRawPointer, _ length: Int) -> UInt16 {
    let rest = partialSum(next, count: length)
    // Behind an odd number of bytes every later one stands in the other half of its word.
    let folded = fold(sum &+ (count & 1 == 0 ? rest : UInt64(fold(rest).byteSwapped)))
    return folded == 0 ? 0xffff : folded
  }

  /// Two sums of 64 bits in one, the carry added back in.
  @inlinable @inline(__always)
  static func joined(_ first: UInt64, _ second: UInt64) -> UInt64 {
    let sum = first.addingReportingOverflow(second)
    return sum.partialValue &+ (sum.overflow ? 1 : 0)
  }

  /// The sum of 8 bytes or more, in all 64 bits.
  @inlinable @inline(__always)
  static func wordSum(_ bytes: UnsafeRawPointer, count: Int) -> UInt64 {
    var next = bytes
    var left = count
    var sum: UInt64 = 0
    if left >= 64 {
      let blocks = left & ~31
      sum = blockSum(bytes, count: blocks)
      next += blocks
      left &-= blocks
    }
    while left >= 8 {
      sum = joined(sum, next.loadUnaligned(as: UInt64.self))
      next += 8
      left &-= 8
    }
    guard left > 0 else { return sum }
    // The last bytes with some that have been added before them, which are shifted out.
    let last = (next + (left &- 8)).loadUnaligned(as: UInt64.self).littleEndian &>> UInt64(64 &- 8 &* left)
    return joined(sum, last.littleEndian)
  }

  /// The sum of fewer than 8 bytes.
  @inlinable @inline(__always)
  static func shortSum(_ bytes: UnsafeRawPointer, count: Int) -> UInt64 {
    var next = bytes
    var sum: UInt64 = 0
    if count & 4 != 0 {
      sum &+= UInt64(next.loadUnaligned(as: UInt32.self))
      next += 4
    }
    if count & 2 != 0 {
      sum &+= UInt64(next.loadUnaligned(as: UInt16.self))
      next += 2
    }
    if count & 1 != 0 {
      sum &+= UInt64(UInt16(next.load(as: UInt8.self)).littleEndian)
    }
    return sum
  }

  /// The sum of blocks of 32 bytes. The two halves of each word are summed apart, so that no carry is lost and the loop
  /// vectorises.
  @inlinable @inline(never)
  static func blockSum(_ bytes: UnsafeRawPointer, count: Int) -> UInt64 {
    var next = bytes
    var left = count
    var (low0, low1, low2, low3): (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var (high0, high1, high2, high3): (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    while left >= 32 {
      let word0 = next.loadUnaligned(as: UInt64.self)
      let word1 = next.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      let word2 = next.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
      let word3 = next.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
      low0 &+= word0 & 0xffff_ffff
      low1 &+= word1 & 0xffff_ffff
      low2 &+= word2 & 0xffff_ffff
      low3 &+= word3 & 0xffff_ffff
      high0 &+= word0 >> 32
      high1 &+= word1 >> 32
      high2 &+= word2 >> 32
      high3 &+= word3 >> 32
      next += 32
      left &-= 32
    }
    return (low0 &+ low1) &+ (low2 &+ low3) &+ ((high0 &+ high1) &+ (high2 &+ high3))
  }
}
