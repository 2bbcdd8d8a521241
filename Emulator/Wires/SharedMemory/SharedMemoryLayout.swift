import Glibc
import Synchronization

/// Where things are in the memory that two processes share.
///
/// ```
/// 0      magic u64, version u32, lines of a ring u32: written before the memory is handed over
/// 128    the taker has it: u32
/// 1024   the reader of port 0's frames, then at 2048 the reader of port 1's:
///          0    lines read u64, frames read u64
///          128  0 awake, 1 asleep, 2 gone: u32
///          192  1 where the kernel gives it no barrier, so that its writer has to run one: u32
/// 4096   the ring of port 0's frames, then that of port 1's
/// ```
///
/// A ring is lines of 64 bytes: 60 bytes of a frame and a word. A frame takes as many lines as it needs, so a small one
/// is one cache line that moves from core to core. The word of its first line is written last, and tells that the frame
/// is there; it has the lap in it, so nothing has to be cleared for the next lap. No index of the writer is shared, and
/// the reader's is looked at when the ring seems full, and once in 64 lines: where all is read, the rest of the lap is
/// passed over, and the next frame is in the first line, with the word of the next lap. A reader that finds nothing behind
/// 64 lines looks there, too. Lines passed over count as read.
enum SharedMemoryLayout {
  static let magic: UInt64 = 0x6566_7669_2d73_686d
  static let version: UInt32 = 2
  /// A power of two, and less than 2^16.
  static let lines = 8192
  static let lineBytes = 64
  static let payloadBytes = 60
  static let ringBytes = lines * lineBytes
  static let byteCount = 4096 + 2 * ringBytes
  /// Above what an adapter sends: MTU 16366, with headers.
  static let frameLimit = 16384 + 256

  static let taken = 128

  static func reader(of port: Int) -> Int { 1024 * (port + 1) }
  static func state(of port: Int) -> Int { reader(of: port) + 128 }
  static func fence(of port: Int) -> Int { reader(of: port) + 192 }
  static func ring(of port: Int) -> Int { 4096 + port * ringBytes }

  /// What a reader says of itself.
  enum ReaderState {
    static let awake: UInt32 = 0
    static let asleep: UInt32 = 1
    static let gone: UInt32 = 2
  }

  /// Lines of a frame.
  @inline(__always)
  static func lines(_ length: Int) -> Int { (length &+ (payloadBytes - 1)) / payloadBytes }

  /// Lines behind which a ring of which all is read may begin again.
  static let hotLines: UInt64 = 64

  /// Whether the lap may end in front of a line. Now and then one is a whole lap, so that no line keeps its word until
  /// the numbers of the laps come round.
  @inline(__always)
  static func mayTurn(_ position: UInt64) -> Bool {
    position % UInt64(lines) >= hotLines && position / UInt64(lines) % (1 << 14) != (1 << 14) - 1
  }

  /// Where the lap behind a line begins.
  @inline(__always)
  static func nextLap(_ position: UInt64) -> UInt64 { (position | UInt64(lines - 1)) &+ 1 }

  /// The lap of a line, from 1: memory that was never written is of no lap.
  @inline(__always)
  static func lap(_ position: UInt64) -> UInt32 {
    (UInt32(truncatingIfNeeded: position / UInt64(lines)) &+ 1) & 0xffff
  }

  static func write(to base: UnsafeMutableRawPointer) {
    base.storeBytes(of: magic, as: UInt64.self)
    base.storeBytes(of: version, toByteOffset: 8, as: UInt32.self)
    base.storeBytes(of: UInt32(lines), toByteOffset: 12, as: UInt32.self)
  }

  static func isWritten(at base: UnsafeRawPointer) -> Bool {
    base.load(as: UInt64.self) == magic && base.load(fromByteOffset: 8, as: UInt32.self) == version
      && base.load(fromByteOffset: 12, as: UInt32.self) == UInt32(lines)
  }
}

extension UnsafeMutableRawPointer {
  /// A word that two processes look at.
  @inline(__always)
  func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
    (self + offset).assumingMemoryBound(to: Atomic<UInt32>.self)
  }

  @inline(__always)
  func doubleWord(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    (self + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
  }
}
