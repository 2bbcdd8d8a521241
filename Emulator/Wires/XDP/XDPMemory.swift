import CLinuxShims
import EtherFabric
import Glibc

/// The frame memory of one socket (UMEM): chunks of equal size, first those that frames are received into, then those
/// that frames are sent from.
struct XDPMemory: ~Copyable {
  let base: UnsafeMutableRawPointer
  let size: Int
  let layout: XDPMemoryLayout
  let hasHugePages: Bool

  init(_ layout: XDPMemoryLayout) throws(EtherFabricError) {
    self.layout = layout
    let size = layout.size
    let huge = 2 << 20
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE
    if size % huge == 0 {
      let memory = mmap(nil, size, PROT_READ | PROT_WRITE, flags | MAP_HUGETLB, -1, 0)
      if let memory, memory != MAP_FAILED {
        (base, self.size, hasHugePages) = (memory, size, true)
        return
      }
    }
    guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED else {
      throw EtherFabricError(
        XDPOpening.operation, errno: errno, reason: "cannot map \(size) bytes of frame memory",
        remedy: "Ask for fewer slots or queues.")
    }
    (base, self.size, hasHugePages) = (memory, size, false)
  }

  deinit { munmap(base, size) }
}

/// Where everything is in a frame memory.
struct XDPMemoryLayout: Equatable {
  /// Bytes of a chunk: 2048, or 4096 where a frame of the MTU would not fit.
  let chunkSize: Int
  let receiveChunks: Int
  let transmitChunks: Int

  /// What the kernel leaves free in front of a received frame.
  static let receiveHeadroom = 256
  /// Where a frame to be sent begins in its first chunk. The metadata is in front of it.
  static let transmitOffset = 64
  /// Bytes of metadata, what the kernel is told.
  static let transmitMetadata = 32

  init(mtu: Int, receiveSlots: Int, transmitSlots: Int) {
    chunkSize = mtu + 18 + Self.receiveHeadroom <= 2048 ? 2048 : 4096
    receiveChunks = receiveSlots
    transmitChunks = transmitSlots
  }

  var size: Int { (receiveChunks + transmitChunks) * chunkSize }
  var transmitStart: Int { receiveChunks * chunkSize }
}
