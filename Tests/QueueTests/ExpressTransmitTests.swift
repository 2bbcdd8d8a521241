import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Sends of EFCT and EF10CT: the words in the aperture and the arithmetic of the FIFO, as the genuine library has them.
@Suite struct ExpressTransmitTests {
  static let both: [Datapath] = [.efct, .ef10ct]
  static let odd = [(0, 3), (100, 13), (201, 1), (300, 30)]

  @Test(arguments: both)
  func fragmentsOfAnyLengthMakeOneStreamOfWords(_ datapath: Datapath) throws {
    var bench = try ExpressBench(datapath)
    try bench.transmitVector(Self.odd, id: 5)
    #expect(
      bench.stream(0, 8) == [
        0x0000_0000_003f_c02f, 0xd9d2_cbc4_bd0f_0801, 0x110a_03fc_f5ee_e7e0, 0x5f58_514a_433c_3580,
        0x9790_8982_7b74_6d66, 0xcfc8_c1ba_b3ac_a59e, 0x0000_f9f2_ebe4_ddd6, 0,
      ])
    // Nothing was written behind it.
    #expect(bench.stream(64, 1) == [0xeeee_eeee_eeee_eeee])
    #expect(bench.commands(DoorbellPage.ctpioAperture) == [64])
  }

  @Test(arguments: both)
  func theStreamWrapsAtTheEndOfTheAperture(_ datapath: Datapath) throws {
    var bench = try ExpressBench(datapath)
    try bench.transmitVector(Self.odd, id: 5)
    try bench.send(31, length: 100)
    #expect(bench.commands(DoorbellPage.ctpioAperture).last == 4032)
    #expect(
      bench.stream(3968, 8) == [
        0xbab3_aca5_9e97_9089, 0xf2eb_e4dd_d6cf_c8c1, 0x2a23_1c15_0e07_00f9, 0x625b_544d_463f_3831,
        0x9a93_8c85_7e77_7069, 0x0000_0000_b6af_a8a1, 0, 0,
      ])
    try bench.send(1, length: 150)
    #expect(bench.commands(DoorbellPage.ctpioAperture).last == 4224)
    #expect(
      bench.stream(4032, 16) == [
        0x0000_0000_003f_c096, 0x322b_241d_160f_0801, 0x6a63_5c55_4e47_4039, 0xa29b_948d_867f_7871,
        0xdad3_ccc5_beb7_b0a9, 0x120b_04fd_f6ef_e8e1, 0x4a43_3c35_2e27_2019, 0x827b_746d_665f_5851,
        0xbab3_aca5_9e97_9089, 0xf2eb_e4dd_d6cf_c8c1, 0x2a23_1c15_0e07_00f9, 0x625b_544d_463f_3831,
        0x9a93_8c85_7e77_7069, 0xd2cb_c4bd_b6af_a8a1, 0x0a03_fcf5_eee7_e0d9, 0x423b_342d_261f_1811,
      ])
  }

  struct Capacity: Sendable {
    var length: Int
    var slots = 512
    var sent: Int
    var space: Int
    var bytes: Int
    var fill: Int
  }

  static let capacities = [
    Capacity(length: 56, sent: 511, space: 0, bytes: 0, fill: 32704),
    Capacity(length: 56, slots: 128, sent: 127, space: 0, bytes: 0, fill: 8128),
    Capacity(length: 60, sent: 255, space: 256, bytes: 56, fill: 32640),
    Capacity(length: 60, slots: 128, sent: 63, space: 64, bytes: 56, fill: 8064),
    Capacity(length: 120, sent: 255, space: 256, bytes: 56, fill: 32640),
    Capacity(length: 1514, sent: 21, space: 490, bytes: 440, fill: 32256),
    Capacity(length: 1514, slots: 128, sent: 5, space: 122, bytes: 440, fill: 7680),
    Capacity(length: 1982, sent: 15, space: 496, bytes: 1976, fill: 30720),
    Capacity(length: 1982, slots: 128, sent: 3, space: 124, bytes: 1976, fill: 6144),
    Capacity(length: 0, sent: 511, space: 0, bytes: 0, fill: 32704),
  ]

  @Test(arguments: capacities)
  func theFIFOTakesWhatItTakesOfTheLibrary(_ golden: Capacity) throws {
    var bench = try ExpressBench(.ef10ct, options: InterfaceOptions(transmitCapacity: golden.slots))
    #expect(bench.interface.transmitCapacity == golden.slots - 1)
    var sent = 0
    var refusal: QueueError?
    do throws(QueueError) {
      while sent < 600 {
        try bench.send(1, length: golden.length)
        sent += 1
      }
    } catch { refusal = error }
    #expect(sent == golden.sent)
    #expect(
      refusal == QueueError(.ringFull, value: UInt64(golden.length), limit: UInt64(golden.bytes)))
    #expect(refusal?.errno == 11)
    let interface = bench.interface.state
    #expect(interface.pointee.transmitAdded == UInt32(golden.sent))
    #expect(bench.interface.transmitSpace == golden.space && bench.interface.transmitFillLevel == golden.sent)
    #expect(bench.interface.transmitSpaceBytes == golden.bytes)
    #expect(bench.interface.transmitFillLevelBytes == golden.fill)
    // A refused send leaves no trace.
    #expect(bench.commands(DoorbellPage.ctpioAperture).last == UInt64(golden.fill))
  }

  @Test(arguments: [
    (Datapath.efct, InterfaceFlags(), 127), (.ef10ct, InterfaceFlags(), 121), (.ef10ct, .transmitTimestamps, 21),
  ])
  func aSendTakesASlotOfTheEventQueue(_ datapath: Datapath, _ flags: InterfaceFlags, _ slots: Int) throws {
    var bench = try ExpressBench(datapath, eventCapacity: 128, options: InterfaceOptions(flags: flags))
    #expect(bench.interface.eventCapacity == slots)
    try bench.send(slots)
    #expect(throws: QueueError(.ringFull, value: 60, limit: 0)) { try bench.send(1) }
    #expect(bench.interface.transmitSpaceBytes == 0 && bench.interface.transmitFillLevelBytes == slots * 128)
    // A completion gives its slots back, unbundled or not.
    bench.postCompletion(1)
    #expect(bench.poll() == [completion(2)])
    try bench.send(2)
    #expect(throws: QueueError(.ringFull, value: 60, limit: 0)) { try bench.send(1) }
  }

  @Test(arguments: both)
  func anAddressThatIsNotTheDomainsIsRefused(_ datapath: Datapath) throws {
    var bench = try ExpressBench(datapath)
    let end = bench.address(0).rawValue + 65536
    for (address, length) in [(0x4000, 60), (end, 60), (end - 59, 60), (UInt64(1) << 43, 60), (end - 4096, 4097)] {
      #expect(throws: QueueError(.addressOutOfRange, value: address)) {
        try bench.interface.transmit(DMAAddress(rawValue: address), length: length, id: 1)
      }
    }
    // One of several fragments is enough, and what is before it is not sent either.
    let fragments = [
      DMAFragment(address: bench.address(0), length: 60), DMAFragment(address: DMAAddress(rawValue: end), length: 1),
    ]
    #expect(throws: QueueError(.addressOutOfRange, value: end)) {
      try fragments.withUnsafeBufferPointer { parts throws(QueueError) in
        try bench.interface.transmitVector(parts, id: 1)
      }
    }
    #expect(bench.backend.wires.commands.isEmpty && bench.interface.transmitFillLevel == 0)
    #expect(bench.stream(0, 1) == [0xeeee_eeee_eeee_eeee])
    // To the last byte is allowed, over pages too.
    try bench.interface.transmit(DMAAddress(rawValue: end - 60), length: 60, id: 1)
    try bench.interface.transmit(bench.address(4090), length: 60, id: 1)
    #expect(bench.stream(136, 2) == [Self.word(at: 4090), Self.word(at: 4098)])
  }

  /// Eight bytes of the test memory.
  static func word(at offset: Int) -> UInt64 {
    (0..<8).reduce(0) { $0 | UInt64(UInt8(truncatingIfNeeded: (offset + $1) * 7 + 1)) << UInt64($1 * 8) }
  }

  @Test func lengthsAndFragmentsThatCannotBeAreRefused() throws {
    var bench = try ExpressBench(.efct)
    #expect(throws: QueueError(.lengthOutOfRange, value: 4089, limit: 4088)) {
      try bench.interface.transmit(bench.address(0), length: 4089, id: 1)
    }
    #expect(throws: QueueError(.lengthOutOfRange, value: 16384, limit: 16383)) {
      try bench.interface.transmit(bench.address(0), length: 16384, id: 1)
    }
    #expect(throws: QueueError(.lengthOutOfRange, value: .max, limit: 16383)) {
      try bench.transmitVector([(0, 60), (0, -1)], id: 1)
    }
    #expect(throws: QueueError.self) { try bench.transmitVector([], id: 1) }
    try bench.interface.transmit(bench.address(0), length: 4088, id: 1)
    #expect(bench.commands(DoorbellPage.ctpioAperture) == [4096])
    var none = try ExpressBench(.efct, options: InterfaceOptions(transmitCapacity: 0))
    #expect(throws: QueueError(.noQueue)) { try none.send(1) }
    #expect(throws: QueueError(.noQueue)) { try none.transmitVector([(0, 60)], id: 1) }
    #expect(none.interface.transmitCapacity == 0 && none.interface.transmitSpaceBytes == 0)
  }

  @Test func anInitialisedSendIsOnItsWay() throws {
    var bench = try ExpressBench(.efct)
    try bench.interface.transmitInit(bench.address(0), length: 60, id: 7)
    #expect(bench.commands(DoorbellPage.ctpioAperture) == [128])
    // There is nothing to push and nothing to undo.
    bench.interface.transmitPush()
    bench.interface.transmitInitUndo()
    #expect(bench.backend.wires.commands.count == 1 && bench.interface.transmitFillLevel == 1)
    bench.postCompletion(0)
    let event = bench.poll()[0]
    #expect(bench.unbundle(event) == [7])
  }

  @Test func timestampsAndWarmingAreMarksOfTheHeader() throws {
    var bench = try ExpressBench(.efct, options: InterfaceOptions(flags: .transmitTimestamps))
    try bench.send(1)
    #expect(bench.stream(0, 1) == [0x7f_c03c])
    bench.interface.startTransmitWarm()
    try bench.send(1)
    bench.cutThrough([(0, 98)], threshold: 64)
    try bench.interface.transmitCutThroughFallback(bench.address(0), length: 98, id: 9)
    bench.interface.stopTransmitWarm()
    try bench.send(1)
    #expect(bench.stream(128, 1) == [0xff_c03c])
    #expect(bench.stream(256, 1) == [0xc0_8062])
    #expect(bench.stream(384, 1) == [0x7f_c03c])
    // They are completed like any other; the cut-through one is nobody's.
    bench.postCompletion(3)
    let event = bench.poll()[0]
    #expect(bench.unbundle(event) == [1000, 1000, 1000])
    #expect(bench.interface.transmitFillLevel == 0 && bench.interface.transmitFillLevelBytes == 0)
  }
}
