/// `ef_memreg`. Memory that the adapter can reach: registered in a protection domain, under DMA addresses.
public final class MemoryRegistration: @unchecked Sendable {
  public let domain: ProtectionDomain
  public let base: UnsafeMutableRawPointer
  /// Bytes.
  public let count: Int
  /// DMA address of the first byte.
  public let address: DMAAddress
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
    address = try domain.driver.backend.register(base, byteCount: count, domain: domain.handle)
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

  deinit { domain.driver.backend.unregister(address, byteCount: count, domain: domain.handle) }

  /// `ef_memreg_dma_addr`. The DMA address of a byte.
  /// - Precondition: `offset` is inside the registration.
  public func dmaAddress(_ offset: Int) -> DMAAddress {
    precondition(offset >= 0 && offset < count, "offset outside the memory registration")
    return address.advanced(by: offset)
  }
}
