/// Requests for PIO buffers, which EF10 adapters know.
public protocol PIORequests {
  /// Takes one of the adapter's PIO buffers, of the size that `Capability.pioBufferSize` tells.
  /// - Returns: the number by which the backend knows it.
  /// - Throws: `EOPNOTSUPP` where the adapter has none, `ENOSPC` where all are taken.
  func allocatePIO(domain: UInt32) throws(EtherFabricError) -> UInt32
  func freePIO(_ buffer: UInt32)
  /// Lets an interface send from a buffer.
  /// - Returns: where it is written to: aligned words of 64 bits only.
  /// - Throws: `EBUSY` where the interface has one already.
  func linkPIO(_ buffer: UInt32, interface: UInt32) throws(EtherFabricError) -> UnsafeMutableRawPointer
  func unlinkPIO(_ buffer: UInt32, interface: UInt32) throws(EtherFabricError)
}

extension PIORequests {
  public func allocatePIO(domain: UInt32) throws(EtherFabricError) -> UInt32 {
    throw .unsupported("ProtectionDomain.allocatePIO", "PIO")
  }

  public func freePIO(_ buffer: UInt32) {}

  public func linkPIO(
    _ buffer: UInt32, interface: UInt32
  ) throws(EtherFabricError) -> UnsafeMutableRawPointer {
    throw .unsupported("VirtualInterface.linkPIO", "PIO")
  }

  public func unlinkPIO(_ buffer: UInt32, interface: UInt32) throws(EtherFabricError) {
    throw .unsupported("VirtualInterface.unlinkPIO", "PIO")
  }
}
