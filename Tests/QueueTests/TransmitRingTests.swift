import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Undo, a full ring, and the wrap of the doorbell.
@Suite struct TransmitRingTests {
  private static let three: [(UInt64, Int)] = [(0x2_0000_0100, 42), (0x2_0000_1200, 100), (0x2_0000_2300, 900)]

  @Test func undoTakesBackWhatWasNotPushed() throws {
    var bench = try Bench()
    try bench.send(3)
    bench.clearDoorbells()
    for index in 0..<4 {
      let address = DMAAddress(rawValue: 0x50000 + UInt64(index) * 0x1000)
      try bench.interface.transmitInit(address, length: 60, id: RequestID(100 + index))
    }
    let fragments = [
      DMAFragment(address: DMAAddress(rawValue: 0x60000), length: 10),
      DMAFragment(address: DMAAddress(rawValue: 0x70000), length: 20),
    ]
    try fragments.withUnsafeBufferPointer { try bench.interface.transmitVectorInit($0, id: 104) }
    #expect(bench.interface.transmitFillLevel == 9)
    bench.interface.transmitInitUndo()
    bench.interface.transmitInitUndo()
    #expect(bench.interface.transmitFillLevel == 3)
    #expect((3..<9).allSatisfy { bench.transmitID($0) == .max })
    #expect((0..<3).allSatisfy { bench.transmitID($0) == UInt32(200 + $0) })
    // The descriptors stay in the ring, and nothing was rung.
    #expect(bench.transmitDescriptor(3) == 0x003c_0000_0005_0000)
    #expect(bench.transmitDoorbell == [nil, nil, nil, nil])
    try bench.interface.transmit(DMAAddress(rawValue: 0x99000), length: 77, id: 5)
    #expect(bench.transmitDescriptor(3) == 0x004d_0000_0009_9000)
    #expect(bench.transmitDoorbell == [0x0009_9000, 0x004d_0000, 4, 0])
  }

  @Test func aRingHoldsOneLessThanItsSize() throws {
    var bench = try Bench(ringSize: 16)
    #expect(bench.interface.transmitCapacity == 15)
    for number in 0..<15 {
      #expect(bench.interface.transmitSpace == 15 - number)
      try bench.send(1)
      #expect(bench.register(0xa18) == UInt32(number + 1))
    }
    bench.clearDoorbells()
    let descriptor = bench.transmitDescriptor(15)
    #expect(throws: QueueError(.ringFull, value: 1, limit: 0)) { try bench.send(1) }
    #expect(QueueError(.ringFull).errno == 11)
    #expect(bench.transmitDoorbell == [nil, nil, nil, nil] && bench.transmitDescriptor(15) == descriptor)
    #expect(bench.interface.transmitSpace == 0 && bench.interface.transmitFillLevel == 15)
  }

  @Test func differentFromTheLibraryARefusedVectorWritesNoDescriptor() throws {
    var bench = try Bench(ringSize: 16)
    try bench.send(13)
    bench.clearDoorbells()
    #expect(throws: QueueError(.ringFull, value: 3, limit: 2)) { try bench.transmitVector(Self.three, id: 9) }
    #expect(bench.transmitDescriptor(13) == 0 && bench.transmitDescriptor(14) == 0)
    #expect(bench.interface.transmitSpace == 2 && bench.transmitDoorbell == [nil, nil, nil, nil])
    try bench.transmitVector(Array(Self.three[..<2]), id: 9)
    #expect(bench.transmitDescriptor(13) == 0x402a_0002_0000_0100)
    #expect(bench.transmitDescriptor(14) == 0x0064_0002_0000_1200)
    #expect(bench.transmitID(13) == .max && bench.transmitID(14) == 9 && bench.interface.transmitSpace == 0)
  }

  @Test func theDoorbellCarriesTheMaskedIndex() throws {
    var bench = try Bench(ringSize: 16)
    try bench.send(15)
    #expect(bench.unbundle(bench.after(0x2000_0000_0000_0009)[0]).count == 10)
    #expect(bench.interface.transmitSpace == 10)
    bench.clearDoorbells()
    try bench.send(1)
    #expect(bench.register(0xa18) == 0 && bench.transmitDescriptor(15) == 0x003c_0001_2345_6040)
    try bench.send(1)
    #expect(bench.register(0xa18) == 1 && bench.transmitID(0) == 216)
  }

  @Test func withoutARingThereIsNoSpace() throws {
    var bench = try Bench(options: InterfaceOptions(transmitCapacity: 0))
    #expect(bench.interface.transmitCapacity == 0 && bench.interface.transmitSpace == 0)
    #expect(throws: QueueError(.noQueue)) { try bench.send(1) }
    #expect(throws: QueueError(.noQueue)) { try bench.transmitVector(Self.three, id: 1) }
    bench.interface.transmitPush()
    bench.interface.transmitInitUndo()
    #expect(bench.transmitDoorbell == [nil, nil, nil, nil])
  }

  @Test func differentFromTheLibraryWhatNoDescriptorCarriesIsRefused() throws {
    var bench = try Bench()
    func refused(_ kind: QueueError.Kind, _ address: UInt64, _ length: Int) {
      do throws(QueueError) {
        try bench.interface.transmit(DMAAddress(rawValue: address), length: length, id: 1)
        Issue.record("0x\(String(address, radix: 16)), \(length) was taken")
      } catch {
        #expect(error.kind == kind && error.errno == 22)
      }
    }
    refused(.lengthOutOfRange, 0x5000, 16384)
    refused(.lengthOutOfRange, 0x5000, -1)
    refused(.lengthOutOfRange, 0x5000, .max)
    refused(.lengthOutOfRange, 0x5000, .min)
    refused(.addressOutOfRange, 0x3fff_ffff_f000, 100)
    refused(.addressOutOfRange, 0x0004_0000_0012_3040, 64)
    refused(.addressOutOfRange, .max, 1)
    refused(.addressOutOfRange, 0xfff_ffff_fff8, 100)
    #expect(throws: QueueError(.badVector, value: 0, limit: 63)) { try bench.transmitVector([], id: 1) }
    #expect(bench.interface.transmitFillLevel == 0 && bench.transmitDoorbell == [nil, nil, nil, nil])
  }

  @Test func aVectorThatNoRingHoldsIsRefusedForGood() throws {
    var bench = try Bench(ringSize: 16)
    let parts = [(UInt64, Int)](repeating: (0x1000, 10), count: 16)
    #expect(throws: QueueError(.badVector, value: 16, limit: 15)) { try bench.transmitVector(parts, id: 1) }
    try bench.transmitVector(Array(parts.dropLast()), id: 1)
    #expect(bench.interface.transmitSpace == 0)
  }
}
