import EmulatedAdapter
import EmulatedWires
import Glibc

extension SharedMemoryWire {
  /// Puts a frame into the wire and flushes; nil where it gave no room.
  @discardableResult
  func send(_ frame: [UInt8], isPoisoned: Bool = false) -> TransmitOutcome? {
    guard let room = operations.transmitReserve(operations.context, frame.count) else { return nil }
    room.copyMemory(from: frame, byteCount: frame.count)
    let commit = isPoisoned ? operations.transmitPoisoned! : operations.transmitCommit
    let outcome = commit(operations.context, frame.count)
    _ = operations.transmitFlush(operations.context)
    return TransmitOutcome(rawValue: outcome)
  }

  /// The next frame, consumed, or nil.
  func take() -> [UInt8]? {
    var frame = WireFrame(bytes: operations.context, length: 0)
    guard operations.receiveNext(operations.context, &frame) else { return nil }
    defer { operations.receiveRelease(operations.context) }
    return Array(UnsafeRawBufferPointer(start: frame.bytes, count: frame.length))
  }

  /// The next frame, if one comes within a second.
  func await() -> [UInt8]? {
    var frame: [UInt8]?
    _ = eventually {
      frame = take()
      return frame != nil
    }
    return frame
  }

  func arm() { operations.armWait(operations.context) }

  func isReadable(_ milliseconds: Int32 = 0) -> Bool {
    var entry = pollfd(fd: waitDescriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, milliseconds) > 0
  }
}

/// Polls `condition` until it holds or the time is over.
func eventually(_ timeout: Duration = .seconds(2), _ condition: () throws -> Bool) rethrows -> Bool {
  let end = ContinuousClock.now + timeout
  while ContinuousClock.now < end {
    if try condition() { return true }
    usleep(100)
  }
  return try condition()
}

/// Whether both ends have found each other. Each has to look for itself.
func areUp(_ left: SharedMemoryWire, _ right: SharedMemoryWire) -> Bool {
  let (isLeftUp, isRightUp) = (left.isLinkUp, right.isLinkUp)
  return isLeftUp && isRightUp
}

/// A frame of `length` bytes with a pattern of its number.
func frame(_ number: Int, length: Int = 60) -> [UInt8] {
  (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 5 &+ number) }
}

/// A name that no other test has.
func freshName(_ word: String = #function) -> String {
  "\(word.prefix { $0.isLetter }.prefix(32))-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
}

/// Both ends in one process, linked.
struct Pair {
  let left: SharedMemoryWire
  let right: SharedMemoryWire

  init(_ name: String) throws {
    left = try SharedMemoryWire(name: name, port: 0)
    right = try SharedMemoryWire(name: name, port: 1)
    _ = eventually { areUp(left, right) }
  }
}

/// What this process has open, and what the system knows of such wires.
struct Traces: Equatable {
  var descriptors: Int
  var sharedFiles: [String]
  var sockets: Int

  static func now() -> Traces {
    Traces(
      descriptors: list("/proc/self/fd").count, sharedFiles: list("/dev/shm").sorted(),
      sockets: lines("/proc/net/unix").filter { $0.contains("efvi/shm/") }.count)
  }

  /// Nothing was left. Descriptors of an earlier test may have gone in between.
  func hasNothingMore(than before: Traces) -> Bool {
    descriptors <= before.descriptors && sharedFiles == before.sharedFiles && sockets <= before.sockets
  }

  static func sockets(named name: String) -> Int {
    lines("/proc/net/unix").filter { $0.contains("efvi/shm/") && $0.contains("/\(name)/") }.count
  }

  private static func list(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) { name in
          name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }

  static func lines(_ path: String) -> [String] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { text += chunk[..<count] }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
