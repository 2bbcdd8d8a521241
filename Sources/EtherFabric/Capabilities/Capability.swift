import Glibc

/// `enum ef_vi_capability`: what an adapter can be asked whether, or how much, it has.
///
/// The raw value is the C number, so that numbers from logs and from other languages mean the same here. The numbers
/// run without a gap from 0 to `max`.
public enum Capability: Int, CaseIterable, Sendable, Hashable {
  case pio = 0
  case pioBufferSize
  case pioBufferCount
  case hardwareMulticastLoopback
  case hardwareMulticastReplication
  case hardwareReceiveTimestamping
  case hardwareTransmitTimestamping
  case packedStream
  case packedStreamBufferSizes
  case virtualPorts
  case physicalMode
  case bufferMode
  case multicastFilterChaining
  case macSpoofing
  case receiveFilterUDPLocal
  case receiveFilterTCPLocal
  case receiveFilterUDPFull
  case receiveFilterTCPFull
  case receiveFilterIPVLAN
  case receiveFilterUDP6Local
  case receiveFilterTCP6Local
  case receiveFilterUDP6Full
  case receiveFilterTCP6Full
  case receiveFilterIP6VLAN
  case receiveFilterEthernetLocal
  case receiveFilterEthernetLocalVLAN
  case receiveFilterUnicastAll
  case receiveFilterMulticastAll
  case receiveFilterUnicastMismatch
  case receiveFilterMulticastMismatch
  case receiveFilterSniff
  case transmitFilterSniff
  case receiveFilterIP4Protocol
  case receiveFilterEtherType
  case receiveQueueSizes
  case transmitQueueSizes
  case eventQueueSizes
  case zeroReceivePrefix
  case transmitPushAlways
  case adapterPace
  case receiveMerge
  case transmitAlternatives
  case transmitAlternativesFIFOs
  case transmitAlternativesBuffers
  case receiveFirmwareVariant
  case transmitFirmwareVariant
  case ctpio
  case transmitAlternativesBufferSize
  case receiveForceEventMerging
  case minimumBufferModeSize
  case ctpioOnly
  case receiveShared
  case receiveFilterSetDestination
  case receiveFilterMACIP4Protocol
  case receivePoll
  case receiveReference
  case extraDatapaths
  case receiveFilterID

  /// `ef_vi_capabilities_max`: the highest capability number that this library knows.
  public static let max = Capability.receiveFilterID.rawValue

  /// The capability with this C number, nil below 0 and above `max`.
  public init?(number: Int) { self.init(rawValue: number) }

  /// The C number.
  public var number: Int { rawValue }

  /// The errno, positive, with which a query refuses this capability where the adapter has not got it: `ENOSYS` for
  /// the two sniff filters, which no driver can be asked about, `EOPNOTSUPP` for all others.
  public var refusal: Int32 {
    self == .receiveFilterSniff || self == .transmitFilterSniff ? ENOSYS : EOPNOTSUPP
  }
}
