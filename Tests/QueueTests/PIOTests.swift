import EtherFabricFormats
import Testing

@testable import EtherFabric

/// PIO sends: descriptors, doorbells, and the words in the buffer, against what the genuine library writes.
@Suite struct PIOTests {
  /// 1, 2, 3 and so on.
  static let frame = (1...128).map { UInt8($0) }

  private func linked(_ flags: InterfaceFlags = []) throws -> Bench {
    var bench = try Bench(ringSize: 512, options: InterfaceOptions(flags: flags))
    try bench.interface.linkPIO(bench.domain.allocatePIO())
    return bench
  }

  @Test func aFrameInTheBufferIsADescriptorThatIsPushed() throws {
    var bench = try linked()
    try bench.interface.transmitPIO(offset: 64, length: 60, id: 7)
    #expect(bench.transmitDescriptor(0) == 0x9000_003c_0000_0040 && bench.transmitID(0) == 7)
    #expect(bench.transmitDoorbell == [0x40, 0x9000_003c, 1, 0])
    #expect(bench.unbundle(bench.after(0x2000_0000_0000_0000)[0]) == [7])
  }

  @Test func copyingWritesWholeWordsAndNoMore() throws {
    var bench = try linked()
    try Self.frame.withUnsafeBytes { bytes in
      try bench.interface.transmitCopyPIO(UnsafeRawBufferPointer(rebasing: bytes[..<61]), offset: 128, id: 8)
      try bench.interface.transmitCopyPIO(UnsafeRawBufferPointer(rebasing: bytes[3..<64]), offset: 1024, id: 9)
    }
    #expect(bench.transmitDescriptor(0) == 0x9000_003d_0000_0080)
    #expect(bench.transmitDescriptor(1) == 0x9000_003d_0000_0400)
    // What the source has behind the frame is not read.
    #expect(
      bench.window(0x1080 + 48, count: 3) == [0x3837_3635_3433_3231, 0x0000_003d_3c3b_3a39, 0xeeee_eeee_eeee_eeee])
    #expect(bench.window(0x1400) == [0x0b0a_0908_0706_0504])
    #expect(
      bench.window(0x1400 + 48, count: 3) == [0x3b3a_3938_3736_3534, 0x0000_0040_3f3e_3d3c, 0xeeee_eeee_eeee_eeee])
    #expect(bench.window(0x1078) == [0xeeee_eeee_eeee_eeee])
  }

  @Test func anyBytesAreCopiedWithTheWordsFilledFromTheCopyInMemory() throws {
    var bench = try linked()
    try Self.frame.withUnsafeBytes { bytes in
      try bench.interface.copyToPIO(UnsafeRawBufferPointer(rebasing: bytes[..<11]), offset: 67)
      #expect(
        bench.window(0x1038, count: 4)
          == [0xeeee_eeee_eeee_eeee, 0x0504_0302_0100_0000, 0x0000_0b0a_0908_0706, 0xeeee_eeee_eeee_eeee])
      try bench.interface.copyToPIO(UnsafeRawBufferPointer(rebasing: bytes[100..<102]), offset: 78)
      #expect(bench.window(0x1048) == [0x6665_0b0a_0908_0706])
      // The copy knows nothing of what transmitCopyPIO wrote: the rest of the word is lost.
      try bench.interface.transmitCopyPIO(UnsafeRawBufferPointer(rebasing: bytes[..<61]), offset: 128, id: 8)
      try bench.interface.copyToPIO(UnsafeRawBufferPointer(rebasing: bytes[100..<104]), offset: 130)
      #expect(bench.window(0x1080, count: 2) == [0x0000_6867_6665_0000, 0x100f_0e0d_0c0b_0a09])
    }
  }

  @Test func warmingWritesTheDescriptorAndTakesTheIDBack() throws {
    var bench = try linked()
    try bench.send(3)
    bench.clearDoorbells()
    bench.interface.transmitPIOWarm()
    #expect(bench.transmitDescriptor(3) == 0x9000_0000_0000_0000 && bench.transmitID(3) == .max)
    Self.frame.withUnsafeBytes {
      bench.interface.transmitCopyPIOWarm(UnsafeRawBufferPointer(rebasing: $0[..<64]), offset: 192)
    }
    #expect(bench.transmitDescriptor(3) == 0x9000_0040_0000_00c0 && bench.transmitID(3) == .max)
    #expect(bench.window(0x10c0) == [0x0807_0605_0403_0201])
    #expect(bench.transmitDoorbell == [nil, nil, nil, nil])
    #expect(bench.interface.transmitFillLevel == 3 && bench.interface.transmitSpace == 508)
  }

  @Test func thePushThresholdHoldsForPIO() throws {
    var bench = try linked()
    try bench.send(15)
    bench.clearDoorbells()
    try bench.interface.transmitPIO(offset: 0, length: 60, id: 1)
    #expect(bench.transmitDoorbell == [0, 0x9000_003c, 16, 0])
    bench.clearDoorbells()
    try bench.interface.transmitPIO(offset: 0, length: 60, id: 1)
    #expect(bench.transmitDoorbell == [nil, nil, 17, nil])
    var never = try linked(.pushDisabled)
    try never.interface.transmitPIO(offset: 0, length: 60, id: 1)
    #expect(never.transmitDoorbell == [nil, nil, 1, nil])
  }

  @Test func whatIsRefusedChangesNothing() throws {
    var bench = try linked()
    let refused: [(offset: Int, length: Int, kind: QueueError.Kind)] = [
      (32, 60, .misaligned), (1, 60, .misaligned), (-32, 60, .misaligned), (-64, 64, .lengthOutOfRange),
      (2048, 16, .lengthOutOfRange), (1984, 65, .lengthOutOfRange), (0, 2049, .lengthOutOfRange), (0, 15, .tooShort),
      (0, -1, .tooShort), (Int.max & ~63, 64, .lengthOutOfRange), (Int.min, 64, .lengthOutOfRange),
      (64, Int.max, .lengthOutOfRange),
    ]
    for (offset, length, kind) in refused {
      let error = #expect(throws: QueueError.self) {
        try bench.interface.transmitPIO(offset: offset, length: length, id: 1)
      }
      #expect(error?.kind == kind && error?.errno == 22, "\(offset) \(length)")
    }
    for (offset, count) in [(2041, 8), (-1, 8), (2049, 0), (Int.max, 8)] {
      let error = #expect(throws: QueueError.self) {
        try Self.frame.withUnsafeBytes { bytes in
          try bench.interface.copyToPIO(UnsafeRawBufferPointer(rebasing: bytes[..<count]), offset: offset)
        }
      }
      #expect(error?.kind == .lengthOutOfRange, "\(offset) \(count)")
    }
    #expect(bench.window(0x1000, count: 256).allSatisfy { $0 == 0xeeee_eeee_eeee_eeee })
    #expect(bench.transmitDoorbell == [nil, nil, nil, nil] && bench.interface.transmitFillLevel == 0)
    try bench.interface.transmitPIO(offset: 1984, length: 64, id: 1)
  }

  @Test func aFullRingTakesNoMore() throws {
    var bench = try Bench()
    try bench.interface.linkPIO(bench.domain.allocatePIO())
    try bench.send(63)
    let error = #expect(throws: QueueError.self) {
      try bench.interface.transmitPIO(offset: 0, length: 60, id: 9)
    }
    #expect(error?.kind == .ringFull && bench.transmitID(63) == .max)
    #expect(bench.interface.transmitFillLevel == 63)
  }

  @Test func aBufferLivesAsLongAsItIsLinked() throws {
    var bench = try Bench()
    #expect(throws: QueueError(.noPIOBuffer)) { try bench.interface.transmitPIO(offset: 0, length: 60, id: 1) }
    bench.interface.transmitPIOWarm()
    #expect(bench.interface.pioSize == 0)
    do {
      let buffer = try bench.domain.allocatePIO(100)
      #expect(buffer.count == 100)
      try bench.interface.linkPIO(buffer)
    }
    #expect(bench.interface.pioSize == 100 && bench.backend.restarts.isEmpty)
    let second = try bench.domain.allocatePIO(1 << 20)
    #expect(second.count == 2048)
    let error = #expect(throws: EtherFabricError.self) { try bench.interface.linkPIO(second) }
    #expect(error?.errno == 16)
    try bench.interface.unlinkPIO()
    #expect(bench.backend.restarts == ["unlink PIO 7", "free PIO 7"])
    #expect(throws: EtherFabricError.self) { try bench.interface.unlinkPIO() }
    #expect(throws: QueueError(.noPIOBuffer)) { try bench.interface.transmitPIO(offset: 0, length: 60, id: 1) }
    #expect(throws: EtherFabricError.self) { _ = try bench.domain.allocatePIO(0) }
  }
}
