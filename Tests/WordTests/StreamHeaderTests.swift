import EtherFabricFormats
import Testing

/// Headers that the genuine library wrote into the aperture of an X3 or X4, and what they say.
@Suite struct StreamHeaderTests {
  struct Golden: Sendable {
    var word: UInt64
    var length: Int
    var threshold = StreamHeader.storeAndForward
    var timestamp = false
    var warm = false
    /// Bytes by which the stream moved on.
    var footprint: Int
  }

  static let headers = [
    Golden(word: 0x3f_c03c, length: 60, footprint: 128),
    Golden(word: 0x3f_c040, length: 64, footprint: 128),
    Golden(word: 0x3f_c5ea, length: 1514, footprint: 1536),
    Golden(word: 0x3f_c7be, length: StreamHeader.maximumFrame, footprint: 2048),
    Golden(word: 0x3f_c038, length: 56, footprint: 64),
    Golden(word: 0x3f_c039, length: 57, footprint: 128),
    Golden(word: 0x3f_c078, length: 120, footprint: 128),
    Golden(word: 0x3f_c079, length: 121, footprint: 192),
    Golden(word: 0xbf_c03c, length: 60, warm: true, footprint: 128),
    Golden(word: 0x7f_c03c, length: 60, timestamp: true, footprint: 128),
    Golden(word: 0x06_0062, length: 98, threshold: 24, footprint: 128),
  ]

  @Test(arguments: headers)
  func aHeaderIsTheGoldenWord(_ golden: Golden) {
    let written = StreamHeader(
      length: golden.length, threshold: golden.threshold, timestamp: golden.timestamp, warm: golden.warm)
    #expect(written.word == golden.word)
    let read = StreamHeader(word: golden.word)
    #expect(read.length == golden.length && read.threshold == golden.threshold && read.action == 0)
    #expect(read.timestamp == golden.timestamp && read.warm == golden.warm)
    #expect(StreamHeader.footprint(of: golden.length) == golden.footprint)
  }

  @Test func anActionLiesAboveTheFlags() {
    let header = StreamHeader(length: 0, threshold: 0, timestamp: false, warm: false, action: 5)
    #expect(header.word == 0x500_0000 && header.action == 5 && !header.warm)
  }

  /// Bytes asked for, then the headers of a 98 byte frame from an X3 (minimum 0) and an X4 (minimum 2).
  static let thresholds: [(UInt32, x3: UInt64, x4: UInt64)] = [
    (0, 0x4062, 0x8062), (1, 0x4062, 0x8062), (56, 0x4062, 0x8062), (57, 0x8062, 0x8062), (64, 0x8062, 0x8062),
    (120, 0x8062, 0x8062), (128, 0xc062, 0xc062), (1514, 0x6_0062, 0x6_0062), (16248, 0x3f_8062, 0x3f_8062),
    (16249, 0x3f_c062, 0x3f_c062), (16250, 0x3f_c062, 0x3f_c062), (0xffff, 0x3f_c062, 0x3f_c062),
    (.max, 0x3f_c062, 0x3f_c062),
  ]

  @Test(arguments: thresholds)
  func aThresholdInBytesIsTheGoldenField(_ bytes: UInt32, x3: UInt64, x4: UInt64) {
    for (word, parameters) in [(x3, DesignParameters.x3), (x4, .x4Express)] {
      let threshold = StreamHeader.threshold(bytes: bytes, minimum: parameters.cutThroughMinimum)
      #expect(StreamHeader(length: 98, threshold: threshold, timestamp: false, warm: false).word == word)
    }
  }
}
