import Glibc
import Testing

/// The bytes of a text of hexadecimal digits; blanks do not count.
func hex(_ text: String) -> [UInt8] {
  let digits = text.filter { !$0.isWhitespace }
  var bytes: [UInt8] = []
  var index = digits.startIndex
  while index < digits.endIndex {
    let next = digits.index(index, offsetBy: 2)
    bytes.append(UInt8(digits[index..<next], radix: 16)!)
    index = next
  }
  return bytes
}

/// A generator whose run depends on the seed alone.
struct SeededRandom: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
  }
}

/// Memory whose last byte is followed by a page that no one may touch.
final class GuardedMemory {
  let size: Int
  private let base: UnsafeMutableRawPointer
  private let page = Int(sysconf(Int32(_SC_PAGESIZE)))

  init(pages: Int = 4) throws {
    size = pages * page
    base = try #require(mmap(nil, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
    try #require(mprotect(base + size, page, PROT_NONE) == 0)
  }

  deinit { munmap(base, size + page) }

  /// `count` bytes that end where the forbidden page begins.
  func tail(_ count: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: base + size - count, count: count)
  }

  /// A copy of `bytes` at the end.
  func tail(_ bytes: [UInt8]) -> UnsafeMutableRawBufferPointer {
    let tail = tail(bytes.count)
    tail.copyBytes(from: bytes)
    return tail
  }
}

/// RFC 1071 word by word: bytes in pairs, network order, carries added back.
func naiveSum(_ bytes: [UInt8], initial: UInt32 = 0) -> UInt16 {
  var sum = initial
  for index in stride(from: 0, to: bytes.count, by: 2) {
    let low = index + 1 < bytes.count ? bytes[index + 1] : 0
    sum += UInt32(bytes[index]) << 8 | UInt32(low)
    sum = (sum & 0xffff) + (sum >> 16)
  }
  return UInt16(sum)
}
