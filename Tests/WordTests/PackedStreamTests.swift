import EtherFabricFormats
import Testing

/// Packed-stream buffers as the genuine library took them.
@Suite struct PackedStreamTests {
  typealias Layout = PackedStreamLayout
  typealias Packet = PackedStreamLayout.Packet
  typealias Prefix = PackedStreamLayout.Prefix

  struct Golden: Sendable {
    /// Offset of the packet in its buffer.
    var offset: Int
    var captured: UInt16
    var original: UInt16
    var flags: UInt8
    var seconds: UInt32 = 0x6543_2107
    var nanoseconds: UInt32
    var lengths: UInt64
    var time: UInt64
  }

  static let packets = [
    Golden(
      offset: 240, captured: 60, original: 64, flags: 0x1f, nanoseconds: 500_000_000, lengths: 0x0040_003c_1f18_00c0,
      time: 0x1dcd_6500_6543_2107),
    Golden(
      offset: 432, captured: 1514, original: 1518, flags: 0x1f, nanoseconds: 500_000_000,
      lengths: 0x05ee_05ea_1f18_0640, time: 0x1dcd_6500_6543_2107),
    Golden(
      offset: 2032, captured: 64, original: 68, flags: 0x03, nanoseconds: 500_000_000, lengths: 0x0044_0040_0318_00c0,
      time: 0x1dcd_6500_6543_2107),
    Golden(
      offset: 2224, captured: 0, original: 4, flags: 0x03, nanoseconds: 500_000_001, lengths: 0x0004_0000_0318_0080,
      time: 0x1dcd_6501_6543_2107),
    Golden(
      offset: 2352, captured: 120, original: 124, flags: 0x03, nanoseconds: 500_000_001,
      lengths: 0x007c_0078_0318_00c0, time: 0x1dcd_6501_6543_2107),
    Golden(
      offset: 2544, captured: 121, original: 125, flags: 0x03, nanoseconds: 500_000_001,
      lengths: 0x007d_0079_0318_0100, time: 0x1dcd_6501_6543_2107),
  ]

  @Test(arguments: packets)
  func aPacketIsTheGoldenPairOfWords(_ golden: Golden) {
    let prefix = Prefix(timestamp: 1, captured: golden.captured, original: golden.original)
    let packet = Packet(prefix, flags: golden.flags, seconds: golden.seconds, nanoseconds: golden.nanoseconds)
    withUnsafeTemporaryAllocation(byteCount: 17, alignment: 8) { bytes in
      // At an odd address too.
      for place in [bytes.baseAddress!, bytes.baseAddress! + 1] {
        packet.store(to: place)
        #expect(place.loadUnaligned(as: UInt64.self) == golden.lengths)
        #expect(place.loadUnaligned(fromByteOffset: 8, as: UInt64.self) == golden.time)
        let read = Packet(loading: place)
        #expect(read == packet && read.payloadOffset == 24)
        #expect(read.captured == golden.captured && read.original == golden.original && read.flags == golden.flags)
        #expect(read.seconds == golden.seconds && read.nanoseconds == golden.nanoseconds)
      }
    }
  }

  @Test func packetsFollowEachOtherAsTheLibraryWalksThem() {
    var offset = Layout.startOffset
    for golden in Self.packets {
      #expect(offset == golden.offset)
      offset += Layout.stride(captured: Int(golden.captured))
    }
    #expect(offset == 2800)
  }

  @Test func aPrefixIsEightBytesLittleEndian() {
    withUnsafeTemporaryAllocation(byteCount: Prefix.size, alignment: 8) { bytes in
      let prefix = Prefix(timestamp: 0x7735_9401, captured: 0x1234, original: 0x5678)
      prefix.store(to: bytes.baseAddress!)
      #expect(Array(bytes) == [0x01, 0x94, 0x35, 0x77, 0x34, 0x12, 0x78, 0x56])
      #expect(Prefix(loading: bytes.baseAddress!) == prefix)
    }
  }

  @Test func buffersHaveTheSizesOfTheLibrary() {
    #expect(Layout.bufferSize == 1_048_576 && Layout.smallBufferSize == 65536)
    #expect(Layout.startOffset == 240 && Layout.firstOffset == 256 && Layout.payloadOffset == 24)
    let address = Layout.descriptorAddress(of: 0x1230_0000, bufferSize: Layout.bufferSize)
    #expect(address == 0x1230_0100)
    #expect(ReceiveDescriptor(address: address ?? 0, length: 1792).word == 0x0700_0000_1230_0100)
    #expect(Layout.descriptorAddress(of: 0x1230_0800, bufferSize: Layout.bufferSize) == nil)
    #expect(Layout.descriptorAddress(of: 0x1231_0000, bufferSize: Layout.bufferSize) == nil)
    #expect(Layout.descriptorAddress(of: 0x1231_0000, bufferSize: Layout.smallBufferSize) == 0x1231_0100)
  }

  @Test func errorsOfTheEventBecomeFlags() {
    typealias Bit = ReceiveEventWord.Bit
    #expect(Bit.rotate == 1 << 53)
    #expect(Packet.flags(errors: Bit.frameCheckBad | Bit.ipChecksumBad | Bit.l4ChecksumBad) == 0x1c)
    #expect(Packet.flags(errors: Bit.truncated) == 0x04 && Packet.flags(errors: Bit.frameCheckBad) == 0x04)
    #expect(Packet.flags(errors: Bit.l4ChecksumBad) == 0x08 && Packet.flags(errors: Bit.ipChecksumBad) == 0x10)
    #expect(Packet.flags(errors: Bit.innerIPChecksumBad | Bit.multicast) == 0)
  }

  struct Credits: Sendable {
    var events: Int
    /// Entries of the transmit ring.
    var transmits = 0
    var times = false
    var credits: Int
    /// With buffers of 1 MiB and of 64 KiB.
    var large = 16
    var small: Int
  }

  static let credits = [
    Credits(events: 512, credits: 1, small: 16), Credits(events: 1024, credits: 2, small: 16),
    Credits(events: 2048, credits: 5, small: 16), Credits(events: 4096, credits: 11, small: 24),
    Credits(events: 8192, credits: 23, small: 32), Credits(events: 16384, credits: 47, small: 56),
    Credits(events: 32768, credits: 95, small: 104),
    Credits(events: 1024, transmits: 512, credits: 1, small: 16),
    Credits(events: 2048, transmits: 512, credits: 4, small: 16),
    Credits(events: 2048, transmits: 512, times: true, credits: 1, small: 16),
    Credits(events: 4096, transmits: 512, credits: 10, small: 24),
    Credits(events: 4096, transmits: 512, times: true, credits: 7, small: 16),
    Credits(events: 32768, transmits: 512, times: true, credits: 91, small: 104),
    Credits(events: 2048, transmits: 1024, credits: 2, small: 16),
    Credits(events: 4096, transmits: 1024, credits: 8, small: 24),
    Credits(events: 4096, transmits: 1024, times: true, credits: 2, small: 16),
    Credits(events: 16384, transmits: 1024, times: true, credits: 38, small: 48),
    Credits(events: 32768, transmits: 1024, times: true, credits: 86, small: 96),
  ]

  @Test(arguments: credits)
  func creditsAreThoseOfTheLibrary(_ golden: Credits) {
    let credits = Layout.maximumCredits(
      eventCapacity: golden.events, transmitCapacity: max(0, golden.transmits - 1), hasTransmitTimes: golden.times)
    #expect(credits == golden.credits)
    #expect(Layout.usableBuffers(credits: credits, bufferSize: Layout.bufferSize) == golden.large)
    #expect(Layout.usableBuffers(credits: credits, bufferSize: Layout.smallBufferSize) == golden.small)
  }

  @Test func transmitsThatFillTheEventQueueLeaveNoCredit() {
    // The genuine library divides a negative number as unsigned here, and grants thousands.
    #expect(Layout.maximumCredits(eventCapacity: 512, transmitCapacity: 511, hasTransmitTimes: false) == 0)
    #expect(Layout.maximumCredits(eventCapacity: 2048, transmitCapacity: 1023, hasTransmitTimes: true) == 0)
    #expect(Layout.usableBuffers(credits: 0, bufferSize: Layout.bufferSize) == 16)
  }

  @Test func aCreditIsUsedWhereA64KiBBoundaryIsCrossed() {
    #expect(Layout.creditsCrossed(from: 0x10_0100, to: 0x10_ffc0) == 0)
    #expect(Layout.creditsCrossed(from: 0x10_ffc0, to: 0x11_0000) == 1)
    #expect(Layout.creditsCrossed(from: 0x11_ffc0, to: 0x12_0040) == 1)
    #expect(Layout.creditsCrossed(from: 0x10_ffc0, to: 0x12_0040) == 2)
    #expect(Layout.eventsPerCredit == Layout.bytesPerCredit / Layout.stride(captured: 60))
    #expect(Layout.initialCredits == 1)
  }
}
