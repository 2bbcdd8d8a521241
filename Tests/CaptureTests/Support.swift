import CPcap
import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc

/// A folder for one test, removed at the end of its life.
final class Folder {
  let path: String

  init() {
    var template = Array("/tmp/capture-tests-XXXXXX\0".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit {
    for name in ["a", "b", "c", "out"] { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}

func contents(_ path: String) -> [UInt8] {
  let file = fopen(path, "r")!
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
  return bytes
}

func write(_ bytes: [UInt8], to path: String) {
  let file = fopen(path, "w")!
  _ = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
  fclose(file)
}

/// Numbers in the order of bytes that the files here have, lowest first.
func words(_ values: UInt32...) -> [UInt8] {
  values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
}

/// The header of a pcap file, field by field.
func pcapHeader(magic: UInt32 = 0xa1b2_3c4d, snapLength: UInt32 = 262_144, linkType: UInt32 = 1) -> [UInt8] {
  words(magic, 4 << 16 | 2, 0, 0, snapLength, linkType)
}

/// One record of a pcap file.
func pcapRecord(_ seconds: UInt32, _ fraction: UInt32, _ bytes: [UInt8], original: Int? = nil) -> [UInt8] {
  words(seconds, fraction, UInt32(bytes.count), UInt32(original ?? bytes.count)) + bytes
}

/// A frame whose every byte depends on `number`.
func frame(_ number: Int, length: Int = 60) -> [UInt8] {
  (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number &* 31) }
}

struct Seen: Equatable {
  var bytes: [UInt8]
  var timestamp: UInt64
  init(_ bytes: [UInt8], _ timestamp: UInt64) {
    self.bytes = bytes
    self.timestamp = timestamp
  }
  init(_ frame: WireFrame) {
    self.init(Array(UnsafeRawBufferPointer(start: frame.bytes, count: frame.length)), frame.timestamp)
  }
}

extension CaptureReader {
  /// All frames up to the end or the error.
  func readAll() throws -> [Seen] {
    var frames: [Seen] = []
    while let frame = try next() { frames.append(Seen(frame)) }
    return frames
  }
}

extension CaptureWriter {
  @discardableResult
  func record(_ bytes: [UInt8], at timestamp: UInt64) -> Bool {
    bytes.withUnsafeBytes { record($0.baseAddress!, length: $0.count, timestamp: timestamp) }
  }
}

extension WireOperations {
  /// The current frame, without consuming it.
  func peek() -> Seen? {
    withUnsafeTemporaryAllocation(of: WireFrame.self, capacity: 1) { out in
      receiveNext(context, out.baseAddress!) ? Seen(out[0]) : nil
    }
  }

  /// The current frame, consumed.
  func take() -> Seen? {
    guard let seen = peek() else { return nil }
    receiveRelease(context)
    return seen
  }

  func takeAll() -> [Seen] {
    var frames: [Seen] = []
    while let frame = take() { frames.append(frame) }
    return frames
  }

  func send(_ bytes: [UInt8]) -> TransmitOutcome? {
    guard let room = transmitReserve(context, bytes.count) else { return nil }
    bytes.withUnsafeBytes { room.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    return TransmitOutcome(rawValue: transmitCommit(context, bytes.count))
  }
}

/// Whether a descriptor is readable now.
func isReadable(_ descriptor: Int32, within milliseconds: Int32 = 0) -> Bool {
  var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  return poll(&entry, 1, milliseconds) == 1
}

/// What a call throws.
func refusal(_ body: () throws -> Void) -> EtherFabricError? {
  do {
    try body()
    return nil
  } catch {
    return error as? EtherFabricError
  }
}

/// A clock that stands until it is moved.
final class ManualClock {
  private let now: UnsafeMutablePointer<UInt64>
  init(_ start: UInt64 = 1_000_000) {
    now = .allocate(capacity: 1)
    now.initialize(to: start)
  }
  deinit { now.deallocate() }
  func advance(_ nanoseconds: UInt64) { now.pointee += nanoseconds }
  var clock: ReplayClock {
    ReplayClock(context: now) { $0!.assumingMemoryBound(to: UInt64.self).pointee }
  }
}

/// A file in memory that takes no more bytes from the moment on that `fill` is called.
final class FillableFile {
  let descriptor: Int32
  var path: String { "/proc/self/fd/\(descriptor)" }

  init() {
    typealias Create = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32
    let create = unsafeBitCast(dlsym(nil, "memfd_create"), to: Create.self)
    descriptor = create("capture", 2)
  }

  deinit { close(descriptor) }

  /// `F_ADD_SEALS` with `F_SEAL_GROW`: writes beyond the end fail with `EPERM`.
  func fill() { _ = fcntl(descriptor, 1033, Int32(4)) }
}
