/// Owns what a virtual interface was granted, and gives it back when the last user has gone.
@usableFromInline
final class InterfaceResource: @unchecked Sendable {
  let domain: ProtectionDomain
  let grant: InterfaceGrant
  let state: UnsafeMutablePointer<QueueState>
  let eventOwner: InterfaceResource?
  private var hasStopped = false
  /// Registered superbufs of ours (EF10CT).
  var superbufs: [MemoryRegistration] = []
  /// The pool of the endpoint on this interface.
  var pool: UnsafeMutablePointer<PoolCore>?
  /// Lives while the interface may send from it.
  var linkedPIO: PIOBuffer?
  private let receiveIDs: UnsafeMutablePointer<UInt32>
  private let transmitIDs: UnsafeMutablePointer<UInt32>
  private let labels: UnsafeMutablePointer<UnsafeMutablePointer<QueueState>?>?

  init(domain: ProtectionDomain, grant: InterfaceGrant, eventOwner: InterfaceResource?) {
    self.domain = domain
    self.grant = grant
    self.eventOwner = eventOwner
    func ids(_ count: Int) -> UnsafeMutablePointer<UInt32> {
      let ids = UnsafeMutablePointer<UInt32>.allocate(cacheAligned: max(1, count))
      ids.initialize(repeating: .max, count: max(1, count))
      return ids
    }
    receiveIDs = ids(grant.express == nil ? grant.receiveCapacity : 0)
    transmitIDs = ids(grant.transmitCapacity)
    state = .allocate(cacheAligned: 1)
    let table: UnsafeMutablePointer<UnsafeMutablePointer<QueueState>?>
    if let eventOwner {
      labels = nil
      table = eventOwner.state.pointee.labels
    } else {
      table = .allocate(capacity: 32)
      table.initialize(repeating: nil, count: 32)
      labels = table
    }
    state.initialize(to: QueueState(grant: grant, ids: receiveIDs, transmitIDs: transmitIDs, labels: table))
    table[grant.label] = state
    if grant.flags.contains(.pushDisabled) { state.pointee.pushThreshold = 0 }
    #if ETHERFABRIC_HARDWARE
      if let hardware = grant.hardware {
        let hardwareState = UnsafeMutablePointer<HardwareState>.allocate(capacity: 1)
        hardwareState.initialize(to: HardwareState(hardware, datapath: grant.datapath))
        state.pointee.hardwareState = hardwareState
        state.pointee.hardware = hardware.interface
        state.pointee.hardwareAddressLimit = hardware.interface.addressLimit
        return
      }
    #endif
    if let express = grant.express {
      let expressState = UnsafeMutablePointer<ExpressState>.allocate(cacheAligned: 1)
      expressState.initialize(
        to: ExpressState(grant: grant, express: express, owner: eventOwner?.state.pointee.express))
      state.pointee.express = expressState
    }
    if grant.flags.contains(.pushAlways) { state.pointee.pushThreshold = .max }
    if state.pointee.packedStream.isOn {
      state.startPackedStream(
        hasTransmitTimes: !grant.flags.isDisjoint(with: [.transmitTimestamps, .transmitAlternatives]))
    }
    if grant.express == nil, grant.transmitCapacity > 0 {
      let sending = UnsafeMutablePointer<SendingState>.allocate(cacheAligned: 1)
      sending.initialize(to: SendingState(grant: grant))
      state.pointee.sending = sending
    }
  }

  /// Gives the interface back to the adapter, which lets go of all buffers. Once.
  func stop() {
    guard !hasStopped else { return }
    hasStopped = true
    state.pointee.labels[grant.label] = nil
    state.pointee.express?.keepFrames()
    #if ETHERFABRIC_HARDWARE
      state.pointee.hardwareState?.keepFrames()
    #endif
    domain.driver.backend.freeInterface(grant.resource)
  }

  deinit {
    stop()
    state.pointee.express?.destroy()
    #if ETHERFABRIC_HARDWARE
      state.pointee.hardwareState?.destroy()
    #endif
    state.pointee.sending?.pointee.deallocate()
    state.pointee.sending?.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
    receiveIDs.deallocate()
    transmitIDs.deallocate()
    labels?.deallocate()
  }
}
