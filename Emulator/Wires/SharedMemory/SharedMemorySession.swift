import CLinuxShims
import EtherFabric
import Glibc
import Synchronization

/// The memory that two ends share, and the connection that says whether the other end lives. It ends with either.
final class SharedMemorySession {
  let base: UnsafeMutableRawPointer
  let connection: Int32
  /// The other process, as the kernel knows it.
  let process: Int32
  private let port: Int

  /// Takes both over.
  private init(base: UnsafeMutableRawPointer, connection: Int32, process: Int32, port: Int) {
    self.base = base
    self.connection = connection
    self.process = process
    self.port = port
  }

  deinit {
    base.word(SharedMemoryLayout.state(of: 1 - port)).pointee
      .store(SharedMemoryLayout.ReaderState.gone, ordering: .releasing)
    munmap(base, SharedMemoryLayout.byteCount)
    close(connection)
  }

  /// Makes the memory and offers it to the other end, which may never take it.
  /// - Parameter connection: is closed where that fails.
  static func offer(
    over connection: Int32, process: Int32, port: Int, fences: Bool
  ) throws(EtherFabricError) -> SharedMemorySession {
    let memory = efvi_meeting_memory("efvi-shm", SharedMemoryLayout.byteCount)
    defer { if memory >= 0 { close(memory) } }
    guard memory >= 0, let base = map(memory) else {
      let code = memory < 0 ? -memory : Glibc.errno
      close(connection)
      throw EtherFabricError(
        "SharedMemoryWire.init", errno: code,
        reason: "\(SharedMemoryLayout.byteCount) bytes of shared memory were refused",
        remedy: "See the limits of memory and open files (ulimit -a), and of the container.")
    }
    SharedMemoryLayout.write(to: base)
    base.word(SharedMemoryLayout.fence(of: 1 - port)).pointee.store(fences ? 1 : 0, ordering: .relaxed)
    let session = SharedMemorySession(base: base, connection: connection, process: process, port: port)
    // Where that fails the other end is gone, and so is the session at the next look.
    if efvi_meeting_offer(connection, memory, SharedMemoryLayout.magic) != 0 { shutdown(connection, Int32(SHUT_RDWR)) }
    return session
  }

  /// Takes the memory that the other end offered. Nil where it is not there yet, or not right: `isWaiting` says which.
  static func take(
    from connection: Int32, process: Int32, port: Int, fences: Bool, isWaiting: inout Bool
  ) -> SharedMemorySession? {
    var word: UInt64 = 0
    let memory = efvi_meeting_take(connection, &word)
    isWaiting = memory == -EAGAIN || memory == -EINTR
    guard memory >= 0 else { return nil }
    defer { close(memory) }
    guard word == SharedMemoryLayout.magic, efvi_meeting_is_memory(memory, SharedMemoryLayout.byteCount) != 0,
      let base = map(memory)
    else { return nil }
    guard SharedMemoryLayout.isWritten(at: base) else {
      munmap(base, SharedMemoryLayout.byteCount)
      return nil
    }
    base.word(SharedMemoryLayout.fence(of: 1 - port)).pointee.store(fences ? 1 : 0, ordering: .relaxed)
    base.word(SharedMemoryLayout.taken).pointee.store(1, ordering: .releasing)
    efvi_meeting_wake(connection)
    return SharedMemorySession(base: base, connection: connection, process: process, port: port)
  }

  private static func map(_ memory: Int32) -> UnsafeMutableRawPointer? {
    let flags = MAP_SHARED | MAP_POPULATE
    let base = mmap(nil, SharedMemoryLayout.byteCount, PROT_READ | PROT_WRITE, flags, memory, 0)
    return base == MAP_FAILED ? nil : base
  }

  /// Whether the other end has taken what this one offered.
  var isTaken: Bool { base.word(SharedMemoryLayout.taken).pointee.load(ordering: .acquiring) == 1 }

  /// Whether the other end has closed, or its process has ended.
  var isOver: Bool {
    base.word(SharedMemoryLayout.state(of: port)).pointee.load(ordering: .acquiring)
      == SharedMemoryLayout.ReaderState.gone || efvi_meeting_is_over(connection) != 0
  }
}
