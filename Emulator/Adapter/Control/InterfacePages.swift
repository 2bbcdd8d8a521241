import EtherFabric
import EtherFabricFormats
import Glibc

/// Whole pages for the rings or the event queue of an interface, all zero and present. They come from the kernel, which
/// can say no: what Swift allocates ends the process where nothing is left.
struct InterfacePages: ~Copyable {
  let base: UnsafeMutableRawPointer
  private let byteCount: Int

  /// - Parameter purpose: what it is for, for the error.
  init(_ bytes: Int, for purpose: String) throws(EtherFabricError) {
    byteCount = (bytes + RingRules.pageSize - 1) / RingRules.pageSize * RingRules.pageSize
    let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)
    guard let memory, memory != MAP_FAILED else {
      throw EtherFabricError(
        EmulatedAdapter.allocateCall, errno: errno, reason: "no memory for \(purpose) (\(byteCount) bytes)",
        remedy: "Free interfaces or memory, make the rings smaller, or raise the limit of virtual memory (ulimit -v).")
    }
    base = memory
  }

  deinit { munmap(base, byteCount) }
}
