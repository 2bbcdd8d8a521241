import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == QueueState {
  /// `ef_vi_receive_init` where the address is none of a plain buffer in buffer mode.
  @usableFromInline
  func receiveInitSpecially(_ address: DMAAddress, id: RequestID) throws(QueueError) {
    guard !pointee.packedStream.isOn else { return try receiveInitPacked(address) }
    // Only a physical address may have more bits.
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
