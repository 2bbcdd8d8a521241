import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Cut-through sends of EFCT and EF10CT, and their fallback.
@Suite struct ExpressCutThroughTests {
  @Test func aGatheredFrameIsTheGoldenStream() throws {
    var bench = try ExpressBench(.efct)
    bench.cutThrough([(0, 33), (512, 67)], threshold: 128)
    #expect(
      bench.stream(0, 16) == [
        0x0000_0000_0000_c064, 0x322b_241d_160f_0801, 0x6a63_5c55_4e47_4039, 0xa29b_948d_867f_7871,
        0xdad3_ccc5_beb7_b0a9, 0x2b24_1d16_0f08_01e1, 0x635c_554e_4740_3932, 0x9b94_8d86_7f78_716a,
        0xd3cc_c5be_b7b0_a9a2, 0x0b04_fdf6_efe8_e1da, 0x433c_352e_2720_1912, 0x7b74_6d66_5f58_514a,
        0xb3ac_a59e_9790_8982, 0x0000_0000_cfc8_c1ba, 0, 0,
      ])
    // Under way, with the library's own id until the fallback names it.
    #expect(bench.interface.state.pointee.transmitIDs[0] == 0xefc7_efc7)
    try bench.interface.transmitCutThroughFallback(bench.address(0), length: 100, id: 77)
    #expect(bench.commands(DoorbellPage.ctpioAperture) == [128])
    bench.postCompletion(0)
    let event = bench.poll()[0]
    #expect(bench.unbundle(event) == [77])
  }

  @Test(arguments: [
    (Datapath.efct, 0, 1), (.efct, 57, 2), (.efct, 1514, 24), (.efct, 16248, 0xfe), (.efct, 16249, 0xff),
    (.efct, CutThrough.storeAndForward, 0xff), (.efct, -1, 1), (.efct, Int.max, 0xff), (.ef10ct, 0, 2),
    (.ef10ct, 120, 2), (.ef10ct, 121, 3),
  ])
  func theThresholdInBytesBecomesUnits(_ datapath: Datapath, _ bytes: Int, _ units: UInt64) throws {
    var bench = try ExpressBench(datapath)
    bench.interface.transmitCutThrough(UnsafeRawBufferPointer(start: bench.memory.base, count: 98), threshold: bytes)
    #expect(bench.stream(0, 1) == [98 | units << 14])
  }

  @Test func whatFoundNoRoomIsSentByItsFallback() throws {
    var bench = try ExpressBench(.efct, options: InterfaceOptions(transmitCapacity: 128))
    bench.cutThrough([(0, 33), (512, 67)], threshold: 128)
    try bench.interface.transmitCutThroughFallback(bench.address(0), length: 100, id: 77)
    try bench.send(62, length: 100)
    #expect(bench.interface.transmitSpaceBytes == 56)
    bench.cutThrough([(0, 100)], threshold: 128)
    #expect(bench.interface.transmitFillLevel == 63)
    // The fallback can be made again until there is room.
    for _ in 0..<2 {
      #expect(throws: QueueError(.ringFull, value: 100, limit: 56)) {
        try bench.interface.transmitCutThroughFallback(bench.address(0), length: 100, id: 78)
      }
    }
    bench.postCompletion(3)
    let event = bench.poll()[0]
    #expect(bench.unbundle(event) == [77, 1000, 1001, 1002])
    let position = Int(bench.commands(DoorbellPage.ctpioAperture).last!)
    try bench.interface.transmitCutThroughFallback(bench.address(0), length: 100, id: 78)
    // It goes as a store-and-forward send.
    #expect(bench.stream(position, 2) == [0x3f_c064, 0x322b_241d_160f_0801])
    // The next one names its send again.
    bench.cutThrough([(0, 100)], threshold: 0)
    try bench.interface.transmitCutThroughFallback(bench.address(0), length: 100, id: 79)
    bench.postCompletion(64)
    var ids: [UInt32] = []
    for event in bench.poll() { ids += bench.unbundle(event) }
    #expect(ids.count == 61 && ids.suffix(2) == [78, 79])
  }

  @Test func aFallbackOfFragmentsSendsThem() throws {
    var bench = try ExpressBench(.efct, eventCapacity: 128)
    bench.interface.state.pointee.express!.pointee.unusedEventSlots = 0
    bench.cutThrough([(0, 60)], threshold: 0)
    bench.interface.state.pointee.express!.pointee.unusedEventSlots = 1
    let fragments = ExpressTransmitTests.odd.map { DMAFragment(address: bench.address($0.0), length: $0.1) }
    try fragments.withUnsafeBufferPointer { parts throws(QueueError) in
      try bench.interface.transmitCutThroughVectorFallback(parts, id: 3)
    }
    #expect(bench.stream(0, 2) == [0x3f_c02f, 0xd9d2_cbc4_bd0f_0801])
  }

  @Test func aFallbackWithoutItsSendIsRefused() throws {
    var bench = try ExpressBench(.ef10ct)
    #expect(throws: QueueError(.noCutThrough)) {
      try bench.interface.transmitCutThroughFallback(bench.address(0), length: 60, id: 1)
    }
    try bench.send(1)
    #expect(throws: QueueError(.noCutThrough)) {
      try bench.interface.transmitCutThroughFallback(bench.address(0), length: 60, id: 1)
    }
    bench.cutThrough([(0, 60)], threshold: 0)
    try bench.interface.transmitCutThroughFallback(bench.address(0), length: 60, id: 1)
    #expect(throws: QueueError(.noCutThrough)) {
      try bench.interface.transmitCutThroughFallback(bench.address(0), length: 60, id: 2)
    }
    bench.postCompletion(1)
    let event = bench.poll()[0]
    #expect(bench.unbundle(event) == [1000, 1])
  }

  @Test func aFallbackThatCannotBeSentEverIsOver() throws {
    var bench = try ExpressBench(.efct)
    // Longer than the aperture: it never was under way.
    bench.cutThrough([(0, 4089)], threshold: 0)
    #expect(bench.backend.wires.commands.isEmpty)
    #expect(throws: QueueError(.lengthOutOfRange, value: 4089, limit: 4088)) {
      try bench.interface.transmitCutThroughFallback(bench.address(0), length: 4089, id: 1)
    }
    bench.cutThrough([(0, 60)], threshold: 0)
    try bench.interface.transmitCutThroughFallback(bench.address(0), length: 60, id: 2)
    bench.postCompletion(0)
    let event = bench.poll()[0]
    #expect(bench.unbundle(event) == [2])
  }

  @Test func theCopyIsWholeWhetherOrNotThereWasRoom() throws {
    var bench = try ExpressBench(.efct)
    let fragments = ExpressTransmitTests.odd.map {
      UnsafeRawBufferPointer(start: bench.memory.base + $0.0, count: $0.1)
    }
    let expected = ExpressTransmitTests.odd.flatMap {
      ($0.0..<$0.0 + $0.1).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
    }
    for slots in [1, 0] {
      bench.interface.state.pointee.express!.pointee.unusedEventSlots = slots
      let target = bench.memory.base + 32768
      target.initializeMemory(as: UInt8.self, repeating: 0, count: 64)
      fragments.withUnsafeBufferPointer {
        bench.interface.transmitCutThroughVectorCopy($0, threshold: 0, fallback: target)
      }
      #expect(Array(UnsafeRawBufferPointer(start: target, count: 47)) == expected)
      #expect(target.load(fromByteOffset: 47, as: UInt8.self) == 0)
    }
  }
}
