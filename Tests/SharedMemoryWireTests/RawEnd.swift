import CLinuxShims
import Glibc
import Testing

/// The other end of a wire, played by hand: it makes the memory, offers it, and reads and writes its words. The offsets
/// here are the format's, not the wire's own.
final class RawEnd {
  static let byteCount = 4096 + 2 * 8192 * 64
  let connection: Int32
  let memory: UnsafeMutableRawPointer
  /// The wire's port; this end has the other.
  let port: Int

  /// Connects to an end that listens, and offers it memory.
  init(_ name: String, wirePort: Int, prepare: (UnsafeMutableRawPointer) -> Void = { _ in }) throws {
    port = wirePort
    connection = try Self.connect(name, wirePort)
    let file = efvi_meeting_memory("raw-end", Self.byteCount)
    try #require(file >= 0)
    let mapping = mmap(nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    memory = try #require(mapping)
    memory.storeBytes(of: 0x6566_7669_2d73_686d, as: UInt64.self)
    memory.storeBytes(of: 2, toByteOffset: 8, as: UInt32.self)
    memory.storeBytes(of: 8192, toByteOffset: 12, as: UInt32.self)
    prepare(memory)
    #expect(efvi_meeting_offer(connection, file, 0x6566_7669_2d73_686d) == 0)
    close(file)
  }

  deinit {
    munmap(memory, Self.byteCount)
    close(connection)
  }

  static func connect(_ name: String, _ port: Int) throws -> Int32 {
    let connection = efvi_meeting_connect("efvi/shm/\(geteuid())/\(name)/\(port)")
    try #require(connection >= 0)
    return connection
  }

  var isTaken: Bool { word(128) == 1 }
  /// Whether the wire has let go of it.
  var isOver: Bool { efvi_meeting_is_over(connection) != 0 }

  func word(_ offset: Int) -> UInt32 { memory.load(fromByteOffset: offset, as: UInt32.self) }
  func doubleWord(_ offset: Int) -> UInt64 { memory.load(fromByteOffset: offset, as: UInt64.self) }
  func store(_ value: UInt32, _ offset: Int) { memory.storeBytes(of: value, toByteOffset: offset, as: UInt32.self) }
  func store(_ value: UInt64, _ offset: Int) { memory.storeBytes(of: value, toByteOffset: offset, as: UInt64.self) }

  /// Where a line of the wire's frames is, or of this end's.
  func outgoing(_ line: Int) -> Int { 4096 + port * 8192 * 64 + line * 64 }
  func incoming(_ line: Int) -> Int { 4096 + (1 - port) * 8192 * 64 + line * 64 }
  func bytes(_ offset: Int, _ count: Int) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: memory + offset, count: count))
  }

  /// Writes a frame of one line for the wire to read.
  func put(_ frame: [UInt8], line: Int, lap: UInt32 = 1) {
    (memory + incoming(line)).copyMemory(from: frame, byteCount: frame.count)
    store(lap << 16 | UInt32(frame.count), incoming(line) + 60)
  }
}
