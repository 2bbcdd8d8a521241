/// Requests about protection domains that not every adapter knows.
public protocol DomainRequests {
  /// A domain on a virtual port of its own.
  /// - Parameter vlan: the tag that the adapter puts on what leaves the port, and takes off what arrives; nil for none.
  func allocateDomain(flags: DomainFlags, vlan: UInt16?) throws(EtherFabricError) -> UInt32
  /// The pages of a registration need not follow each other in domains without physical addresses either.
  var scattersPages: Bool { get }
  /// Where the pages of a registration are, where they are scattered; nil where they follow each other.
  func pageAddresses(_ address: DMAAddress, byteCount: Int, domain: UInt32) -> [DMAAddress]?
  /// A capability of what domains with these flags are on.
  /// - Throws: `ENODEV` where the adapter has no such function.
  func capability(_ capability: Capability, flags: DomainFlags) throws(EtherFabricError) -> UInt64?
  /// A capability of what a domain is on.
  func capability(_ capability: Capability, domain: UInt32) -> UInt64?
}

extension DomainRequests where Self: AdapterBackend {
  public func allocateDomain(flags: DomainFlags, vlan: UInt16?) throws(EtherFabricError) -> UInt32 {
    throw .unsupported("Driver.allocateProtectionDomain", "virtual ports")
  }

  public var scattersPages: Bool { false }

  public func pageAddresses(_ address: DMAAddress, byteCount: Int, domain: UInt32) -> [DMAAddress]? { nil }

  public func capability(_ capability: Capability, flags: DomainFlags) throws(EtherFabricError) -> UInt64? {
    self.capability(capability)
  }

  public func capability(_ capability: Capability, domain: UInt32) -> UInt64? { self.capability(capability) }
}
