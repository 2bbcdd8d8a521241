import EtherFabricFormats
import Synchronization

#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif

extension VirtualInterface {
  /// `ef_vi_transmit_init`. Writes the descriptors of one packet; the adapter sees them after `transmitPush`. A
  /// packet that crosses a 4 KiB boundary takes a descriptor for each page, but one where addresses are physical. On EFCT
  /// and EF10CT it is a send: the CPU copies the packet to the adapter at once.
  /// - Parameters:
  ///   - address: first byte of the frame.
  ///   - length: bytes of the frame without FCS, at most 16383.
  ///   - id: comes back with the completion.
  /// - Throws: `EAGAIN` where the ring is full, `EINVAL` for a length or an address that no descriptor can carry, and on
  ///   EFCT and EF10CT for an address that is not registered in the domain. Nothing is changed.
  @inlinable
  public mutating func transmitInit(_ address: DMAAddress, length: Int, id: RequestID) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return try state.transmitInit(interface, address, length: length, id: id)
      }
    #endif
    let first = RingRules.pageSize - Int(truncatingIfNeeded: address.rawValue & 0xfff)
    guard length >= 0, length <= first, address.rawValue <= TransmitDescriptor.maximumAddress - UInt64(first) else {
      return try transmitInitSplit(address, length: length, id: id)
    }
    let added = state.pointee.transmitAdded
    let mask = state.pointee.transmitMask
    guard added &- state.pointee.transmitRemoved < mask else {
      return try state.transmitWithoutRing(address, length: length, id: id)
    }
    let slot = Int(added & mask)
    state.pointee.transmitDescriptors[slot] =
      TransmitDescriptor(wholeAt: address.rawValue, length: length).word
    state.pointee.transmitIDs[slot] = id.rawValue
    state.pointee.transmitAdded = added &+ 1
  }

  @usableFromInline
  mutating func transmitInitSplit(_ address: DMAAddress, length: Int, id: RequestID) throws(QueueError) {
    var fragment = DMAFragment(address: address, length: length)
    try withUnsafePointer(to: &fragment) { pointer throws(QueueError) in
      try transmitVectorInit(UnsafeBufferPointer(start: pointer, count: 1), id: id)
    }
  }

  @inlinable @inline(__always)
  func checkTransmit(_ address: DMAAddress, length: Int) throws(QueueError) {
    guard length >= 0, length <= TransmitDescriptor.maximumLength else {
      throw QueueError(
        .lengthOutOfRange, value: UInt64(bitPattern: Int64(length)), limit: UInt64(TransmitDescriptor.maximumLength))
    }
    let last =
      state.pointee.isPhysical ? TransmitDescriptor.maximumPhysicalAddress : TransmitDescriptor.maximumAddress
    guard address.rawValue <= last - UInt64(length) else {
      throw QueueError(.addressOutOfRange, value: address.rawValue)
    }
  }

  /// `ef_vi_transmitv_init`. Writes the descriptors of one packet that is gathered from fragments.
  /// - Throws: as `transmitInit`; `EINVAL` for no fragment.
  public mutating func transmitVectorInit(
    _ fragments: UnsafeBufferPointer<DMAFragment>, id: RequestID
  ) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return try state.transmitVectorInit(interface, fragments, id: id)
      }
    #endif
    let mask = state.pointee.transmitMask
    guard mask != 0 else { return try state.transmitVectorWithoutRing(fragments, id: id) }
    let isPhysical = state.pointee.isPhysical
    var needed = 0
    for fragment in fragments {
      try checkTransmit(fragment.address, length: fragment.length)
      needed += isPhysical ? 1 : Self.pages(fragment)
    }
    guard !fragments.isEmpty, needed <= Int(mask) else {
      throw QueueError(.badVector, value: UInt64(fragments.count), limit: UInt64(mask))
    }
    guard needed <= transmitSpace else {
      throw QueueError(.ringFull, value: UInt64(needed), limit: UInt64(transmitSpace))
    }
    var added = state.pointee.transmitAdded
    for fragment in fragments {
      var address = fragment.address.rawValue
      var left = fragment.length
      repeat {
        let part = isPhysical ? left : min(left, RingRules.pageSize - Int(address & 0xfff))
        needed -= 1
        state.pointee.transmitDescriptors[Int(added & mask)] =
          isPhysical
          ? TransmitDescriptor(physicalAddress: address, length: part, continues: needed > 0).word
          : TransmitDescriptor(address: address, length: part, continues: needed > 0).word
        state.pointee.transmitIDs[Int(added & mask)] = needed > 0 ? .max : id.rawValue
        added &+= 1
        address += UInt64(part)
        left -= part
      } while left > 0
    }
    state.pointee.transmitAdded = added
  }

  private static func pages(_ fragment: DMAFragment) -> Int {
    let offset = Int(fragment.address.rawValue & 0xfff)
    return max(1, (offset + fragment.length + RingRules.pageSize - 1) / RingRules.pageSize)
  }

  /// `ef_vi_transmit_push`. Rings the doorbell for what was initialised. While few descriptors are outstanding the
  /// first new one travels with the doorbell.
  @inlinable
  public mutating func transmitPush() {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return state.transmitPush(interface) }
    #endif
    let previous = state.pointee.transmitPrevious
    let added = state.pointee.transmitAdded
    guard previous != added else { return }
    let mask = state.pointee.transmitMask
    let first = state.pointee.transmitDescriptors[Int(previous & mask)]
    if previous &- state.pointee.transmitRemoved < state.pointee.pushThreshold, Self.canPush(first) {
      let push = state.pointee.doorbells + DoorbellPage.transmitPush
      push.storeBytes(of: first, as: UInt64.self)
      // The register takes 16 bytes: descriptor, write index, zero.
      push.storeBytes(of: 0, toByteOffset: 12, as: UInt32.self)
    }
    state.pointee.transmitPrevious = added
    state.pointee.ring(DoorbellPage.transmitDoorbell, added & mask)
    if let service = state.pointee.service {
      service(state.pointee.context, InterfaceGrant.Reason.transmitDoorbell)
    }
  }

  /// Neither the first of several fragments nor an option, unless that is PIO.
  @inlinable @inline(__always)
  static func canPush(_ descriptor: UInt64) -> Bool { descriptor >> 62 == 0 || PIODescriptor.isPIO(descriptor) }

  /// `ef_vi_transmit`. `transmitInit`, then `transmitPush`.
  @inlinable
  public mutating func transmit(_ address: DMAAddress, length: Int, id: RequestID) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return try state.transmit(interface, address, length: length, id: id)
      }
    #endif
    try transmitInit(address, length: length, id: id)
    transmitPush()
  }

  /// `ef_vi_transmitv`. `transmitVectorInit`, then `transmitPush`.
  public mutating func transmitVector(
    _ fragments: UnsafeBufferPointer<DMAFragment>, id: RequestID
  ) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return try state.transmitVector(interface, fragments, id: id)
      }
    #endif
    try transmitVectorInit(fragments, id: id)
    transmitPush()
  }

  /// `ef_vi_transmit_init_undo`. Drops what was initialised and not pushed.
  public mutating func transmitInitUndo() {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return ciul_ef_vi_transmit_init_undo(interface) }
    #endif
    while state.pointee.transmitAdded != state.pointee.transmitPrevious {
      state.pointee.transmitAdded &-= 1
      state.pointee.transmitIDs[Int(state.pointee.transmitAdded & state.pointee.transmitMask)] = .max
    }
  }

  /// `ef_vi_transmit_unbundle`. Takes the request ids that a completion returns, oldest first, at most 64 from one
  /// event (`EF_VI_TRANSMIT_BATCH`).
  /// - Returns: how many were stored.
  @inlinable
  public mutating func unbundle(_ event: Event.Transmit, into ids: UnsafeMutableBufferPointer<RequestID>) -> Int {
    guard let base = ids.baseAddress else { return 0 }
    return state.unbundle(event, into: base, capacity: ids.count)
  }

  /// The same for ids in a span.
  @inlinable
  public mutating func unbundle(_ event: Event.Transmit, into ids: inout MutableSpan<RequestID>) -> Int {
    ids.withUnsafeMutableBufferPointer { state.unbundle(event, into: $0.baseAddress!, capacity: $0.count) }
  }

  /// `ef_vi_set_tx_push_threshold`. Descriptors outstanding from which on the doorbell goes without a descriptor; 16 at
  /// first. It takes the place of what `InterfaceFlags.pushDisabled` (0) and `pushAlways` (no limit) have set.
  public mutating func setPushThreshold(_ threshold: Int) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        // Asserted or without meaning on the others.
        if interface.isEF10 { ciul_ef_vi_set_tx_push_threshold(interface, UInt32(clamping: threshold)) }
        return
      }
    #endif
    state.pointee.pushThreshold = UInt32(clamping: threshold)
  }

  /// `ef_vi_transmit_space`. Descriptors that the ring can still take.
  @inlinable public var transmitSpace: Int { transmitCapacity - transmitFillLevel }
  /// `ef_vi_transmit_fill_level`. Descriptors not yet unbundled.
  @inlinable public var transmitFillLevel: Int {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return Int(ciul_ef_vi_transmit_fill_level(interface)) }
    #endif
    return Int(state.pointee.transmitAdded &- state.pointee.transmitRemoved)
  }
  /// `ef_vi_transmit_capacity`. Ring size minus one; 0 without a transmit ring.
  @inlinable public var transmitCapacity: Int {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return Int(ciul_ef_vi_transmit_capacity(interface)) }
    #endif
    if let express = state.pointee.express { return Int(express.pointee.transmitMask) }
    return Int(state.pointee.transmitMask)
  }
  /// `ef_vi_transmit_space_bytes`. Bytes that a packet can have now (EFCT, EF10CT): the adapter's FIFO must hold it, and
  /// the event queue its completion. 0 on EF10.
  public var transmitSpaceBytes: Int {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return interface.isEF10 ? 0 : max(0, Int(ciul_ef_vi_transmit_space_bytes(interface)))
      }
    #endif
    return state.pointee.express?.streamSpace ?? 0
  }
  /// `ef_vi_transmit_fill_level_bytes`. Bytes in the adapter's FIFO, headers and padding included; 0 on EF10.
  public var transmitFillLevelBytes: Int {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return interface.isEF10 ? 0 : Int(ciul_ef_vi_transmit_fill_level_bytes(interface))
      }
    #endif
    guard let express = state.pointee.express else { return 0 }
    return express.pointee.hasStopped ? express.pointee.fifoBytes : express.streamFill
  }

  /// `ef_vi_reinit_txq_post_error`. Starts a transmit ring that stopped after a DMA fault.
  /// - Returns: the ids of the packets that were not sent, oldest first (`ef_vi_for_each_tx_error_failed_transmit`).
  public mutating func reinitializeTransmitQueue() throws(EtherFabricError) -> [RequestID] {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return try state.restartTransmit(interface) }
    #endif
    try resource.domain.driver.backend.restartTransmit(interface: resourceID)
    if state.pointee.sending != nil { state.stopTransmitWarmEF10() }
    var ids: [RequestID] = []
    while let id = state.takeOldestTransmitID() { ids.append(RequestID(id)) }
    state.resetTransmit()
    return ids
  }
}
