/// Requests for transmit alternatives, which EF10 adapters know.
public protocol AlternativeRequests {
  /// Gives an interface alternatives, all stopped, and room on the adapter for `bytes` of frames with their overhead in
  /// all of them together.
  /// - Returns: the hardware's number of each, 0 to 30.
  /// - Throws: `EALREADY` where the interface has some, `EBUSY` for more than the adapter has left, `ENOSPC` for more
  ///   room than it has left.
  func allocateAlternatives(_ count: Int, bytes: Int, interface: UInt32) throws(EtherFabricError) -> [UInt8]
  /// Takes them back, with all that they hold.
  func freeAlternatives(interface: UInt32) throws(EtherFabricError)
}

extension AlternativeRequests {
  public func allocateAlternatives(
    _ count: Int, bytes: Int, interface: UInt32
  ) throws(EtherFabricError) -> [UInt8] {
    throw .unsupported("VirtualInterface.allocateAlternatives", "transmit alternatives")
  }

  public func freeAlternatives(interface: UInt32) throws(EtherFabricError) {
    throw .unsupported("VirtualInterface.freeAlternatives", "transmit alternatives")
  }
}
