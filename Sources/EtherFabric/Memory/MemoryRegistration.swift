/// `ef_memreg`. Memory that the adapter can reach: registered in a protection domain, under DMA addresses.
public final class MemoryRegistration: @unchecked Sendable {
  public let domain: ProtectionDomain
  public let base: UnsafeMutableRawPointer
  /// Bytes.
  public let count: Int
  /// DMA address of the first byte. The rest follows without gaps, unless the domain has physical addresses or the
  /// adapter is hardware: then every 4 KiB may be somewhere else, and only `dmaAddress` tells.
  public let address: DMAAddress
  /// Where the pages are that do not follow each other.
  private let pages: [DMAAddress]?
  let owned: DMAMemory?

  private init(
    domain: ProtectionDomain, base: UnsafeMutableRawPointer, count: Int, owned: DMAMemory?
  ) throws(EtherFabricError) {
    try domain.driver.checkOpen("MemoryRegistration")
    guard UInt(bitPattern: base) % 4096 == 0, count > 0 else {
      throw EtherFabricError(
        "MemoryRegistration", errno: 22,
        reason: count > 0 ? "memory at \(base) is not aligned to 4096 bytes" : "\(count) bytes",
        remedy: "Take it from DMAMemory, or from posix_memalign with an alignment of 4096.")
    }
    let backend = domain.driver.backend
    address = try backend.register(base, byteCount: count, domain: domain.handle)
    pages =
      domain.flags.contains(.physicalMode) || backend.scattersPages
      ? backend.pageAddresses(address, byteCount: count, domain: domain.handle) : nil
    self.domain = domain
    self.base = base
    self.count = count
    self.owned = owned
  }

  /// `ef_memreg_alloc`. Registers memory of the caller's, who keeps it mapped while the registration lives.
  /// - Throws: `EINVAL` for memory that is not aligned to 4096 bytes; `ENOSPC` where the adapter's tables are full.
  public convenience init(
    _ domain: ProtectionDomain, base: UnsafeMutableRawPointer, count: Int
  ) throws(EtherFabricError) {
    try self.init(domain: domain, base: base, count: count, owned: nil)
  }

  /// The same for memory that the registration keeps alive.
  public convenience init(_ domain: ProtectionDomain, _ memory: DMAMemory) throws(EtherFabricError) {
    try self.init(domain: domain, base: memory.base, count: memory.count, owned: memory)
  }

  /// `ef_memreg_free`. Takes the memory out of the adapter's reach. In C the adapter reaches it until the driver handle is
  /// closed.
  deinit { domain.driver.backend.unregister(address, byteCount: count, domain: domain.handle) }

  /// `ef_memreg_dma_addr`. The DMA address of a byte.
  /// - Precondition: `offset` is inside the registration.
  public func dmaAddress(_ offset: Int) -> DMAAddress {
    precondition(offset >= 0 && offset < count, "offset outside the memory registration")
    guard let pages else { return address.advanced(by: offset) }
    return pages[offset >> 12].advanced(by: offset & 0xfff)
  }
}
