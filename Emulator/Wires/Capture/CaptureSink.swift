import CPcap
import Glibc
import Synchronization

/// The memory behind a `CaptureWriter`: libpcap's dumper under a lock, counts, the first failure.
///
/// A datapath reaches it by pointer, so that it neither retains nor allocates.
struct CaptureSink: ~Copyable {
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  /// Nil once closed. Under the lock; behind a pointer, so that two threads that wait for it do not both hold the sink.
  private let dumper: UnsafeMutablePointer<OpaquePointer?>
  private let snapLength: Int
  /// What the file's stream writes through, if it is not memory of the C library's own.
  private let buffer: UnsafeMutablePointer<CChar>?
  let recorded = SharedCount()
  let lost = SharedCount()
  /// The errno of the first failed write, 0 before.
  let failure = Atomic<Int32>(0)

  /// Takes over the dumper and the buffer.
  init(dumper: OpaquePointer, snapLength: Int, buffer: UnsafeMutablePointer<CChar>? = nil) {
    self.buffer = buffer
    self.dumper = .allocate(capacity: 1)
    self.dumper.initialize(to: dumper)
    self.snapLength = snapLength
    lock = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
  }

  deinit {
    if let dumper = dumper.pointee { pcap_dump_close(dumper) }
    dumper.deallocate()
    buffer?.deallocate()
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  /// Appends a record. False when it is lost.
  func record(_ bytes: UnsafeRawPointer, length: Int, originalLength: Int, timestamp: UInt64) -> Bool {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    guard let dumper = dumper.pointee, length >= 0, failure.load(ordering: .relaxed) == 0 else {
      lost.add()
      return false
    }
    var header = pcap_pkthdr()
    header.ts.tv_sec = Int(truncatingIfNeeded: timestamp / 1_000_000_000)
    header.ts.tv_usec = Int(truncatingIfNeeded: timestamp % 1_000_000_000)
    header.caplen = UInt32(truncatingIfNeeded: min(length, snapLength))
    header.len = UInt32(truncatingIfNeeded: max(length, originalLength))
    Glibc.errno = 0
    // The callback's signature, which it shares with libpcap's loops, wants the dumper as bytes.
    pcap_dump(
      UnsafeMutableRawPointer(dumper).assumingMemoryBound(to: UInt8.self), &header,
      bytes.assumingMemoryBound(to: UInt8.self))
    guard ferror(pcap_dump_file(dumper)) == 0 else {
      fail()
      lost.add()
      return false
    }
    recorded.add()
    return true
  }

  /// Empties libpcap's buffer into the kernel.
  func flush() {
    pthread_mutex_lock(lock)
    flushLocked()
    pthread_mutex_unlock(lock)
  }

  /// Empties the buffer and closes the file.
  func close() {
    pthread_mutex_lock(lock)
    flushLocked()
    if let open = dumper.pointee { pcap_dump_close(open) }
    dumper.pointee = nil
    pthread_mutex_unlock(lock)
  }

  private func flushLocked() {
    guard let dumper = dumper.pointee, failure.load(ordering: .relaxed) == 0 else { return }
    Glibc.errno = 0
    if pcap_dump_flush(dumper) != 0 { fail() }
  }

  private func fail() {
    failure.store(Glibc.errno != 0 ? Glibc.errno : EIO, ordering: .releasing)
  }
}
