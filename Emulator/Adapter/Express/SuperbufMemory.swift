import EtherFabric
import EtherFabricFormats
import Glibc

/// The memory of an X3 queue's superbufs: addresses for as many as a queue can have, and pages where there are any. So
/// interfaces that come later add to what earlier ones see, and no superbuf ever moves.
final class SuperbufMemory {
  /// The first superbuf, on a huge page's boundary.
  let base: UnsafeMutableRawPointer
  /// Superbufs that have pages.
  private(set) var count = 0
  /// Whether all pages are of 2 MiB.
  private(set) var hasHugePages = true

  private let reserved: UnsafeMutableRawPointer
  private static let reservedBytes = SuperbufLayout.maximumSuperbufs * SuperbufLayout.size + DMAMemory.hugePageSize
  private static let call = "VirtualInterface.addFilter"

  init() throws(EtherFabricError) {
    let memory = mmap(
      nil, Self.reservedBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else {
      throw EtherFabricError(
        Self.call, errno: errno, reason: "no address space for the superbufs of a receive queue",
        remedy: "Raise the limit of virtual memory (ulimit -v): each queue reserves 2 GiB of addresses.")
    }
    reserved = memory
    let page = UInt(DMAMemory.hugePageSize)
    base = memory + Int((page - UInt(bitPattern: memory) % page) % page)
  }

  deinit { munmap(reserved, Self.reservedBytes) }

  /// Gives pages to superbufs until `wanted` have them, two at a time.
  func grow(to wanted: Int) throws(EtherFabricError) {
    while count < wanted {
      let place = base + count * SuperbufLayout.size
      if !Self.map(place, MAP_HUGETLB | 21 << 26) {  // MAP_HUGE_2MB: log2 of the size above bit 26.
        hasHugePages = false
        guard Self.map(place, 0) else {
          throw EtherFabricError(
            Self.call, errno: errno, reason: "no memory for \(wanted) superbufs of 1 MiB",
            remedy: "Ask for a smaller receive queue.")
        }
      }
      count += DMAMemory.hugePageSize / SuperbufLayout.size
    }
  }

  private static func map(_ place: UnsafeMutableRawPointer, _ flags: Int32) -> Bool {
    let memory = mmap(
      place, DMAMemory.hugePageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | flags, -1, 0)
    guard memory != MAP_FAILED else { return false }
    let populateWrite: Int32 = 23  // MADV_POPULATE_WRITE, since Linux 5.14; without it pages come as they are used.
    return madvise(place, DMAMemory.hugePageSize, populateWrite) == 0 || errno == EINVAL
  }
}
