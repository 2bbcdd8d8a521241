import EtherFabricFormats
import Testing

/// Metadata that the genuine library took, and what it made of them.
@Suite struct FrameMetadataTests {
  typealias Status = FrameMetadata.TimestampStatus

  struct Golden: Sendable {
    var first: UInt64
    var length: Int
    var l2: UInt8 = FrameMetadata.L2Class.ethernet
    var l3: UInt8 = FrameMetadata.L3Class.ip4
    var l4: UInt8 = FrameMetadata.L4Class.udp
    var l2Status: UInt8 = FrameMetadata.L2Status.good
    var l3Bad = false
    var l4Bad = false
    var stamp = Status.none
    var filter: UInt16 = 0
    /// What the library's discard event said with every reason on, 0 where it delivered the frame.
    var discards: UInt32 = 0
  }

  static let words = [
    Golden(first: 0x0001_d801_abcd_403c, length: 60, l4: 0, stamp: Status.setAndInSync, filter: 7),
    Golden(first: 0x00ff_e811_abcd_403d, length: 61, stamp: Status.notSet, filter: 1023),
    Golden(first: 0x0000_3815_abcd_403e, length: 62, l3: 1, stamp: Status.setNotInSync),
    Golden(first: 0x0000_0911_abcd_403f, length: 63, l3Bad: true, discards: 0x2),
    Golden(first: 0x0000_0905_abcd_4040, length: 64, l3: 1, l4: 0, l3Bad: true, discards: 0x2),
    Golden(first: 0x0000_0839_abcd_4041, length: 65, l3: 2, l4: 3),
    Golden(first: 0x0000_0b39_abcd_4042, length: 66, l3: 2, l4: 3, l3Bad: true, l4Bad: true, discards: 0x300),
    Golden(first: 0x0000_0838_abcd_4043, length: 67, l2: 0, l3: 2, l4: 3),
    Golden(first: 0x0000_0b38_abcd_4044, length: 68, l2: 0, l3: 2, l4: 3, l3Bad: true, l4Bad: true, discards: 0x380),
    Golden(first: 0x0000_0a01_abcd_4045, length: 69, l4: 0, l4Bad: true, discards: 0x1),
    Golden(first: 0x0000_0a11_abcd_4046, length: 70, l4Bad: true, discards: 0x1),
    Golden(first: 0x0000_0a21_abcd_4047, length: 71, l4: 2, l4Bad: true),
    Golden(first: 0x0000_0a31_abcd_4048, length: 72, l4: 3, l4Bad: true, discards: 0x200),
    Golden(first: 0x0000_0831_abcd_4049, length: 73, l4: 3),
    Golden(first: 0x0000_0891_abcd_404a, length: 74, l2Status: 2, discards: 0x4),
    Golden(first: 0x0000_0851_abcd_404b, length: 75, l2Status: 1, discards: 0x8),
    Golden(first: 0x0000_08d1_abcd_404c, length: 76, l2Status: 3),
    Golden(
      first: 0x0000_0b80_abcd_404d, length: 77, l2: 0, l4: 0, l2Status: 2, l3Bad: true, l4Bad: true, discards: 0x87),
    Golden(
      first: 0x0000_0b6d_abcd_404e, length: 78, l3: 3, l4: 2, l2Status: 1, l3Bad: true, l4Bad: true, discards: 0x8),
  ]

  @Test(arguments: words)
  func metadataAreTheGoldenWord(_ golden: Golden) {
    let written = FrameMetadata(
      length: golden.length, l2Class: golden.l2, l3Class: golden.l3, l4Class: golden.l4, l2Status: golden.l2Status,
      l3Bad: golden.l3Bad, l4Bad: golden.l4Bad, sentinel: true, timestampStatus: golden.stamp, filterID: golden.filter,
      checksum: 0xabcd)
    #expect(written.first == golden.first)
    let read = FrameMetadata(first: golden.first, second: 0)
    #expect(read.length == golden.length && read.location == 1 && read.checksum == 0xabcd)
    #expect(read.l2Class == golden.l2 && read.l3Class == golden.l3 && read.l4Class == golden.l4)
    #expect(read.l2Status == golden.l2Status && read.l3Bad == golden.l3Bad && read.l4Bad == golden.l4Bad)
    #expect(read.timestampStatus == golden.stamp && read.filterID == golden.filter)
    #expect(read.sentinel && !read.rollover && read.user == 0)
  }

  @Test(arguments: words)
  func theReasonsToDiscardAreThoseOfTheLibrary(_ golden: Golden) {
    #expect(FrameMetadata(first: golden.first, second: 0).discardBits == golden.discards)
    #expect(golden.discards & ~FrameMetadata.Discard.all == 0)
  }

  @Test func theSentinelAndTheRolloverHaveTheirBits() {
    let old = FrameMetadata(length: 60, sentinel: false)
    let new = FrameMetadata(length: 60, sentinel: true)
    #expect(old.first ^ new.first == FrameMetadata.sentinelBit && FrameMetadata.sentinelBit == 1 << 43)
    let rolled = FrameMetadata(length: 60, rollover: true, sentinel: true)
    #expect(rolled.first ^ new.first == 1 << 42 && rolled.rollover)
  }

  @Test func userBitsLieAboveTheFilter() {
    let metadata = FrameMetadata(
      length: 0, l2Class: 0, l3Class: 0, l4Class: 0, sentinel: false, filterID: 1, user: 0xa5)
    #expect(metadata.first == 0xa500_4000_0000_4000 && metadata.user == 0xa5)
    let wide = FrameMetadata(length: 0, l2Class: 0, l3Class: 0, l4Class: 0, sentinel: false, filterID: 0xffff)
    #expect(wide.first == 0x3fff_c000_0000_4000 && wide.filterID == 0xffff)
  }

  @Test func theTimestampIsSecondsAndQuarters() {
    let metadata = FrameMetadata(length: 60, sentinel: true, seconds: 0x1000, quarters: 2_000_000_001)
    #expect(metadata.second == 0x1000_7735_9401)
    #expect(metadata.seconds == 0x1000 && metadata.quarters == 2_000_000_001)
  }
}
