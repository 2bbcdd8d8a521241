import EtherFabricFormats

#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif

extension VirtualInterface {
  /// `ef_vi_receive_init`. Writes one receive descriptor; the adapter sees it after `receivePush`.
  /// - Parameters:
  ///   - address: where the adapter writes `receiveBufferLength` bytes at most.
  ///   - id: comes back with the completion; packed stream has none.
  /// - Throws: `EAGAIN` where the ring is full, `EINVAL` for an address of more than 44 bits (48 where addresses are
  ///   physical), or in packed stream for one that is not aligned to the size of a buffer, `ENOSYS` on EFCT and EF10CT.
  ///   Nothing is changed.
  @inlinable
  public mutating func receiveInit(_ address: DMAAddress, id: RequestID) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return try state.receiveInit(interface, address, id: id)
      }
    #endif
    let mask = state.pointee.receiveMask
    let added = state.pointee.receiveAdded
    guard added &- state.pointee.receiveRemoved < mask else { throw state.receiveWithoutRing() }
    guard address.rawValue < state.pointee.receiveAddressLimit else {
      return try state.receiveInitSpecially(address, id: id)
    }
    let slot = Int(added & mask)
    state.pointee.receiveDescriptors[slot] =
      ReceiveDescriptor(within: address.rawValue, length: state.pointee.receiveBufferLength).word
    state.pointee.receiveIDs[slot] = id.rawValue
    state.pointee.receiveAdded = added &+ 1
  }

  /// `ef_vi_receive_push`. Shows initialised descriptors to the adapter, in multiples of eight: up to seven wait
  /// for the next push.
  @inlinable
  public mutating func receivePush() {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return ciul_ef_vi_receive_push(interface) }
    #endif
    let target = state.pointee.receiveAdded & ~(RingRules.receivePushBatch - 1)
    guard target != state.pointee.receivePosted else { return }
    state.pointee.receivePosted = target
    state.pointee.ring(DoorbellPage.receiveDoorbell, target & state.pointee.receiveMask)
    if let service = state.pointee.service {
      service(state.pointee.context, InterfaceGrant.Reason.receiveDoorbell)
    }
  }

  /// `ef_vi_receive_post`. `receiveInit`, then `receivePush`.
  @inlinable
  public mutating func receivePost(_ address: DMAAddress, id: RequestID) throws(QueueError) {
    try receiveInit(address, id: id)
    receivePush()
  }

  /// `ef_vi_receive_space`. Descriptors that the ring can still take.
  @inlinable public var receiveSpace: Int { max(0, receiveCapacity - receiveFillLevel) }
  /// `ef_vi_receive_fill_level`. Descriptors posted or initialised and not completed; always full on EFCT and EF10CT,
  /// where there is nothing to post.
  @inlinable public var receiveFillLevel: Int {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return Int(
          interface.isEF10 ? ciul_ef_vi_receive_fill_level(interface) : ciul_ef_vi_receive_capacity(interface))
      }
    #endif
    return Int(state.pointee.receiveAdded &- state.pointee.receiveRemoved)
  }
  /// `ef_vi_receive_capacity`. Ring size minus one; 0 without a receive ring.
  @inlinable public var receiveCapacity: Int {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return Int(ciul_ef_vi_receive_capacity(interface)) }
    #endif
    if let express = state.pointee.express { return Int(express.pointee.receiveMask) }
    return Int(state.pointee.receiveMask)
  }
  /// `ef_vi_receive_prefix_len`. Bytes before the packet in its first buffer: 0 or 14.
  @inlinable public var receivePrefixLength: Int { Int(state.pointee.receivePrefixLength) }

  /// `ef_vi_receive_buffer_len` and `ef_vi_receive_set_buffer_len`. Bytes that the adapter may write to a buffer,
  /// prefix included; for descriptors initialised from now on. 1792 at first.
  /// - Precondition: 1 to 16383.
  @inlinable public var receiveBufferLength: Int {
    get {
      #if ETHERFABRIC_HARDWARE
        if let interface = state.pointee.hardware { return Int(ciul_ef_vi_receive_buffer_len(interface)) }
      #endif
      return Int(state.pointee.receiveBufferLength)
    }
    set {
      precondition((1...0x3fff).contains(newValue), "receive buffer length must be 1 to 16383 bytes")
      #if ETHERFABRIC_HARDWARE
        if let interface = state.pointee.hardware {
          return ciul_ef_vi_receive_set_buffer_len(interface, UInt32(newValue))
        }
      #endif
      state.pointee.receiveBufferLength = UInt32(newValue)
    }
  }

  /// `ef_vi_receive_set_discards` and `ef_vi_receive_get_discards`. Which errors make discard events.
  public var receiveDiscards: DiscardMask {
    get {
      #if ETHERFABRIC_HARDWARE
        if let interface = state.pointee.hardware {
          return DiscardMask(rawValue: UInt32(truncatingIfNeeded: ciul_ef_vi_receive_get_discards(interface)))
        }
      #endif
      if let express = state.pointee.express { return DiscardMask(rawValue: express.pointee.discards) }
      return DiscardMask(eventBits: state.pointee.discardBits)
    }
    set {
      #if ETHERFABRIC_HARDWARE
        if let interface = state.pointee.hardware {
          _ = ciul_ef_vi_receive_set_discards(interface, newValue.rawValue)
          return
        }
      #endif
      state.pointee.express?.pointee.discards = newValue.rawValue & FrameMetadata.Discard.all
      state.pointee.discardBits = newValue.eventBits
    }
  }

  /// Starts a receive ring that stopped after a DMA fault. No C counterpart.
  /// - Returns: the ids that were posted, oldest first; their buffers are the caller's again.
  /// - Throws: `EOPNOTSUPP` on EFCT and EF10CT.
  public mutating func reinitializeReceiveQueue() throws(EtherFabricError) -> [RequestID] {
    #if ETHERFABRIC_HARDWARE
      if state.pointee.hardware != nil {
        throw .unsupported("VirtualInterface.reinitializeReceiveQueue", "call that starts a receive ring again")
      }
    #endif
    guard state.pointee.express == nil else {
      throw .unsupported("VirtualInterface.reinitializeReceiveQueue", "receive ring to initialise")
    }
    try resource.domain.driver.backend.restartReceive(interface: resourceID)
    var ids: [RequestID] = []
    while state.pointee.receiveRemoved != state.pointee.receiveAdded {
      let slot = Int(state.pointee.receiveRemoved & state.pointee.receiveMask)
      ids.append(RequestID(state.pointee.receiveIDs[slot]))
      state.pointee.receiveIDs[slot] = .max
      state.pointee.receiveRemoved &+= 1
    }
    state.pointee.receiveAdded = 0
    state.pointee.receiveRemoved = 0
    state.pointee.receivePosted = 0
    state.pointee.inJumbo = false
    state.pointee.receiveCompleted = 0
    if state.pointee.packedStream.isOn { state.restartPackedStream() }
    return ids
  }
}
