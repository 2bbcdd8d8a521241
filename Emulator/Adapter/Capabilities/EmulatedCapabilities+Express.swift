import EtherFabric
import EtherFabricFormats

extension EmulatedCapabilities {
  /// What X3 and X4 express have alike, but for filters.
  static func express(_ capability: Capability, _ datapath: Datapath) -> UInt64? {
    switch capability {
    case .hardwareMulticastReplication, .hardwareReceiveTimestamping, .hardwareTransmitTimestamping, .ctpio, .ctpioOnly,
      .receiveShared, .receiveFilterSetDestination, .receivePoll, .receiveReference, .receiveFilterID:
      1
    case .receiveQueueSizes: mask(InterfaceRules.receiveSizes(datapath, []))
    case .transmitQueueSizes: mask(InterfaceRules.transmitSizes(datapath))
    case .eventQueueSizes: mask(InterfaceRules.eventSizes(datapath))
    case .minimumBufferModeSize: UInt64(RingRules.pageSize)
    // They have one firmware.
    case .receiveFirmwareVariant, .transmitFirmwareVariant: 0
    case .extraDatapaths: datapath == .ef10ct ? expressDatapath : 0
    default: nil
    }
  }

  /// Filters that the hardware of an X3 carries out. Others are accepted and come by the default queue, which is not
  /// a capability.
  static func efctFilter(_ capability: Capability) -> UInt64? {
    switch capability {
    case .receiveFilterUDPLocal, .receiveFilterTCPLocal, .receiveFilterEthernetLocal, .receiveFilterEthernetLocalVLAN,
      .receiveFilterMulticastAll, .receiveFilterMulticastMismatch:
      1
    default: nil
    }
  }

  /// Filters of the fast classifier.
  static func ef10ctFilter(_ capability: Capability) -> UInt64? {
    switch capability {
    case .receiveFilterUDPLocal, .receiveFilterTCPLocal, .receiveFilterUDPFull, .receiveFilterTCPFull,
      .receiveFilterIPVLAN, .receiveFilterEthernetLocal, .receiveFilterEthernetLocalVLAN, .receiveFilterIP4Protocol,
      .receiveFilterEtherType:
      1
    default: nil
    }
  }
}
