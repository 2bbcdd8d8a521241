import EtherFabricFormats
import Testing

@Suite struct TransmitEventWordTests {
  typealias Kind = TransmitEventWord.Kind

  struct Golden: Sendable {
    var word: UInt64
    var kind = Kind.completion
    var index: UInt32
    var label = 0
    var soft: UInt16 = 0
  }

  static let words = [
    Golden(word: 0x2000_0000_0000_0000, index: 0),
    Golden(word: 0x2000_0000_0000_0005, index: 5),
    Golden(word: 0x2000_0000_0005_0000, index: 0, label: 5),
    Golden(word: 0x2000_0000_1100_0000, kind: Kind.ctpioCompletion, index: 0),
    Golden(word: 0x2000_7735_5100_9403, kind: Kind.timestampLow, index: 0x9403, soft: 0x7735),
    Golden(word: 0x2000_0000_5200_1234, kind: Kind.timestampHigh, index: 0x1234),
    Golden(word: 0x2000_4000_5200_1235, kind: Kind.timestampHigh, index: 0x1235, soft: 0x4000),
    Golden(word: 0x2000_8000_5200_1234, kind: Kind.timestampHigh, index: 0x1234, soft: 0x8000),
    Golden(word: 0x2000_0000_1200_0190, kind: Kind.ctpioTimestampLow, index: 0x190),
    Golden(word: 0x2000_0000_1300_1234, kind: Kind.ctpioTimestampHigh, index: 0x1234),
  ]

  @Test(arguments: words)
  func aTransmitEventIsTheGoldenWord(_ golden: Golden) {
    let written = TransmitEventWord(kind: golden.kind, index: golden.index, label: golden.label, soft: golden.soft)
    #expect(written.word == golden.word)
    let read = TransmitEventWord(word: golden.word)
    #expect(read.kind == golden.kind && read.index == golden.index && read.soft == golden.soft)
    #expect(EventWord(word: golden.word).label == golden.label)
    #expect(EventWord(word: golden.word).code == EventWord.Code.transmit)
  }

  @Test func aTimeIsTheGoldenPairOfWords() {
    let first = TransmitEventWord.timestamp(quarters: 2_000_000_003, seconds: 0x5f00_1234, label: 0)
    #expect(first.low == 0x2000_7735_5100_9403 && first.high == 0x2000_0000_5200_1234)
    let last = TransmitEventWord.timestamp(quarters: 3_999_999_999, seconds: 0x5f00_1233, label: 0)
    #expect(last.low == 0x2000_ee6b_5100_27ff && last.high == 0x2000_0000_5200_1233)
    #expect(TransmitEventWord.timestamp(quarters: 400, seconds: 0, label: 3).low == 0x2000_0000_5103_0190)
  }
}
