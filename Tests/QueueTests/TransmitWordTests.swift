import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Descriptors and doorbells of transmits, against what the genuine library writes. Ring of 512, in buffer mode.
@Suite struct TransmitWordTests {
  /// A call, the descriptors it writes, and the doorbell after it.
  private struct Call {
    var parts: [(UInt64, Int)]
    var descriptors: [UInt64]
    var isPushed: Bool
  }

  private static let calls = [
    Call(parts: [(0x1_2345_6040, 60)], descriptors: [0x003c_0001_2345_6040], isPushed: true),
    Call(parts: [(0x1_2345_7000, 1514)], descriptors: [0x05ea_0001_2345_7000], isPushed: true),
    Call(
      parts: [(0x2_0000_0100, 42), (0x2_0000_1200, 100), (0x2_0000_2300, 900)],
      descriptors: [0x402a_0002_0000_0100, 0x4064_0002_0000_1200, 0x0384_0002_0000_2300], isPushed: false),
    Call(
      parts: [(0x3_0000_0f00, 1000)], descriptors: [0x4100_0003_0000_0f00, 0x02e8_0003_0000_1000], isPushed: false),
    Call(
      parts: [(0x3_0000_0ffe, 8200)],
      descriptors: [0x4002_0003_0000_0ffe, 0x5000_0003_0000_1000, 0x5000_0003_0000_2000, 0x0006_0003_0000_3000],
      isPushed: false),
    Call(
      parts: [(0x4_0000_0ff0, 32), (0x4_0000_2000, 4096)],
      descriptors: [0x4010_0004_0000_0ff0, 0x4010_0004_0000_1000, 0x1000_0004_0000_2000], isPushed: false),
    Call(parts: [(0xfff_ffff_f000, 14)], descriptors: [0x000e_0fff_ffff_f000], isPushed: true),
    Call(parts: [(0x5000, 0)], descriptors: [0x0000_0000_0000_5000], isPushed: true),
    Call(
      parts: [(0x5000, 16383)],
      descriptors: [0x5000_0000_0000_5000, 0x5000_0000_0000_6000, 0x5000_0000_0000_7000, 0x0fff_0000_0000_8000],
      isPushed: false),
  ]

  @Test func descriptorsAndDoorbellsAreTheGoldenWords() throws {
    var bench = try Bench(ringSize: 512, eventCapacity: 1024)
    var slot = 0
    for (number, call) in Self.calls.enumerated() {
      bench.clearDoorbells()
      let id = RequestID(7 + number)
      if call.parts.count == 1 {
        try bench.interface.transmit(DMAAddress(rawValue: call.parts[0].0), length: call.parts[0].1, id: id)
      } else {
        try bench.transmitVector(call.parts, id: id)
      }
      for descriptor in call.descriptors {
        #expect(bench.transmitDescriptor(slot) == descriptor, "call \(number)")
        slot += 1
        // The id stands at the last descriptor alone.
        let isLast = descriptor == call.descriptors.last
        #expect(bench.transmitID(slot - 1) == (isLast ? id.rawValue : .max), "call \(number)")
      }
      let doorbell = bench.transmitDoorbell
      #expect(doorbell[2] == UInt32(slot))
      let first = call.descriptors[0]
      let pushed: [UInt32?] = [UInt32(truncatingIfNeeded: first), UInt32(first >> 32)]
      #expect(Array(doorbell[..<2]) == (call.isPushed ? pushed : [nil, nil]), "call \(number)")
      #expect(doorbell[3] == (call.isPushed ? 0 : nil), "call \(number)")
    }
  }

  @Test func aVectorIsInitialisedAsItIsSent() throws {
    var bench = try Bench()
    let fragments = [(0x6000, 10), (0x7000, 20)].map { DMAFragment(address: DMAAddress(rawValue: $0.0), length: $0.1) }
    try fragments.withUnsafeBufferPointer { try bench.interface.transmitVectorInit($0, id: 9) }
    #expect([0, 1].map { bench.transmitDescriptor($0) } == [0x400a_0000_0000_6000, 0x0014_0000_0000_7000])
    #expect([0, 1].map { bench.transmitID($0) } == [.max, 9])
    #expect(bench.transmitDoorbell == [nil, nil, nil, nil])
    bench.interface.transmitPush()
    #expect(bench.register(0xa18) == 2)
    // One is left of the 63.
    try bench.send(60)
    let error = #expect(throws: QueueError.self) {
      try fragments.withUnsafeBufferPointer { try bench.interface.transmitVectorInit($0, id: 10) }
    }
    #expect(error?.kind == .ringFull && error?.errno == 11 && bench.transmitID(62) == .max)
  }

  @Test func initialisingTouchesNoDoorbell() throws {
    var bench = try Bench()
    try bench.interface.transmitInit(DMAAddress(rawValue: 0x1000), length: 60, id: 1)
    #expect(bench.transmitDoorbell == [nil, nil, nil, nil])
    bench.interface.transmitPush()
    #expect(bench.register(0xa18) == 1)
    bench.clearDoorbells()
    bench.interface.transmitPush()
    #expect(bench.transmitDoorbell == [nil, nil, nil, nil])
  }

  @Test func aBatchPushesItsFirstDescriptorAndTheIndexPastItsLast() throws {
    var bench = try Bench(ringSize: 512)
    for index in 0..<3 {
      let address = DMAAddress(rawValue: 0x10000 + UInt64(index) * 0x1000)
      try bench.interface.transmitInit(address, length: 60 + index, id: RequestID(index))
    }
    bench.interface.transmitPush()
    #expect(bench.transmitDoorbell == [0x0001_0000, 0x003c_0000, 3, 0])
  }

  @Test func theFirstSixteenSendsArePushed() throws {
    var bench = try Bench(ringSize: 512)
    for number in 0..<20 {
      bench.clearDoorbells()
      let address = DMAAddress(rawValue: 0x10000 + UInt64(number) * 0x1000)
      try bench.interface.transmit(address, length: 60 + number, id: RequestID(number))
      #expect((bench.register(0xa10) != nil) == (number < 16), "send \(number)")
      #expect(bench.register(0xa18) == UInt32(number + 1))
      guard number == 15 else { continue }
      #expect(bench.transmitDoorbell == [0x0001_f000, 0x004b_0000, 0x10, 0])
    }
  }

  @Test func flagsSetThePushThresholdAndTheCallSetsItAnew() throws {
    var never = try Bench(ringSize: 512, options: InterfaceOptions(flags: .pushDisabled))
    try never.send(1)
    #expect(never.transmitDoorbell == [nil, nil, 1, nil])
    never.interface.setPushThreshold(16)
    try never.interface.transmit(DMAAddress(rawValue: 0x5000), length: 60, id: 1)
    #expect(never.transmitDoorbell == [0x5000, 0x003c_0000, 2, 0])
    var always = try Bench(ringSize: 512, options: InterfaceOptions(flags: .pushAlways))
    try always.send(30)
    always.clearDoorbells()
    try always.interface.transmit(DMAAddress(rawValue: 0x2000), length: 60, id: 1)
    #expect(always.transmitDoorbell == [0x2000, 0x003c_0000, 0x1f, 0])
    always.interface.setPushThreshold(4)
    always.clearDoorbells()
    try always.send(1)
    #expect(always.transmitDoorbell == [nil, nil, 0x20, nil])
  }

  @Test func thePushThresholdMoves() throws {
    var bench = try Bench()
    bench.interface.setPushThreshold(1)
    try bench.send(1)
    #expect(bench.register(0xa10) != nil)
    bench.clearDoorbells()
    try bench.send(1)
    #expect(bench.register(0xa10) == nil && bench.register(0xa18) == 2)
  }
}
