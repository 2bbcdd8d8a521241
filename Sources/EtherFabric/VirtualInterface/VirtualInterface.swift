import EtherFabricFormats

/// `ef_vi`. A virtual interface: an event queue and a receive and a transmit descriptor ring that the adapter and
/// the program share.
///
/// This is the mirror of the C API: DMA addresses and request ids. `Endpoint` is the level above, on which buffers
/// cannot be misused. A virtual interface is used by one thread at a time, and may move between threads.
public struct VirtualInterface: ~Copyable, @unchecked Sendable {
  @usableFromInline let state: UnsafeMutablePointer<QueueState>
  let resource: InterfaceResource

  init(resource: InterfaceResource) {
    self.resource = resource
    state = resource.state
  }

  /// `ef_vi_free`. Gives the interface back; the same happens at the end of its scope. Memory that was posted is
  /// no longer written to when this returns.
  public consuming func free() {}

  /// `ef_vi_resource_id`. The number by which the driver knows this interface.
  public var resourceID: UInt32 { resource.grant.resource }
  /// `ef_vi_instance`. The hardware's number of this interface.
  public var instance: UInt32 { resource.grant.instance }
  /// `ef_vi_flags`. The flags it was allocated with, with those that the adapter forces.
  public var flags: InterfaceFlags { resource.grant.flags }
  /// `vi_out_flags` with `EF_VI_OUT_CLOCK_SYNC_STATUS`. Whether the flags of timestamps are the clock's. Without, they
  /// always say that it is set and in sync.
  public var reportsClockState: Bool { resource.grant.reportsClockState }
  /// The label that the return value of `ef_vi_alloc_from_pd` is: which queue an event belongs to.
  public var label: UInt8 { UInt8(resource.grant.label) }
  /// `ef_vi_mtu`. Largest payload after the Ethernet header, in bytes; 0 where the driver cannot tell.
  public var mtu: Int { resource.domain.driver.backend.mtu }
  /// `ef_vi_get_mac`. The address of the port.
  public var macAddress: MACAddress { resource.domain.driver.backend.identity.macAddress }
  /// The domain whose memory this interface may use.
  public var protectionDomain: ProtectionDomain { resource.domain }
  /// What a poll consumed without giving an event for it.
  public var eventCounts: EventCounts {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return state.countsHardware(interface) }
    #endif
    return state.pointee.counts
  }

  /// `ef_eventq_put`. Puts a software event in the event queue.
  /// - Parameter data: 16 bits.
  /// - Throws: `EINVAL` for more than 16 bits.
  public func putSoftwareEvent(_ data: UInt32) throws(EtherFabricError) {
    guard data <= 0xffff else {
      throw EtherFabricError(
        "VirtualInterface.putSoftwareEvent", errno: 22, reason: "data \(data) has more than 16 bits",
        remedy: "Pass 0 to 65535.")
    }
    try resource.domain.driver.backend.putSoftwareEvent(data, interface: resourceID)
  }

  /// `ef_vi_flush`. Stops both rings. Buffers that were posted are not written to any more, nor is anything sent that was
  /// pushed. `reinitializeReceiveQueue` and `reinitializeTransmitQueue` start them again.
  public mutating func flush() throws(EtherFabricError) {
    try resource.domain.driver.backend.flush(interface: resourceID)
  }

  /// `ef_vi_pace`. Paces the sends of this interface: no adapter does.
  /// - Throws: `EOPNOTSUPP`, always.
  public mutating func setPace(_ value: Int) throws(EtherFabricError) {
    throw EtherFabricError(
      "VirtualInterface.setPace", errno: 95, reason: "no adapter paces sends",
      remedy: "Space the sends in the program.")
  }

  /// Counters of this interface, by name. The C library has four of them: see `queryStatistics`.
  public func statistics() -> AdapterStatistics {
    resource.domain.driver.backend.statistics(interface: resourceID)
  }
}
