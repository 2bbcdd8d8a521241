import EtherFabric
import EtherFabricFormats

extension EmulatedCapabilities {
  /// The EF10 column: 8000, X2, and X4 with all its features.
  static func ef10(_ capability: Capability, _ generation: Generation, _ firmware: Firmware) -> UInt64? {
    switch capability {
    case .pio, .hardwareMulticastLoopback, .hardwareMulticastReplication, .hardwareReceiveTimestamping,
      .hardwareTransmitTimestamping, .packedStream, .physicalMode, .bufferMode, .multicastFilterChaining, .macSpoofing,
      .zeroReceivePrefix, .receiveMerge, .receiveForceEventMerging, .transmitAlternatives:
      1
    case .virtualPorts: firmware == .full ? 1 : nil

    case .receiveFilterUDPLocal, .receiveFilterTCPLocal, .receiveFilterUDPFull, .receiveFilterTCPFull,
      .receiveFilterUDP6Local, .receiveFilterTCP6Local, .receiveFilterUDP6Full, .receiveFilterTCP6Full,
      .receiveFilterEthernetLocal, .receiveFilterEthernetLocalVLAN, .receiveFilterUnicastAll,
      .receiveFilterMulticastAll, .receiveFilterUnicastMismatch, .receiveFilterMulticastMismatch,
      .receiveFilterIP4Protocol, .receiveFilterEtherType, .receiveFilterMACIP4Protocol:
      1
    case .receiveFilterIPVLAN, .receiveFilterIP6VLAN: firmware == .full ? 1 : nil

    case .pioBufferSize: UInt64(DoorbellPage.pioBufferSize)
    case .pioBufferCount: UInt64(PIOMemory.limit)
    // Both sizes that a buffer can have, in KiB.
    case .packedStreamBufferSizes: 1024 | 64
    case .transmitAlternativesFIFOs: UInt64(AlternativePool.Size.fifos)
    case .transmitAlternativesBuffers: UInt64(AlternativePool.Size.buffers(generation))
    case .transmitAlternativesBufferSize: UInt64(AlternativePool.Size.bufferBytes(generation))

    case .receiveQueueSizes: mask(RingRules.receiveSizes)
    case .transmitQueueSizes: mask(RingRules.transmitSizes)
    case .eventQueueSizes: mask(RingRules.eventSizes)
    case .minimumBufferModeSize: UInt64(RingRules.pageSize)
    case .receiveFirmwareVariant, .transmitFirmwareVariant: firmware.number

    // Since X2.
    case .ctpio: generation == .sfc8000 ? nil : 1
    // Of the firmware, which this adapter has everywhere.
    case .receiveFilterID: 1
    case .extraDatapaths: generation == .x4 ? expressDatapath : 0

    // Never on EF10, whatever the firmware.
    case .receiveFilterSniff, .transmitFilterSniff, .transmitPushAlways, .adapterPace, .ctpioOnly, .receiveShared,
      .receiveFilterSetDestination, .receivePoll, .receiveReference:
      nil
    }
  }
}
