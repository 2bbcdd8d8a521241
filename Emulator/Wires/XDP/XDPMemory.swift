import CLinuxShims
import EmulatedAdapter
import EtherFabric
import Glibc

/// The frame memory of one socket (UMEM): chunks of equal size, first those that frames are received into, then those
/// that frames are sent from. In front of them may be the user's memory, mapped a second time.
struct XDPMemory: ~Copyable {
  let base: UnsafeMutableRawPointer
  let size: Int
  let layout: XDPMemoryLayout
  let hasHugePages: Bool
  /// What is mapped in all.
  private let mapping: UnsafeMutableRawPointer
  private let mappedSize: Int

  init(_ layout: XDPMemoryLayout) throws(EtherFabricError) {
    self.layout = layout
    let size = layout.size
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE
    if size % Self.hugePage == 0 {
      let memory = mmap(nil, size, PROT_READ | PROT_WRITE, flags | MAP_HUGETLB, -1, 0)
      if let memory, memory != MAP_FAILED {
        (base, self.size, hasHugePages) = (memory, size, true)
        (mapping, mappedSize) = (memory, size)
        return
      }
    }
    guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED else {
      throw EtherFabricError(
        XDPOpening.operation, errno: errno, reason: "cannot map \(size) bytes of frame memory",
        remedy: "Ask for fewer slots or queues.")
    }
    (base, self.size, hasHugePages) = (memory, size, false)
    (mapping, mappedSize) = (memory, size)
  }

  /// The same with the user's memory in front, after a lead.
  init(_ layout: XDPMemoryLayout, user: UserMemory) throws(UserMemoryRefusal) {
    self.layout = layout
    let area = try XDPMemoryArea(user.base, byteCount: user.byteCount)
    // Huge pages can only be mapped where one could begin.
    let total = layout.size + Self.hugePage
    let memory = mmap(nil, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else {
      throw .kernel(step: "map \(total) bytes of frame memory", errno: errno)
    }
    let alias = (UInt(bitPattern: memory) + UInt(layout.lead) + UInt(Self.hugePage) - 1) & ~UInt(Self.hugePage - 1)
    let place = UnsafeMutableRawPointer(bitPattern: alias) ?? memory
    let status = withUnsafePointer(to: area.area) {
      xdp_memory_alias(user.base, UInt64(user.byteCount), place, $0)
    }
    guard status >= 0 else {
      munmap(memory, total)
      throw .kernel(step: "map the memory a second time", errno: -status)
    }
    (base, size, hasHugePages) = (place - layout.lead, layout.size, false)
    (mapping, mappedSize) = (memory, total)
  }

  private static let hugePage = 2 << 20

  deinit { munmap(mapping, mappedSize) }
}

/// Where everything is in a frame memory.
struct XDPMemoryLayout: Equatable {
  /// Bytes of a chunk: 2048, or 4096 where a frame of the MTU would not fit. With the user's memory, what its buffers
  /// hold and the headroom.
  let chunkSize: Int
  let receiveChunks: Int
  let transmitChunks: Int
  /// Bytes of the user's memory, and in front of it.
  let userSize: Int
  let lead: Int

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
    (userSize, lead) = (0, 0)
  }

  /// Chunks of the wire's own for all buffers that may be lent, so that there is one for each frame that nobody takes.
  init(_ user: UserMemory, transmitSlots: Int) {
    chunkSize = user.room + Self.receiveHeadroom
    receiveChunks = max(user.limit, 64)
    transmitChunks = transmitSlots
    userSize = user.byteCount
    // The headroom of a buffer at the beginning of the memory.
    lead = 4096
  }

  var size: Int {
    let bytes = transmitStart + transmitChunks * chunkSize
    return lead == 0 ? bytes : (bytes + 4095) / 4096 * 4096
  }
  /// The chunks that frames are received into.
  var receiveStart: Int { lead + userSize }
  var transmitStart: Int { receiveStart + receiveChunks * chunkSize }
}
