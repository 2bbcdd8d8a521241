import Synchronization

/// Writes bytes to memory of an adapter as it wants them: in aligned words of 64 bits, one behind the other, and no word
/// twice. Such memory is write-combined and write-only, and half words are lost on some adapters.
struct WordWriter {
  private var next: UnsafeMutablePointer<Atomic<UInt64>>
  /// Bytes that wait for the rest of their word, from the lowest on.
  private var inHand: UInt64
  private var countInHand: Int
  private let start: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - start: aligned to 8 bytes.
  ///   - header: written before all else.
  init(_ start: UnsafeMutableRawPointer, header: UInt32? = nil) {
    self.start = start
    next = start.assumingMemoryBound(to: Atomic<UInt64>.self)
    inHand = UInt64(header ?? 0).littleEndian
    countInHand = header == nil ? 0 : 4
  }

  /// Bytes written as words.
  var byteCount: Int { UnsafeRawPointer(next) - UnsafeRawPointer(start) }

  /// Takes over bytes, anywhere in memory; nothing beyond them is read.
  @inline(__always)
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard var source = bytes.baseAddress else { return }
    var left = bytes.count
    if countInHand > 0 {
      let taken = min(8 &- countInHand, left)
      inHand |= Self.load(source, taken) << UInt64(8 &* countInHand)
      countInHand &+= taken
      source += taken
      left &-= taken
      guard countInHand == 8 else { return }
      write(inHand)
    }
    while left >= 8 {
      write(source.loadUnaligned(as: UInt64.self))
      source += 8
      left &-= 8
    }
    inHand = Self.load(source, left)
    countInHand = left
  }

  /// Ends with zeros up to a multiple of `alignment` bytes, which is one of 8.
  @inline(__always)
  mutating func finish(alignment: Int) {
    if countInHand > 0 { write(inHand) }
    inHand = 0
    countInHand = 0
    while byteCount & (alignment &- 1) != 0 { write(0) }
  }

  /// A store that the compiler neither splits nor merges.
  @inline(__always)
  private mutating func write(_ word: UInt64) {
    next.pointee.store(word, ordering: .relaxed)
    next += 1
  }

  /// Less than 8 bytes.
  @inline(__always)
  private static func load(_ source: UnsafeRawPointer, _ count: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<count {
      word |= UInt64(source.load(fromByteOffset: index, as: UInt8.self)) << UInt64(8 &* index)
    }
    return word
  }
}
