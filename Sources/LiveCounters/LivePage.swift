import CLinuxShims
import Glibc
import Synchronization

/// The page of a running process, read only. Its counters move while they are read; each is read whole.
public final class LivePage: @unchecked Sendable {
  /// The process, by the number that it is known by here.
  public let process: Int32
  /// The name of the process.
  public let program: String
  /// The device string of the adapter, with every option in effect.
  public let device: String
  /// When the adapter was opened, in nanoseconds since the epoch.
  public let opened: UInt64
  /// What is counted.
  public let groups: [CounterGroup]

  private let base: UnsafeRawPointer
  private let byteCount: Int
  private let places: [PageParser.Group]
  /// What the page says of its process.
  let innerProcess: UInt32
  let processStart: UInt64

  /// Reads a page. The descriptor stays the caller's.
  /// - Parameter process: whose page it is, for the report.
  /// - Throws: `EBADMSG` for anything that is not a page, or not whole; `EPROTONOSUPPORT` for one of another version.
  public init(descriptor: Int32, process: Int32) throws(PageRefusal) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw PageRefusal(errno: Glibc.errno, reason: "descriptor \(descriptor) cannot be asked for its size")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .bad("it is no file") }
    byteCount = Int(status.st_size)
    guard byteCount >= PageLayout.headerBytes, byteCount <= PageLayout.pageLimit else {
      throw .bad("\(byteCount) bytes are no page")
    }
    // Otherwise it could be cut while it is mapped, and reading would be fatal.
    guard efvi_page_is_sealed(descriptor) != 0 else { throw .bad("its size is not sealed") }
    guard let mapping = mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, 0), mapping != MAP_FAILED else {
      throw PageRefusal(errno: Glibc.errno, reason: "it cannot be mapped")
    }
    base = UnsafeRawPointer(mapping)
    self.process = process
    do throws(PageRefusal) {
      // A copy: what has been checked must not change.
      let header = Self.copy(mapping, PageLayout.headerBytes)
      let metadata = try PageParser.metadataBytes(header, byteCount: byteCount)
      var bytes = Self.copy(mapping, metadata)
      bytes.replaceSubrange(..<header.count, with: header)
      let parser = PageParser(bytes: bytes, byteCount: byteCount)
      program = try parser.text(PageLayout.Header.program)
      device = try parser.text(PageLayout.Header.device)
      opened = parser.word(PageLayout.Header.opened)
      innerProcess = parser.half(PageLayout.Header.pid)
      processStart = parser.word(PageLayout.Header.start)
      places = try parser.groups()
      groups = places.map(\.group)
    } catch {
      munmap(mapping, byteCount)
      throw error
    }
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: base), byteCount) }

  private static func copy(_ base: UnsafeRawPointer, _ count: Int) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// Whether the adapter is still open. The process itself may have ended without closing it.
  public var isOpen: Bool {
    (base + PageLayout.Header.state).assumingMemoryBound(to: Atomic<UInt32>.self)
      .pointee.load(ordering: .acquiring) == PageLayout.State.open
  }

  /// Whether the adapter is open and its process runs.
  public var isAlive: Bool { isOpen && ProcessIdentity.isRunning("\(process)", since: processStart) }

  /// All counters now.
  public func read() -> CounterReading {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return CounterReading(
      time: UInt64(now.tv_sec) &* 1_000_000_000 &+ UInt64(now.tv_nsec),
      groups: places.map { place in
        (0..<place.group.instances).compactMap { read(place, instance: $0) }
      })
  }

  private func read(_ place: PageParser.Group, instance: Int) -> CounterReading.Instance? {
    let start = base + place.offset + place.stride * instance
    let generation = load(start)
    guard generation != 0 else { return nil }
    let tag = load(start + 8)
    let values = place.fieldOffsets.map { load(start + $0) }
    // It was given back, or is another by now.
    guard load(start) == generation else { return nil }
    return CounterReading.Instance(index: instance, generation: generation, tag: tag, values: values)
  }

  private func load(_ address: UnsafeRawPointer) -> UInt64 {
    address.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.load(ordering: .acquiring)
  }
}
