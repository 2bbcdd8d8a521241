import CNuma
import Glibc

/// The kernel calls that `DMAMemory` makes, replaceable so that each refusal can be provoked. Calls return 0 or an errno.
package struct MemoryCalls: Sendable {
  /// Anonymous memory of `length` bytes, of huge pages if asked for; or the errno.
  package var map: @Sendable (_ length: Int, _ huge: Bool) -> (base: UnsafeMutableRawPointer?, errno: Int32)
  package var unmap: @Sendable (_ base: UnsafeMutableRawPointer, _ length: Int) -> Void
  package var lock: @Sendable (_ base: UnsafeMutableRawPointer, _ length: Int) -> Int32
  /// RLIMIT_MEMLOCK now, in bytes; nil for no limit.
  package var lockLimit: @Sendable () -> UInt64?
  /// The highest NUMA node, nil where the kernel has no NUMA policy.
  package var highestNode: @Sendable () -> Int?
  /// Asks for the pages to come from `node` while it has any.
  package var prefer: @Sendable (_ node: Int, _ base: UnsafeMutableRawPointer, _ length: Int) -> Int32
  /// The node of the page at `base`, nil where unknown.
  package var nodeOfPage: @Sendable (_ base: UnsafeMutableRawPointer) -> Int?
  /// Makes every page present and writable.
  package var populate: @Sendable (_ base: UnsafeMutableRawPointer, _ length: Int) -> Int32

  /// The kernel's.
  package static let kernel = MemoryCalls(
    map: { length, huge in
      let hugeFlags = huge ? MAP_HUGETLB | 21 << 26 : 0  // MAP_HUGE_2MB: log2 of the size above bit 26.
      let base = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | hugeFlags, -1, 0)
      guard let base, base != MAP_FAILED else { return (nil, errno) }
      return (base, 0)
    },
    unmap: { _ = munmap($0, $1) },
    lock: { mlock($0, $1) == 0 ? 0 : errno },
    lockLimit: {
      var limit = rlimit()
      let memoryLock = __rlimit_resource_t(8)  // RLIMIT_MEMLOCK
      guard getrlimit(memoryLock, &limit) == 0, limit.rlim_cur != rlim_t.max else { return nil }
      return UInt64(limit.rlim_cur)
    },
    highestNode: { numa_available() < 0 ? nil : Int(numa_max_node()) },
    prefer: { node, base, length in
      let wordBits = UInt.bitWidth
      var mask = [UInt](repeating: 0, count: node / wordBits + 1)
      mask[node / wordBits] |= 1 << UInt(node % wordBits)
      // The kernel takes one bit fewer than it is told.
      return mbind(base, UInt(length), MPOL_PREFERRED, mask, UInt(mask.count * wordBits + 1), 0) == 0 ? 0 : errno
    },
    nodeOfPage: { base in
      var node: Int32 = -1
      guard get_mempolicy(&node, nil, 0, base, UInt32(MPOL_F_NODE | MPOL_F_ADDR)) == 0, node >= 0 else { return nil }
      return Int(node)
    },
    populate: { base, length in
      let populateWrite: Int32 = 23  // MADV_POPULATE_WRITE, since Linux 5.14.
      if madvise(base, length, populateWrite) == 0 { return 0 }
      guard errno == EINVAL || errno == ENOSYS else { return errno }
      for offset in stride(from: 0, to: length, by: 4096) {
        base.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
      }
      return 0
    })
}
