import EtherFabricFormats

#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif

extension VirtualInterface {
  /// `ef_vi_receive_unbundle`. Takes the request ids of the buffers that a merged event completed, oldest first: each
  /// event once, in the order in which they came. Their packets' lengths are in the prefixes, see `receiveBytes`.
  /// - Parameter ids: room for 15 (`EF_VI_RECEIVE_BATCH`).
  /// - Returns: how many were stored.
  @inlinable
  public mutating func unbundle(_ event: Event.ReceiveMulti, into ids: UnsafeMutableBufferPointer<RequestID>) -> Int {
    precondition(ids.count >= Int(event.descriptors), "a merged event completes up to 15 buffers: give room for 15 ids")
    guard let base = ids.baseAddress else { return 0 }
    return state.unbundle(event, into: base)
  }

  /// The same for ids in a span.
  @inlinable
  public mutating func unbundle(_ event: Event.ReceiveMulti, into ids: inout MutableSpan<RequestID>) -> Int {
    ids.withUnsafeMutableBufferPointer { unbundle(event, into: $0) }
  }

  /// `ef_vi_rxq_next_desc_id`. Takes the oldest request id out of the receive ring, for events that tell of packets
  /// and not of descriptors (`Event.receiveMultiPackets`).
  /// - Returns: nil where no descriptor is posted, or, with event merge, completed.
  public mutating func nextReceiveID() -> RequestID? {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        // libciul asserts that there is one.
        guard interface.isEF10, ciul_ef_vi_receive_fill_level(interface) > 0 else { return nil }
        return RequestID(UInt32(bitPattern: ciul_ef_vi_rxq_next_desc_id(interface)))
      }
    #endif
    let end = state.pointee.plainReceiveMask != 0 ? state.pointee.receiveAdded : state.pointee.receiveCompleted
    guard state.pointee.receiveRemoved != end else { return nil }
    return state.takeReceiveID()
  }
}
