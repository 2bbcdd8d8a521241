import EtherFabricFormats
import Testing

@Suite struct ReceivePrefixTests {
  /// Room for a prefix, filled with a mark.
  private func withPrefix(_ body: (UnsafeMutableRawPointer) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { room in
      room.initializeMemory(as: UInt8.self, repeating: 0xee)
      body(room.baseAddress!)
    }
  }

  private func bytes(_ base: UnsafeMutableRawPointer) -> [UInt8] {
    (0..<16).map { base.load(fromByteOffset: $0, as: UInt8.self) }
  }

  @Test func aPrefixIsFourteenLittleEndianBytes() {
    withPrefix { base in
      ReceivePrefix.store(to: base, packetLength: 1514, timestamp: 0x1122_3344, filterID: 0x1234)
      let expected: [UInt8] = [0, 0, 0, 0, 0x34, 0x12, 0, 0, 0xea, 0x05, 0x44, 0x33, 0x22, 0x11, 0xee, 0xee]
      #expect(bytes(base) == expected)
      #expect(ReceivePrefix.packetLength(of: base) == 1514 && ReceivePrefix.timestamp(of: base) == 0x1122_3344)
      #expect(ReceivePrefix.filterID(of: base) == 0x1234)
    }
  }

  @Test func aPrefixWithoutStampAndFilterIsMarked() {
    withPrefix { base in
      ReceivePrefix.store(to: base, packetLength: 60, timestamp: ReceivePrefix.noTimestamp)
      #expect(bytes(base) == [0, 0, 0, 0, 0, 0, 0, 0x80, 60, 0, 0xff, 0xff, 0xff, 0xff, 0xee, 0xee])
      #expect(ReceivePrefix.filterID(of: base) == nil)
      #expect(ReceivePrefix.timestamp(of: base) == ReceivePrefix.noTimestamp)
    }
  }

  @Test func theGoldenBytesAreRead() {
    withPrefix { base in
      base.storeBytes(of: 0xea, toByteOffset: 8, as: UInt8.self)
      base.storeBytes(of: 0x05, toByteOffset: 9, as: UInt8.self)
      #expect(ReceivePrefix.packetLength(of: base) == 1514)
      base.storeBytes(of: 0xc5, toByteOffset: 9, as: UInt8.self)
      #expect(ReceivePrefix.packetLength(of: base) == 0xc5ea)
      base.storeBytes(of: 0x34, toByteOffset: 4, as: UInt8.self)
      base.storeBytes(of: 0x12, toByteOffset: 5, as: UInt8.self)
      base.storeBytes(of: 0x7f, toByteOffset: 7, as: UInt8.self)
      #expect(ReceivePrefix.filterID(of: base) == 0x1234)
      base.storeBytes(of: 0x80, toByteOffset: 7, as: UInt8.self)
      #expect(ReceivePrefix.filterID(of: base) == nil)
    }
  }

  @Test func anUnalignedPrefixIsReadAndWritten() {
    withUnsafeTemporaryAllocation(byteCount: 32, alignment: 16) { room in
      let base = room.baseAddress! + 1
      ReceivePrefix.store(to: base, packetLength: 9018, timestamp: 3_999_999_999, filterID: 7)
      #expect(ReceivePrefix.packetLength(of: base) == 9018 && ReceivePrefix.timestamp(of: base) == 3_999_999_999)
      #expect(ReceivePrefix.filterID(of: base) == 7)
    }
  }
}
