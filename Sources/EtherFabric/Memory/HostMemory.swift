/// The registered memory of a protection domain as the CPU sees it: DMA pages of 4 KiB and what stands behind them.
///
/// Adapters that fetch nothing (EFCT, EF10CT) have their frames copied by the CPU, from the same DMA addresses.
@frozen
public struct HostMemory {
  /// One DMA page.
  @frozen
  public struct Page {
    /// Host address of the page, 0 where there is none.
    public var host: UInt
    /// The domain that it belongs to.
    public var domain: UInt32

    @inlinable
    public init(host: UInt, domain: UInt32) {
      self.host = host
      self.domain = domain
    }
  }

  @usableFromInline let pages: UnsafeMutablePointer<Page>
  @usableFromInline let pageCount: Int
  @usableFromInline let domain: UInt32

  @inlinable
  public init(pages: UnsafeMutablePointer<Page>, pageCount: Int, domain: UInt32) {
    self.pages = pages
    self.pageCount = pageCount
    self.domain = domain
  }

  /// The host address of `length` bytes at a DMA address, nil where any of them is not the domain's.
  @inlinable @inline(__always)
  public func translate(_ address: UInt64, length: Int) -> UnsafeMutableRawPointer? {
    let first = Int(truncatingIfNeeded: address >> 12)
    let offset = Int(truncatingIfNeeded: address & 0xfff)
    guard first < pageCount else { return nil }
    let page = pages[first]
    guard page.host != 0, page.domain == domain else { return nil }
    if offset &+ length > 4096 {
      // Registrations have a gap between them: if the last page is where it should be, so are those between.
      let last = first &+ ((offset &+ length &- 1) >> 12)
      guard last < pageCount else { return nil }
      let end = pages[last]
      guard end.domain == domain, end.host == page.host &+ (UInt(bitPattern: last &- first) << 12) else { return nil }
    }
    return UnsafeMutableRawPointer(bitPattern: page.host &+ UInt(offset))
  }
}
