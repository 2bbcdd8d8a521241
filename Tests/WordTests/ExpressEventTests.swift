import EtherFabricFormats
import Testing

/// Events that the genuine library polled on X3 and X4, and what it made of them.
@Suite struct ExpressEventTests {
  @Test func aReceiveEventIsTheGoldenWord() {
    let plain = ExpressReceiveEvent(packets: 3, label: 5, rollover: false, phase: false)
    #expect(
      plain.word == 0x5_0003 && plain.packets == 3 && plain.label == 5 && !plain.rollover && plain.freedSlots == 3)
    let rolled = ExpressReceiveEvent(packets: 1, label: 0, rollover: true, phase: false)
    #expect(rolled.word == 0x0200_0000_0000_0001 && rolled.rollover && rolled.freedSlots == 512)
    let flow = ExpressReceiveEvent(packets: 1, label: 255, rollover: false, flowLookup: true, phase: false)
    #expect(flow.word == 0x0400_0000_00ff_0001 && flow.flowLookup && flow.label == 255)
    // Three slots back from the transmits, and these: 1016 became 1536.
    #expect(4 + plain.freedSlots + rolled.freedSlots + flow.freedSlots == 1536 - 1016)
  }

  @Test func aTransmitEventIsTheGoldenWord() {
    let stamped = ExpressTransmitEvent(
      sequence: 0, label: 0, partialSeconds: 0x07, quarters: 2_000_000_003, timestampStatus: 1, phase: false)
    #expect(stamped.word == 0x1001_0007_7735_9403)
    #expect(stamped.partialSeconds == 7 && stamped.quarters == 2_000_000_003 && stamped.timestampStatus == 1)
    #expect(stamped.seconds(since: 0x6543_2107) == 0x6543_2107)
    let plain = ExpressTransmitEvent(sequence: 2, label: 0, phase: false)
    #expect(plain.word == 0x1000_0200_0000_0000 && plain.sequence == 2 && plain.timestampStatus == 0)
    let next = ExpressTransmitEvent(
      sequence: 3, label: 0, partialSeconds: 0x08, quarters: 5, timestampStatus: 1, phase: false)
    #expect(next.word == 0x1001_0308_0000_0005 && next.seconds(since: 0x6543_2107) == 0x6543_2108)
    #expect(next.seconds(since: 0xffff_ff07) == 0xffff_ff08)
  }

  @Test func aTransmitEventKeepsItsLabelAndPhase() {
    let event = ExpressTransmitEvent(sequence: 255, label: 63, timestampStatus: 3, phase: true)
    #expect(event.word == 0x18ff_ff00_0000_0000)
    #expect(event.label == 63 && event.phase && event.sequence == 255)
  }

  @Test func aTimeSyncIsTheGoldenWord() {
    let sync = ExpressControlEvent.timeSync(
      seconds: 0x6543_2107, quarters: 2_000_000_001, inSync: true, isSet: true, phase: false)
    #expect(sync.word == 0x3023_6543_2107_7735)
    #expect(sync.subtype == ExpressControlEvent.Subtype.timeSync)
    #expect(sync.seconds == 0x6543_2107 && sync.quarters == 0x7735_0000 && sync.inSync && sync.isSet)
    let unset = ExpressControlEvent.timeSync(seconds: 1, quarters: 0, inSync: false, isSet: false, phase: true)
    #expect(unset.word == 0x3820_0000_0001_0000 && !unset.inSync && !unset.isSet && unset.phase)
    let set = ExpressControlEvent.timeSync(seconds: 1, quarters: 0, inSync: false, isSet: true, phase: false)
    #expect(set.isSet && !set.inSync)
  }

  @Test func overflowAndFlushAreTheGoldenWords() {
    #expect(ExpressControlEvent.overflow(phase: false).word == 0x3000_0000_0000_0000)
    let receive = ExpressControlEvent.flush(isReceive: true, label: 63, queue: 0xa5, phase: false)
    #expect(receive.word == 0x3040_0000_00a5_03f1)
    #expect(receive.isReceive && receive.label == 63 && receive.queue == 0xa5)
    let transmit = ExpressControlEvent.flush(isReceive: false, label: 0, queue: 0, phase: false)
    #expect(transmit.word == 0x3040_0000_0000_0000 && !transmit.isReceive)
    #expect(transmit.subtype == ExpressControlEvent.Subtype.flush)
  }

  struct Failure: Sendable {
    var word: UInt64
    var isReceive = false
    var label: Int
    var reason: ExpressErrorReason
    var queue: UInt8
    var position: ExpressControlEvent.LabelPosition
    var phase = false
  }

  static let failures = [
    Failure(word: 0x3060_0000_005a_1800, label: 0, reason: .streamFIFOOverflow, queue: 0x5a, position: .x3),
    Failure(word: 0x3060_0000_005a_1800, label: 0, reason: .streamFIFOOverflow, queue: 0x5a, position: .x4),
    Failure(
      word: 0x3060_0000_0000_0eb1, isReceive: true, label: 0x2b, reason: .badBufferAddress, queue: 0, position: .x3),
    Failure(
      word: 0x3860_0000_c4ff_2400, label: 0xc4, reason: .hardwareInternal, queue: 0xff, position: .x4, phase: true),
  ]

  @Test(arguments: failures)
  func anErrorIsTheGoldenWord(_ golden: Failure) {
    let written = ExpressControlEvent.error(
      isReceive: golden.isReceive, label: golden.label, reason: golden.reason, queue: golden.queue,
      position: golden.position, phase: golden.phase)
    #expect(written.word == golden.word)
    let read = ExpressControlEvent(word: golden.word)
    #expect(read.subtype == ExpressControlEvent.Subtype.error && read.isReceive == golden.isReceive)
    #expect(read.errorLabel(at: golden.position) == golden.label && read.reason == golden.reason)
    #expect(read.queue == golden.queue && read.phase == golden.phase)
  }

  @Test func anUnknownReasonHasNoName() {
    let event = ExpressControlEvent(word: 0x3060_0000_0000_fc00)
    #expect(event.reason == nil && event.reasonCode == 0x3f)
    #expect(ExpressErrorReason.allCases.map(\.rawValue) == Array(1...9))
  }

  @Test func theTypeAndThePhaseAreRead() {
    #expect(ExpressEventWord(word: 0x0200_0000_0000_0001).type == ExpressEventWord.Kind.receive)
    #expect(ExpressEventWord(word: 0x1000_0200_0000_0000).type == ExpressEventWord.Kind.transmit)
    #expect(ExpressEventWord(word: 0x3860_0000_c4ff_2400).type == ExpressEventWord.Kind.control)
    #expect(ExpressEventWord(word: 0x3860_0000_c4ff_2400).phase)
    #expect(!ExpressEventWord(word: 0x3060_0000_005a_1800).phase)
    // Nothing has arrived in a new ring: every slot has the phase of the second lap.
    #expect(ExpressEventWord.empty.phase)
    let ring: UInt32 = 1024 * 8
    #expect(!ExpressEventWord.phase(at: 0, ringBytes: ring) && !ExpressEventWord.phase(at: ring - 8, ringBytes: ring))
    #expect(ExpressEventWord.phase(at: ring, ringBytes: ring) && !ExpressEventWord.phase(at: 2 * ring, ringBytes: ring))
  }
}
