/// The Internet checksum over frames in place. All sums are of bytes as they lie in memory, so a folded sum is stored
/// as it is, without a swap.
enum PacketChecksum {
  /// Adds `count` bytes at `bytes` to a running sum. Only the last piece of a sum may have an odd length.
  @inline(__always)
  static func add(_ bytes: UnsafeRawPointer, _ count: Int, to sum: UInt64) -> UInt64 {
    var low = sum
    var high: UInt64 = 0
    var at = bytes
    var left = count
    while left >= 16 {
      let first = at.loadUnaligned(as: UInt64.self)
      let second = at.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      low &+= (first & 0xffff_ffff) &+ (first >> 32)
      high &+= (second & 0xffff_ffff) &+ (second >> 32)
      at += 16
      left &-= 16
    }
    low &+= high
    while left >= 2 {
      low &+= UInt64(at.loadUnaligned(as: UInt16.self))
      at += 2
      left &-= 2
    }
    if left == 1 { low &+= UInt64(UInt16(littleEndian: UInt16(at.load(as: UInt8.self)))) }
    return low
  }

  /// Adds a 16-bit value of host order to a running sum.
  @inline(__always)
  static func add(_ value: Int, to sum: UInt64) -> UInt64 {
    sum &+ UInt64(UInt16(truncatingIfNeeded: value).bigEndian)
  }

  /// The complement of a sum, to be stored as it is.
  @inline(__always)
  static func fold(_ sum: UInt64) -> UInt16 {
    var sum = (sum & 0xffff_ffff) &+ (sum >> 32)
    sum = (sum & 0xffff) &+ (sum >> 16)
    sum = (sum & 0xffff) &+ (sum >> 16)
    sum = (sum & 0xffff) &+ (sum >> 16)
    return ~UInt16(truncatingIfNeeded: sum)
  }

  /// Finishes a checksum whose field holds the sum of the pseudo header: the sum from `start` to the end of the
  /// frame goes to `start + offset`. False where these lie outside the frame, which is then left as it is.
  @inline(__always)
  static func complete(_ frame: UnsafeMutableRawPointer, length: Int, start: Int, offset: Int) -> Bool {
    guard start &+ offset &+ 2 <= length else { return false }
    let folded = fold(add(frame + start, length &- start, to: 0))
    // Zero would say "no checksum" in UDP; both values are the same number to a receiver.
    (frame + (start &+ offset)).storeBytes(of: folded == 0 ? 0xffff : folded, as: UInt16.self)
    return true
  }
}
