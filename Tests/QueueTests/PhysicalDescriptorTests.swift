import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Descriptors of interfaces with physical addresses. The words are those of the genuine library over plain memory.
@Suite struct PhysicalDescriptorTests {
  private static func bench(ringSize: Int = 64) throws -> Bench {
    try Bench(
      ringSize: ringSize, options: InterfaceOptions(flags: [.transmitPhysicalAddresses, .receivePhysicalAddresses]))
  }

  private func send(_ bench: inout Bench, _ address: UInt64, _ length: Int) throws {
    try bench.interface.transmitInit(DMAAddress(rawValue: address), length: length, id: 7)
  }

  @Test func aReceiveDescriptorHasFortyEightBitsOfAddress() throws {
    var bench = try Self.bench()
    for address in [0x0800_0010_0800, 0xabcd_ef01_2800, (1 << 48) - 1] as [UInt64] {
      try bench.interface.receiveInit(DMAAddress(rawValue: address), id: 3)
    }
    #expect(bench.receiveDescriptor(0) == 0x0700_0800_0010_0800)
    #expect(bench.receiveDescriptor(1) == 0x0700_abcd_ef01_2800)
    #expect(bench.receiveDescriptor(2) == 0x0700_ffff_ffff_ffff)
    #expect(bench.interface.receiveFillLevel == 3)
    #expect(throws: QueueError(.addressOutOfRange, value: 1 << 48)) {
      try bench.interface.receiveInit(DMAAddress(rawValue: 1 << 48), id: 3)
    }
  }

  @Test func aPacketIsOneDescriptorWhateverPagesItCrosses() throws {
    var bench = try Self.bench()
    try send(&bench, 0x0800_0010_0f00, 1514)
    try send(&bench, 0x1234_5678_9000, 60)
    try send(&bench, 0x0800_0010_0ff0, 16000)
    #expect(bench.transmitDescriptor(0) == 0x05ea_0800_0010_0f00)
    #expect(bench.transmitDescriptor(1) == 0x003c_1234_5678_9000)
    #expect(bench.transmitDescriptor(2) == 0x3e80_0800_0010_0ff0)
    #expect(bench.interface.transmitFillLevel == 3)
    #expect((0..<3).allSatisfy { bench.transmitID($0) == 7 })
  }

  @Test func aVectorHasADescriptorForEachFragment() throws {
    var bench = try Self.bench()
    try bench.transmitVector([(0x0800_0010_0ff0, 9000), (0x0800_0020_0ffc, 100)], id: 9)
    #expect(bench.transmitDescriptor(0) == 0x6328_0800_0010_0ff0)
    #expect(bench.transmitDescriptor(1) == 0x0064_0800_0020_0ffc)
    #expect(bench.transmitID(0) == .max && bench.transmitID(1) == 9)
  }

  @Test func bufferModeSplitsTheSamePackets() throws {
    var bench = try Bench()
    try send(&bench, 0x0800_0010_0f00, 1514)
    #expect(bench.transmitDescriptor(0) == 0x4100_0800_0010_0f00)
    #expect(bench.transmitDescriptor(1) == 0x04ea_0800_0010_1000)
    #expect(throws: QueueError(.addressOutOfRange, value: 0xabcd_ef01_2800)) {
      try bench.interface.receiveInit(DMAAddress(rawValue: 0xabcd_ef01_2800), id: 3)
    }
  }

  @Test func theLastAddressesAreChecked() throws {
    var bench = try Self.bench()
    let last: UInt64 = 1 << 48
    try send(&bench, last - 61, 60)
    for (address, length) in [(last - 59, 60), (last, 0), (.max, 60)] as [(UInt64, Int)] {
      #expect(throws: QueueError(.addressOutOfRange, value: address)) { try send(&bench, address, length) }
    }
    #expect(throws: QueueError.self) { try send(&bench, 0x1000, -1) }
    #expect(throws: QueueError.self) { try send(&bench, 0x1000, 16384) }
    #expect(bench.interface.transmitFillLevel == 1)
  }

  @Test func aFullRingIsRefused() throws {
    var bench = try Self.bench(ringSize: 16)
    for _ in 0..<15 { try send(&bench, 0x0800_0010_0ff0, 1514) }
    #expect(throws: QueueError.self) { try send(&bench, 0x0800_0010_0ff0, 1514) }
    #expect(bench.interface.transmitFillLevel == 15)
  }
}
