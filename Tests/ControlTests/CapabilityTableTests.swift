import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// What the generations say of themselves, row by row.
@Suite struct CapabilityTableTests {
  private static func yes(_ capabilities: [Capability]) -> [Capability: UInt64] {
    Dictionary(uniqueKeysWithValues: capabilities.map { ($0, 1) })
  }

  /// All EF10 adapters, with full firmware.
  private static let ef10: [Capability: UInt64] = yes([
    .pio, .hardwareMulticastLoopback, .hardwareMulticastReplication, .hardwareReceiveTimestamping,
    .hardwareTransmitTimestamping, .packedStream, .virtualPorts, .physicalMode, .bufferMode, .multicastFilterChaining,
    .macSpoofing, .receiveFilterUDPLocal, .receiveFilterTCPLocal, .receiveFilterUDPFull, .receiveFilterTCPFull,
    .receiveFilterIPVLAN, .receiveFilterUDP6Local, .receiveFilterTCP6Local, .receiveFilterUDP6Full,
    .receiveFilterTCP6Full, .receiveFilterIP6VLAN, .receiveFilterEthernetLocal, .receiveFilterEthernetLocalVLAN,
    .receiveFilterUnicastAll, .receiveFilterMulticastAll, .receiveFilterUnicastMismatch,
    .receiveFilterMulticastMismatch, .receiveFilterIP4Protocol, .receiveFilterEtherType, .zeroReceivePrefix,
    .receiveMerge, .transmitAlternatives, .receiveForceEventMerging, .receiveFilterMACIP4Protocol,
    .receiveFilterID,
  ]).merging([
    .pioBufferSize: 2048, .pioBufferCount: 16, .packedStreamBufferSizes: 1088, .receiveQueueSizes: 0x1e00,
    .transmitQueueSizes: 0xe00, .eventQueueSizes: 0xfe00, .transmitAlternativesFIFOs: 17,
    .receiveFirmwareVariant: 0, .transmitFirmwareVariant: 0, .minimumBufferModeSize: 4096,
  ]) { $1 }

  /// X3 and X4 express.
  private static let express: [Capability: UInt64] = yes([
    .hardwareMulticastReplication, .hardwareReceiveTimestamping, .hardwareTransmitTimestamping, .ctpio, .ctpioOnly,
    .receiveShared, .receiveFilterSetDestination, .receivePoll, .receiveReference, .receiveFilterID,
    .receiveFilterUDPLocal, .receiveFilterTCPLocal, .receiveFilterEthernetLocal, .receiveFilterEthernetLocalVLAN,
  ]).merging([.receiveFirmwareVariant: 0, .transmitFirmwareVariant: 0, .minimumBufferModeSize: 4096]) { $1 }

  private static let expected: [Generation: [Capability: UInt64]] = [
    .sfc8000: ef10.merging([
      .transmitAlternativesBuffers: 1024, .transmitAlternativesBufferSize: 512, .extraDatapaths: 0,
    ]) { $1 },
    .x2: ef10.merging([
      .ctpio: 1, .transmitAlternativesBuffers: 512, .transmitAlternativesBufferSize: 1024, .extraDatapaths: 0,
    ]) { $1 },
    .x4: ef10.merging([
      .ctpio: 1, .transmitAlternativesBuffers: 512, .transmitAlternativesBufferSize: 1024, .extraDatapaths: 1,
    ]) { $1 },
    .x3: express.merging([
      .receiveFilterMulticastAll: 1, .receiveFilterMulticastMismatch: 1, .receiveQueueSizes: 0x3fe00,
      .transmitQueueSizes: 512, .eventQueueSizes: 0x3f80, .extraDatapaths: 0,
    ]) { $1 },
    .x4Express: express.merging([
      .receiveFilterUDPFull: 1, .receiveFilterTCPFull: 1, .receiveFilterIPVLAN: 1, .receiveFilterIP4Protocol: 1,
      .receiveFilterEtherType: 1, .receiveQueueSizes: 0x3fc00, .transmitQueueSizes: 0x1f80,
      .eventQueueSizes: 0xff80, .extraDatapaths: 1,
    ]) { $1 },
  ]

  @Test(arguments: Generation.emulated)
  func isThatOfTheGeneration(_ generation: Generation) throws {
    let expected = try #require(Self.expected[generation])
    for capability in Capability.allCases {
      #expect(
        EmulatedCapabilities.value(of: capability, generation: generation) == expected[capability], "\(capability)")
    }
  }

  @Test func lowLatencyFirmwareLacksVLANsOfIPFiltersAndVirtualPorts() {
    for generation in [Generation.sfc8000, .x2, .x4] {
      for capability in Capability.allCases {
        let full = EmulatedCapabilities.value(of: capability, generation: generation)
        let low = EmulatedCapabilities.value(of: capability, generation: generation, firmware: .lowLatency)
        switch capability {
        case .receiveFilterIPVLAN, .receiveFilterIP6VLAN, .virtualPorts: #expect(full == 1 && low == nil)
        case .receiveFirmwareVariant, .transmitFirmwareVariant: #expect(full == 0 && low == 1)
        default: #expect(full == low, "\(capability)")
        }
      }
    }
  }

  /// The express function of an X4 answers as one that stands alone.
  @Test func bothFunctionsOfAnX4Answer() {
    for capability in Capability.allCases {
      #expect(
        EmulatedCapabilities.value(of: capability, datapath: .ef10ct, generation: .x4)
          == EmulatedCapabilities.value(of: capability, generation: .x4Express))
    }
  }
}
