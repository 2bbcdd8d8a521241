import EtherFabric
import EtherFabricFormats

/// What the emulated adapter says of itself: a capability is reported when the emulation really has it, and only then.
public enum EmulatedCapabilities {
  /// `ef_vi_capabilities_get`: the value as an adapter of `generation` reports it; nil where the query is refused with
  /// `Capability.refusal`. Yes is 1. Sizes are in bytes, ring sizes a mask with the bit of each size in entries.
  public static func value(of capability: Capability, generation: Generation) -> UInt64? {
    value(of: capability, datapath: generation.datapath, generation: generation)
  }

  /// The same for one of the functions of an adapter: `ef_vi_capabilities_get_from_pd_flags`.
  public static func value(
    of capability: Capability, datapath: Datapath, generation: Generation
  ) -> UInt64? {
    datapath == .ef10 ? ef10(capability) : nil
  }

  /// The EF10 column. 8000 and X2 differ in what is not emulated (CTPIO, the number of alternatives) alone.
  private static func ef10(_ capability: Capability) -> UInt64? {
    switch capability {
    case .hardwareMulticastReplication, .hardwareReceiveTimestamping, .hardwareTransmitTimestamping, .bufferMode,
      .zeroReceivePrefix, .receiveMerge, .receiveForceEventMerging, .receiveFilterID, .packedStream:
      1
    // In KiB.
    case .packedStreamBufferSizes: 1024 | 64

    case .receiveFilterUDPLocal, .receiveFilterTCPLocal, .receiveFilterUDPFull, .receiveFilterTCPFull,
      .receiveFilterIPVLAN, .receiveFilterUDP6Local, .receiveFilterTCP6Local, .receiveFilterUDP6Full,
      .receiveFilterTCP6Full, .receiveFilterIP6VLAN, .receiveFilterEthernetLocal, .receiveFilterEthernetLocalVLAN,
      .receiveFilterUnicastAll, .receiveFilterMulticastAll, .receiveFilterUnicastMismatch,
      .receiveFilterMulticastMismatch, .receiveFilterIP4Protocol, .receiveFilterEtherType,
      .receiveFilterMACIP4Protocol:
      1

    case .receiveQueueSizes: mask(RingRules.receiveSizes)
    case .transmitQueueSizes: mask(RingRules.transmitSizes)
    case .eventQueueSizes: mask(RingRules.eventSizes)
    case .minimumBufferModeSize: UInt64(RingRules.pageSize)

    // The full-feature firmware, and no express function beside it.
    case .receiveFirmwareVariant, .transmitFirmwareVariant, .extraDatapaths: 0

    // Of the hardware, not of the emulation.
    case .pio, .pioBufferSize, .pioBufferCount, .hardwareMulticastLoopback,
      .virtualPorts, .physicalMode, .multicastFilterChaining, .macSpoofing, .transmitAlternatives,
      .transmitAlternativesFIFOs, .transmitAlternativesBuffers, .transmitAlternativesBufferSize, .ctpio:
      nil

    // Never on EF10.
    case .receiveFilterSniff, .transmitFilterSniff, .transmitPushAlways, .adapterPace, .ctpioOnly, .receiveShared,
      .receiveFilterSetDestination, .receivePoll, .receiveReference:
      nil
    }
  }

  private static func mask(_ sizes: [Int]) -> UInt64 { sizes.reduce(0) { $0 | UInt64($1) } }
}
