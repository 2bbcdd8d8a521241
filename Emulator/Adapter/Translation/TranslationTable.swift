import EtherFabric
import Glibc

/// The adapter's view of host memory: DMA pages of 4 KiB, each of one protection domain.
///
/// A flat table indexed by page number, reserved once and touched where it is used, so that a look-up is one load
/// whatever the number of registrations. Registrations are kept apart by a page that belongs to nobody, and no
/// DMA address is ever valid in two domains.
public struct TranslationTable {
  typealias Page = HostMemory.Page

  /// 16 GiB of memory can be registered at a time.
  static let pageCount = 1 << 22
  /// The first valid page: a zero or a small number is no DMA address.
  static let firstPage = 1 << 8

  let pages: UnsafeMutablePointer<Page>
  /// What lies above: the addresses of domains that have physical ones.
  let bus: BusTable

  init() throws(EtherFabricError) {
    let bytes = Self.pageCount * MemoryLayout<Page>.stride
    let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED, let bus = BusTable() else {
      throw EtherFabricError(
        "Driver.open", errno: errno, reason: "no address space for the DMA translation table (\(bytes) bytes)",
        remedy: "Raise the limit of virtual memory (ulimit -v).")
    }
    pages = memory.bindMemory(to: Page.self, capacity: Self.pageCount)
    self.bus = bus
  }

  /// What a domain's interfaces see of it.
  func hostMemory(of domain: UInt32) -> HostMemory {
    HostMemory(pages: pages, pageCount: Self.pageCount, domain: domain)
  }

  func deallocate() {
    munmap(pages, Self.pageCount * MemoryLayout<Page>.stride)
    bus.deallocate()
  }

  /// The host address of `length` bytes at a DMA address, nil where any of them is not the domain's.
  @inline(__always)
  func translate(_ address: UInt64, length: Int, domain: UInt32) -> UnsafeMutableRawPointer? {
    let first = Int(truncatingIfNeeded: address >> 12)
    let offset = Int(truncatingIfNeeded: address & 0xfff)
    guard first < Self.pageCount else { return bus.translate(address, length: length, domain: domain) }
    let page = pages[first]
    guard page.host != 0, page.domain == domain else { return nil }
    if offset &+ length > 4096 {
      // Descriptors reach over five pages at most, registrations have a gap between them: if the last page is
      // where it should be, so are those between.
      let last = first &+ ((offset &+ length &- 1) >> 12)
      guard last < Self.pageCount else { return nil }
      let end = pages[last]
      guard end.domain == domain, end.host == page.host &+ (UInt(bitPattern: last &- first) << 12) else { return nil }
    }
    return UnsafeMutableRawPointer(bitPattern: page.host &+ UInt(offset))
  }

  func map(firstPage: Int, pageCount: Int, host: UnsafeMutableRawPointer, domain: UInt32) {
    for index in 0..<pageCount {
      pages[firstPage + index] = Page(host: UInt(bitPattern: host) + (UInt(index) << 12), domain: domain)
    }
  }

  func unmap(firstPage: Int, pageCount: Int) {
    for index in 0..<pageCount { pages[firstPage + index] = Page(host: 0, domain: 0) }
  }
}
