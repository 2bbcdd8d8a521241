import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == QueueState {
  /// Writes a receive descriptor for an address that is too large for buffer mode: only a physical one is.
  @usableFromInline
  func receiveInitPhysical(_ address: DMAAddress, id: RequestID) throws(QueueError) {
    guard pointee.isPhysical, address.rawValue <= TransmitDescriptor.maximumPhysicalAddress else {
      throw QueueError(.addressOutOfRange, value: address.rawValue)
    }
    let added = pointee.receiveAdded
    let slot = Int(added & pointee.receiveMask)
    pointee.receiveDescriptors[slot] =
      ReceiveDescriptor(physicalAddress: address.rawValue, length: Int(pointee.receiveBufferLength)).word
    pointee.receiveIDs[slot] = id.rawValue
    pointee.receiveAdded = added &+ 1
  }
}
