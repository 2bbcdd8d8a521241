import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Cut-through sends of EF10: the words in the aperture and of the fallback, against what the genuine library writes.
@Suite struct CutThroughTests {
  /// 1, 2, 3 and so on.
  static let frame = (1...4200).map { UInt8(truncatingIfNeeded: $0) }
  static let untouched: UInt64 = 0xeeee_eeee_eeee_eeee

  private func bench(_ flags: InterfaceFlags = .cutThrough) throws -> Bench {
    try Bench(ringSize: 512, options: InterfaceOptions(flags: flags))
  }

  private func send(_ bench: inout Bench, _ count: Int, threshold: Int) {
    Self.frame.withUnsafeBytes {
      bench.interface.transmitCutThrough(UnsafeRawBufferPointer(rebasing: $0[..<count]), threshold: threshold)
    }
  }

  @Test func controlWordAndFrameFillTheAperture() throws {
    var bench = try bench()
    send(&bench, 60, threshold: CutThrough.storeAndForward)
    #expect(
      bench.window(0x3000, count: 9) == [
        0x0403_0201_ffff_003c, 0x0c0b_0a09_0807_0605, 0x1413_1211_100f_0e0d, 0x1c1b_1a19_1817_1615,
        0x2423_2221_201f_1e1d, 0x2c2b_2a29_2827_2625, 0x3433_3231_302f_2e2d, 0x3c3b_3a39_3837_3635, Self.untouched,
      ])
    // No doorbell, no descriptor: the fallback brings both.
    #expect(bench.transmitDoorbell == [nil, nil, nil, nil] && bench.interface.transmitFillLevel == 0)
    try bench.interface.transmitCutThroughFallback(DMAAddress(rawValue: 0x234_5678_9000), length: 60, id: 5)
    #expect(bench.transmitDescriptor(0) == 0x003c_0234_5678_9000 && bench.transmitID(0) == 5)
    #expect(bench.transmitDoorbell == [0x5678_9000, 0x003c_0234, 1, 0])
  }

  @Test func zerosFillUpToSixtyFourBytes() throws {
    var bench = try bench()
    send(&bench, 1514, threshold: 64)
    #expect(bench.window(0x3000) == [0x0403_0201_0040_05ea])
    #expect(bench.window(0x3000 + 1512, count: 4) == [0x0000_eae9_e8e7_e6e5, 0, 0, Self.untouched])
  }

  @Test func timestampsAreAskedForInTheControlWord() throws {
    var bench = try bench([.cutThrough, .transmitTimestamps])
    send(&bench, 60, threshold: 64)
    #expect(bench.window(0x3000) == [0x0403_0201_0040_103c])
  }

  @Test func aVectorIsTheFrameThatItMakes() throws {
    var bench = try bench()
    Self.frame.withUnsafeBytes { bytes in
      let fragments = [0..<14, 14..<17, 17..<60].map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
      fragments.withUnsafeBufferPointer {
        bench.interface.transmitCutThroughVector($0, threshold: CutThrough.storeAndForward)
      }
    }
    #expect(
      bench.window(0x3000, count: 9) == [
        0x0403_0201_ffff_003c, 0x0c0b_0a09_0807_0605, 0x1413_1211_100f_0e0d, 0x1c1b_1a19_1817_1615,
        0x2423_2221_201f_1e1d, 0x2c2b_2a29_2827_2625, 0x3433_3231_302f_2e2d, 0x3c3b_3a39_3837_3635, Self.untouched,
      ])
    #expect(bench.transmitDoorbell == [nil, nil, nil, nil] && bench.interface.transmitFillLevel == 0)
  }

  @Test func fragmentsArePackedAndCopiedWithoutAByteMore() throws {
    var bench = try bench()
    var fallback = [UInt8](repeating: 0x55, count: 80)
    Self.frame.withUnsafeBytes { bytes in
      let fragments = [0..<14, 20..<23, 31..<81, 0..<0].map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
      fallback.withUnsafeMutableBytes { fallback in
        fragments.withUnsafeBufferPointer {
          bench.interface.transmitCutThroughVectorCopy($0, threshold: 40, fallback: fallback.baseAddress!)
        }
      }
    }
    #expect(
      bench.window(0x3000, count: 17) == [
        0x0403_0201_0028_0043, 0x0c0b_0a09_0807_0605, 0x2221_2017_1615_0e0d, 0x2a29_2827_2625_2423,
        0x3231_302f_2e2d_2c2b, 0x3a39_3837_3635_3433, 0x4241_403f_3e3d_3c3b, 0x4a49_4847_4645_4443,
        0x0051_504f_4e4d_4c4b, 0, 0, 0, 0, 0, 0, 0, Self.untouched,
      ])
    var copied: [UInt8] = []
    for range in [0..<14, 20..<23, 31..<81] { copied += Self.frame[range] }
    #expect(Array(fallback[..<67]) == copied)
    #expect(fallback[67...].allSatisfy { $0 == 0x55 })
    let parts = [(0x7000, 14), (0x8000, 53)].map { DMAFragment(address: DMAAddress(rawValue: $0.0), length: $0.1) }
    try parts.withUnsafeBufferPointer { parts throws(QueueError) in
      try bench.interface.transmitCutThroughVectorFallback(parts, id: 6)
    }
    #expect(bench.transmitDescriptor(0) == 0x400e_0000_0000_7000 && bench.transmitID(0) == .max)
    #expect(bench.transmitDescriptor(1) == 0x0035_0000_0000_8000 && bench.transmitID(1) == 6)
    #expect(bench.transmitDoorbell == [nil, nil, 2, nil])
  }

  @Test(arguments: [(4092, true), (4093, false), (0, false)])
  func whatDoesNotFitIsLeftToTheFallback(_ count: Int, _ fits: Bool) throws {
    var bench = try bench()
    send(&bench, count, threshold: 0)
    #expect(bench.window(0x3000) == [fits ? 0x0403_0201_0000_0ffc : Self.untouched])
    #expect(bench.window(0x3000 + 4088) == [fits ? 0xfcfb_faf9_f8f7_f6f5 : Self.untouched])
    try bench.interface.transmitCutThroughFallback(DMAAddress(rawValue: 0x1000), length: 60, id: 5)
    #expect(bench.interface.transmitFillLevel == 1)
  }

  @Test(arguments: [(-1, 0x0403_0201_0000_003c), (1 << 20, 0x0403_0201_ffff_003c)] as [(Int, UInt64)])
  func thresholdsAreHeldWithinTheirBits(_ threshold: Int, _ word: UInt64) throws {
    var bench = try bench()
    send(&bench, 60, threshold: threshold)
    #expect(bench.window(0x3000) == [word])
  }

  @Test func withoutTheFlagThereIsNoFallback() throws {
    var bench = try bench([])
    send(&bench, 60, threshold: 64)
    #expect(bench.window(0x3000) == [Self.untouched])
    let error = #expect(throws: QueueError.self) {
      try bench.interface.transmitCutThroughFallback(DMAAddress(rawValue: 0x9000), length: 60, id: 9)
    }
    #expect(error?.errno == 95 && bench.interface.transmitFillLevel == 0)
  }

  @Test func completionsTellHowTheFrameWentOut() throws {
    var bench = try bench()
    try bench.send(1)
    #expect(bench.after(0x2000_0000_1100_0000) == [transmitted(1, cutThrough: true)])
  }

  @Test func warmingFillsTheRingAndTurnsTheApertureAway() throws {
    var bench = try bench()
    try bench.send(3)
    bench.clearDoorbells()
    bench.interface.startTransmitWarm()
    #expect(bench.interface.transmitFillLevel == 511 && bench.interface.transmitSpace == 0)
    let address = DMAAddress(rawValue: 0x9000)
    #expect(throws: QueueError.self) { try bench.interface.transmit(address, length: 60, id: 9) }
    send(&bench, 60, threshold: 64)
    #expect(throws: QueueError.self) {
      try bench.interface.transmitCutThroughFallback(address, length: 60, id: 9)
    }
    #expect(bench.transmitDescriptor(3) == 0 && bench.transmitID(3) == .max)
    #expect(bench.transmitDoorbell == [nil, nil, nil, nil] && bench.window(0x3000) == [Self.untouched])
    // A second start does not lose what the first has saved.
    bench.interface.startTransmitWarm()
    bench.interface.stopTransmitWarm()
    #expect(bench.interface.transmitFillLevel == 3)
    bench.interface.stopTransmitWarm()
    send(&bench, 60, threshold: 64)
    #expect(bench.window(0x3000) == [0x0403_0201_0040_003c])
    try bench.interface.transmit(address, length: 60, id: 9)
    #expect(bench.unbundle(bench.after(0x2000_0000_0000_0003)[0]) == [200, 201, 202, 9])
  }
}
