import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Glibc
import Testing

@Suite struct CapabilityTests {
  /// Landmarks of the C enumeration, from the facts sheet: a row lost or exchanged moves one of them.
  @Test(arguments: [
    (0, "PIO", "pio"), (5, "HW_RX_TIMESTAMPING", "hardwareReceiveTimestamping"), (9, "VPORTS", "virtualPorts"),
    (14, "RX_FILTER_TYPE_UDP_LOCAL", "receiveFilterUDPLocal"),
    (24, "RX_FILTER_TYPE_ETH_LOCAL", "receiveFilterEthernetLocal"),
    (31, "TX_FILTER_TYPE_SNIFF", "transmitFilterSniff"), (34, "RXQ_SIZES", "receiveQueueSizes"),
    (36, "EVQ_SIZES", "eventQueueSizes"), (39, "NIC_PACE", "adapterPace"),
    (43, "TX_ALTERNATIVES_CP_BUFFERS", "transmitAlternativesBuffers"), (46, "CTPIO", "ctpio"),
    (47, "TX_ALTERNATIVES_CP_BUFFER_SIZE", "transmitAlternativesBufferSize"),
    (49, "MIN_BUFFER_MODE_SIZE", "minimumBufferModeSize"),
    (53, "RX_FILTER_MAC_IP4_PROTO", "receiveFilterMACIP4Protocol"), (57, "RX_FILTER_ID", "receiveFilterID"),
  ])
  func numbersAndNames(_ number: Int, _ name: String, _ swiftName: String) throws {
    let capability = try #require(Capability(number: number))
    #expect(capability.cName == "EF_VI_CAP_" + name)
    #expect(capability.swiftName == swiftName)
  }

  @Test func everyNumberAndNameLeadsBack() {
    #expect(Capability.allCases.map(\.number) == Array(0...Capability.max))
    #expect(Capability.max == 57)
    for capability in Capability.allCases {
      #expect(Capability(named: capability.cName) == capability)
      #expect(Capability(named: capability.cName.lowercased()) == capability)
      #expect(Capability(named: String(capability.cName.dropFirst(10))) == capability)
      #expect(Capability(named: capability.swiftName) == capability)
      #expect(Capability.name(of: capability.number) == capability.summary)
      #expect(!capability.summary.isEmpty)
    }
    #expect(Set(Capability.allCases.map(\.cName)).count == 58)
    #expect(Set(Capability.allCases.map(\.summary)).count == 58)
  }

  @Test func unknownOnes() {
    for number in [-1, 58, Int.max, Int.min] {
      #expect(Capability(number: number) == nil)
      #expect(Capability.name(of: number) == "Unknown")
    }
    for name in ["", "EF_VI_CAP_", "EF_VI_CAP_MAX", "PIO_"] { #expect(Capability(named: name) == nil) }
  }

  @Test func onlyTheSniffFiltersCannotBeAskedAbout() {
    let refused = Capability.allCases.filter { $0.refusal == ENOSYS }
    #expect(refused == [.receiveFilterSniff, .transmitFilterSniff])
    #expect(Capability.pio.refusal == EOPNOTSUPP)
  }

  @Test(arguments: [Generation.x2, .sfc8000])
  func theEmulatedAdapterReportsItsQueues(_ generation: Generation) {
    let value = { EmulatedCapabilities.value(of: $0, generation: generation) }
    #expect(value(.receiveQueueSizes) == 512 | 1024 | 2048 | 4096)
    #expect(value(.transmitQueueSizes) == 512 | 1024 | 2048)
    #expect(value(.eventQueueSizes) == 0xfe00)
    #expect(value(.minimumBufferModeSize) == 4096)
    #expect(value(.bufferMode) == 1)
    #expect(value(.hardwareReceiveTimestamping) == 1)
    #expect(value(.receiveFilterUDP6Full) == 1)
    #expect(value(.extraDatapaths) == 0)
    #expect(value(.receiveMerge) == 1 && value(.receiveForceEventMerging) == 1)
    #expect(value(.packedStream) == 1 && value(.packedStreamBufferSizes) == 1024 | 64)
    #expect(value(.receiveFilterID) == 1)
  }

  @Test(arguments: [(Generation.sfc8000, nil, 1024, 512), (.x2, 1, 512, 1024), (.x4, 1, 512, 1024)])
  func theEmulatedAdapterReportsItsWaysToSend(
    _ generation: Generation, _ cutThrough: UInt64?, _ buffers: UInt64, _ size: UInt64
  ) {
    let value = { EmulatedCapabilities.value(of: $0, generation: generation) }
    #expect(value(.pio) == 1 && value(.pioBufferSize) == 2048 && value(.pioBufferCount) == 16)
    #expect(value(.ctpio) == cutThrough && value(.ctpioOnly) == nil)
    #expect(value(.transmitAlternatives) == 1 && value(.transmitAlternativesFIFOs) == 17)
    #expect(value(.transmitAlternativesBuffers) == buffers && value(.transmitAlternativesBufferSize) == size)
    #expect(value(.transmitPushAlways) == nil)
  }

  @Test(arguments: [Generation.x2, .sfc8000])
  func theEmulatedAdapterClaimsNothingItHasNot(_ generation: Generation) {
    for capability in [
      Capability.virtualPorts, .physicalMode, .receiveFilterSniff, .transmitFilterSniff, .transmitPushAlways,
      .adapterPace, .ctpioOnly, .receiveShared,
      .receivePoll, .receiveReference,
    ] {
      #expect(EmulatedCapabilities.value(of: capability, generation: generation) == nil, "\(capability)")
    }
  }

  @Test func generationsAreNamedAsInDeviceStrings() {
    #expect(Generation(rawValue: "8000") == .sfc8000)
    #expect(Generation.sfc8000.description == "8000")
    #expect(Generation(rawValue: "x4-express")?.datapath == .ef10ct)
  }
}
