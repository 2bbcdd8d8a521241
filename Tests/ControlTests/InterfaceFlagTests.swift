import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Testing

/// The flags of an interface: their numbers, and what becomes of them on each generation.
@Suite struct InterfaceFlagTests {
  /// `enum ef_vi_flags`, in its order.
  static let numbers: [(InterfaceFlags, UInt64)] = [
    (.standard, 0), (.iSCSIReceiveHeaderDigest, 0x2), (.iSCSITransmitHeaderDigest, 0x4),
    (.iSCSIReceiveDataDigest, 0x8), (.iSCSITransmitDataDigest, 0x10), (.transmitPhysicalAddresses, 0x20),
    (.receivePhysicalAddresses, 0x40), (.noIPChecksum, 0x80), (.noL4Checksum, 0x100), (.transmitTCPUDPOnly, 0x200),
    (.transmitFilterIP, 0x400), (.transmitFilterMAC, 0x800), (.transmitFilterMask1, 0x1000),
    (.transmitFilterMask2, 0x2000), (.transmitFilterMask3, 0x3000), (.pushDisabled, 0x4000), (.pushAlways, 0x8000),
    (.receiveTimestamps, 0x10000), (.transmitTimestamps, 0x20000), (.receivePackedStream, 0x80000),
    (.packedStream64K, 0x100000), (.receiveEventMerge, 0x200000), (.transmitAlternatives, 0x400000),
    (.eventTimer, 0x800000), (.cutThrough, 0x100_0000), (.cutThroughNoPoison, 0x200_0000),
    (.receiveZeroCopy, 0x400_0000), (.allowMemoryCopy, 0x800_0000), (.uniqueQueue, 0x1000_0000),
    (.receiveExclusive, 0x2000_0000), (.processingHints, 0x4000_0000), (.steeringTags, 0x8000_0000),
    (.receiveFilterID, 0x1_0000_0000),
  ]

  @Test func allThirtyThreeHaveTheirNumber() {
    #expect(Self.numbers.count == 33)
    for (flag, number) in Self.numbers { #expect(flag.rawValue == number) }
  }

  static let generations: [Generation] = [.sfc8000, .x2, .x3, .x4, .x4Express]

  /// Flags of sending, and the errno with which they are refused on 8000, X2, X3, X4 and X4 express; 0 for accepted.
  static let refusals: [(InterfaceFlags, [Int32])] =
    [(.cutThrough, [95, 0, 0, 0, 0]), (.transmitAlternatives, [0, 0, 95, 0, 95])]
    + [.processingHints, .steeringTags].map { ($0, [22, 22, 22, 22, 22]) }
    + [
      .standard, .iSCSIReceiveHeaderDigest, .iSCSITransmitHeaderDigest, .iSCSIReceiveDataDigest,
      .iSCSITransmitDataDigest, .transmitPhysicalAddresses, .receivePhysicalAddresses, .noIPChecksum, .noL4Checksum,
      .transmitTCPUDPOnly, .transmitFilterIP, .transmitFilterMAC, .transmitFilterMask1, .transmitFilterMask2,
      .transmitFilterMask3, .pushDisabled, .pushAlways, .receiveTimestamps, .transmitTimestamps, .cutThroughNoPoison,
      .receiveZeroCopy, .allowMemoryCopy, .uniqueQueue, .receiveExclusive, .eventTimer,
    ].map { ($0, [0, 0, 0, 0, 0]) }

  @Test(arguments: refusals)
  func eachIsAcceptedOrRefusedAsByTheDriver(_ flags: InterfaceFlags, _ codes: [Int32]) throws {
    for (generation, code) in zip(Self.generations, codes) {
      let segment = Segment(kind: .cable, name: "flags", portCount: 2, mtu: 1500)
      var settings = AdapterSettings()
      settings.generation = generation
      let adapter = try EmulatedAdapter(wire: segment.plug(into: 0), settings: settings)
      let domain = try adapter.allocateDomain(flags: [])
      let options = InterfaceOptions(
        receiveCapacity: generation.isEF10 ? 512 : 1024, transmitCapacity: 512, flags: flags)
      do throws(EtherFabricError) {
        let grant = try adapter.allocateInterface(InterfaceRequest(domain: domain, options: options))
        #expect(code == 0, "\(generation)")
        // The domain decides on addresses; all else is as it was asked for.
        let expected = flags.subtracting([.transmitPhysicalAddresses, .receivePhysicalAddresses])
        #expect(grant.flags.isSuperset(of: expected), "\(generation)")
        adapter.freeInterface(grant.resource)
      } catch {
        #expect(error.errno == code, "\(generation): \(error)")
      }
    }
  }
}
