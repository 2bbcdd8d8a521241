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

  @Test func generationsAreNamedAsInDeviceStrings() {
    #expect(Generation(rawValue: "8000") == .sfc8000)
    #expect(Generation.sfc8000.description == "8000")
    #expect(Generation(rawValue: "x4-express")?.datapath == .ef10ct)
  }
}
