import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Receive descriptors, and the doorbell in multiples of eight.
@Suite struct ReceiveRingTests {
  @Test func descriptorsAreTheGoldenWords() throws {
    var bench = try Bench(ringSize: 512)
    try bench.postBuffers(3)
    #expect(bench.receiveDescriptor(0) == 0x0700_0006_0000_0000)
    #expect(bench.receiveDescriptor(1) == 0x0700_0006_0000_0800)
    #expect(bench.receiveDescriptor(2) == 0x0700_0006_0000_1000)
    bench.interface.receiveBufferLength = 2048
    try bench.interface.receiveInit(DMAAddress(rawValue: 0x12_3040), id: 1)
    #expect(bench.receiveDescriptor(3) == 0x0800_0000_0012_3040)
    // The length of those before stays.
    #expect(bench.receiveDescriptor(2) == 0x0700_0006_0000_1000)
  }

  @Test func theDoorbellMovesInEights() throws {
    var bench = try Bench(ringSize: 512)
    let golden: [(added: Int, doorbell: UInt32?, space: Int)] = [
      (1, nil, 510), (7, nil, 504), (8, 8, 503), (9, nil, 502), (15, nil, 496), (16, 0x10, 495), (17, nil, 494),
      (24, 0x18, 487), (511, 0x1f8, 0),
    ]
    var added = 0
    for step in golden {
      bench.clearDoorbells()
      try bench.postBuffers(step.added - added)
      added = step.added
      #expect(bench.register(0x830) == step.doorbell, "\(added) added")
      #expect(bench.interface.receiveSpace == step.space, "\(added) added")
    }
    bench.clearDoorbells()
    #expect(throws: QueueError(.ringFull, value: 1, limit: 0)) { try bench.postBuffers(1) }
    #expect(bench.register(0x830) == nil && bench.interface.receiveFillLevel == 511)
    // Nine come back, and the index wraps.
    for number in 1...9 { bench.post(0x0000_0000_0000_003c | UInt64(number) << 48) }
    #expect(bench.poll().count == 9)
    try bench.postBuffers(1)
    #expect(bench.register(0x830) == 0)
    try bench.postBuffers(8)
    #expect(bench.register(0x830) == 8)
    #expect(bench.interface.receiveSpace == 0)
  }

  @Test func postingPushesEachTimeInEights() throws {
    var bench = try Bench(ringSize: 512)
    for number in 1...17 {
      bench.clearDoorbells()
      try bench.interface.receivePost(DMAAddress(rawValue: 0x1000), id: RequestID(number))
      #expect(bench.register(0x830) == (number % 8 == 0 ? UInt32(number) : nil))
    }
  }

  @Test func withoutARingThereIsNoSpace() throws {
    var bench = try Bench(options: InterfaceOptions(receiveCapacity: 0))
    #expect(bench.interface.receiveCapacity == 0 && bench.interface.receiveSpace == 0)
    #expect(throws: QueueError(.noQueue)) { try bench.postBuffers(1) }
  }

  @Test func differentFromTheLibraryAnAddressThatNoDescriptorCarriesIsRefused() throws {
    var bench = try Bench()
    #expect(throws: QueueError(.addressOutOfRange, value: 0x0004_0000_0012_3040)) {
      try bench.interface.receiveInit(DMAAddress(rawValue: 0x0004_0000_0012_3040), id: 1)
    }
    #expect(bench.interface.receiveFillLevel == 0)
  }

  @Test func capacitiesAndDefaultsAreTheLibrarys() throws {
    let bench = try Bench(ringSize: 512, eventCapacity: 1024)
    #expect(bench.interface.receiveCapacity == 511 && bench.interface.transmitCapacity == 511)
    #expect(bench.interface.receiveBufferLength == 1792 && bench.interface.receiveDiscards == .standard)
    #expect(bench.interface.receiveDiscards.rawValue == 0x6f && bench.interface.receivePrefixLength == 0)
    #expect(bench.interface.label == 0)
  }
}
