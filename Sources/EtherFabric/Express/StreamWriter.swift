import EtherFabricFormats

/// Writes one send into the CTPIO aperture, in whole 64-bit words: header, fragments, and zeros to a multiple of 64 bytes.
struct StreamWriter {
  let aperture: UnsafeMutablePointer<UInt64>
  /// Words of the aperture less one.
  let mask: Int
  /// The next word, running freely.
  var position: Int
  /// Bytes of a word that is not full.
  var rest: UInt64 = 0
  var restCount = 0

  @inline(__always)
  init(_ express: UnsafeMutablePointer<ExpressState>, header: UInt64) {
    aperture = express.pointee.aperture.assumingMemoryBound(to: UInt64.self)
    mask = express.pointee.apertureMask
    position = Int(express.pointee.streamAdded >> 3)
    aperture[position & mask] = header.littleEndian
    position &+= 1
  }

  /// Bytes of the stream that a frame takes.
  @inline(__always)
  static func footprint(_ length: Int) -> Int {
    (length &+ StreamHeader.size &+ StreamHeader.alignment &- 1) & ~(StreamHeader.alignment &- 1)
  }

  /// Writes a whole send of one fragment. False, with nothing written, where it goes round the end of the aperture.
  @inline(__always)
  static func write(
    _ express: UnsafeMutablePointer<ExpressState>, header: UInt64, _ source: UnsafeRawPointer, _ length: Int
  ) -> Bool {
    let slot = Int(express.pointee.streamAdded >> 3) & express.pointee.apertureMask
    let words = footprint(length) &>> 3
    guard slot &+ words <= express.pointee.apertureMask &+ 1 else { return false }
    let target = express.pointee.aperture.assumingMemoryBound(to: UInt64.self) + slot
    target[0] = header.littleEndian
    UnsafeMutableRawPointer(target + 1).copyMemory(from: source, byteCount: length & ~7)
    var next = 1 &+ length &>> 3
    let rest = length & 7
    if rest != 0 {
      var word: UInt64 = 0
      for index in 0..<rest {
        word |= UInt64(source.load(fromByteOffset: (length & ~7) &+ index, as: UInt8.self)) << UInt64(index &* 8)
      }
      target[next] = word.littleEndian
      next &+= 1
    }
    (target + next).update(repeating: 0, count: words &- next)
    return true
  }

  /// Adds a fragment of any length at any address.
  @inline(__always)
  mutating func add(_ source: UnsafeRawPointer, _ count: Int) {
    guard restCount != 0 else { return addAligned(source, count) }
    addBehindRest(source, count)
  }

  @inline(__always)
  private mutating func addAligned(_ source: UnsafeRawPointer, _ count: Int) {
    var source = source
    var words = count / 8
    while words > 0 {
      let slot = position & mask
      let run = min(words, mask &+ 1 &- slot)
      UnsafeMutableRawPointer(aperture + slot).copyMemory(from: source, byteCount: run &* 8)
      source += run &* 8
      position &+= run
      words &-= run
    }
    keep(source, count & 7)
  }

  @inline(never)
  private mutating func addBehindRest(_ source: UnsafeRawPointer, _ count: Int) {
    var source = source
    var left = count
    while left >= 8 {
      let word = UInt64(littleEndian: source.loadUnaligned(as: UInt64.self))
      aperture[position & mask] = (rest | word << UInt64(restCount * 8)).littleEndian
      rest = word >> UInt64(64 - restCount * 8)
      position &+= 1
      source += 8
      left -= 8
    }
    keep(source, left)
  }

  /// Adds up to seven bytes to the word that is not full.
  @inline(__always)
  private mutating func keep(_ source: UnsafeRawPointer, _ count: Int) {
    for index in 0..<count {
      rest |= UInt64(source.load(fromByteOffset: index, as: UInt8.self)) << UInt64(restCount &* 8)
      restCount &+= 1
      if restCount == 8 {
        aperture[position & mask] = rest.littleEndian
        position &+= 1
        rest = 0
        restCount = 0
      }
    }
  }

  /// Ends the send.
  @inline(__always)
  mutating func finish() {
    if restCount != 0 {
      aperture[position & mask] = rest.littleEndian
      position &+= 1
    }
    while position & (StreamHeader.alignment / 8 - 1) != 0 {
      aperture[position & mask] = 0
      position &+= 1
    }
  }
}
