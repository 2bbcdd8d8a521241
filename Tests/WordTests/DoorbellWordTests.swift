import EtherFabricFormats
import Testing

/// Register words that the genuine library wrote, and what they say.
@Suite struct DoorbellWordTests {
  @Test func theAperturesLieBehindTheDoorbellPage() {
    #expect(DoorbellPage.pioBuffer == 0x1000 && DoorbellPage.pioBufferSize == 2048)
    #expect(DoorbellPage.ctpioAperture == 0x3000 && DoorbellPage.ctpioApertureSize == 4096)
    #expect(DoorbellPage.eventCredits == 0)
  }

  static let commands: [(UInt32, TransmitCommand)] = [
    (0xa00, .go(0)), (0xa01, .go(1)), (0xa10, .go(16)), (0xa1e, .go(30)),
    (0xb00, .discard(0)), (0xb01, .discard(1)), (0xb10, .discard(16)), (0xb1e, .discard(30)),
    (0xb80, .stop(0)), (0xb81, .stop(1)), (0xb90, .stop(16)), (0xb9e, .stop(30)),
    // Timers of a 7000 of revision below 2: run, prime, clear, zero.
    (0xd01, .timer(mode: 1, value: 1)), (0xd05, .timer(mode: 1, value: 5)), (0xdff, .timer(mode: 1, value: 255)),
    (0xe05, .timer(mode: 2, value: 5)), (0xeff, .timer(mode: 2, value: 255)), (0xc00, .timer(mode: 0, value: 0)),
    (0xe01, .timer(mode: 2, value: 1)),
    // A prime at 0xabc.
    (0x80a, .primeHigh(0x0a)), (0x9bc, .primeLow(0xbc)),
  ]

  @Test(arguments: commands)
  func aTransmitCommandIsTheGoldenWord(_ word: UInt32, _ command: TransmitCommand) {
    #expect(command.word == word)
    #expect(TransmitCommand(word: word) == command)
    #expect(word & TransmitCommand.bit != 0)
  }

  @Test func aPrimeIsTwoHalvesHighFirst() {
    let halves = TransmitCommand.prime(index: 0xabc)
    #expect(halves.high.word == 0x80a && halves.low.word == 0x9bc)
  }

  @Test func aWriteIndexIsNoCommand() {
    for word in [0, 1, 511, 0x7ff, 0xa20, 0xb20, 0xb7f, 0xba0, 0x1800, 0x1a05, 0xffff_ffff] as [UInt32] {
      #expect(TransmitCommand(word: word) == nil)
    }
  }

  /// The word, the mode, and the microseconds asked for at a quantum of 1 us.
  static let timers: [(UInt32, TimerRegister.Mode, UInt32)] = [
    (0x8001, .startOnNextEvent, 1), (0x8005, .startOnNextEvent, 5), (0xbfff, .startOnNextEvent, 16383),
    (0x4001, .immediate, 1), (0x4005, .immediate, 5), (0x7fff, .immediate, 16383), (0x0000, .off, 0),
  ]

  @Test(arguments: timers)
  func aTimerIsTheGoldenWord(_ word: UInt32, _ mode: TimerRegister.Mode, _ microseconds: UInt32) {
    let ticks = TimerRegister.ticks(microseconds: microseconds, quantum: 1000)
    #expect(TimerRegister(mode: mode, value: ticks).word == word)
    let read = TimerRegister(word: word)
    #expect(read.mode == mode && read.value == microseconds && read.reload == 0)
  }

  @Test func ticksAreRoundedUpToTheQuantum() {
    let ticks = TimerRegister.ticks(microseconds: 100, quantum: 1536)
    #expect(TimerRegister(mode: .startOnNextEvent, value: ticks).word == 0x8042)
    #expect(TimerRegister.ticks(microseconds: .max, quantum: 1) == .max)
  }

  @Test func aReloadLiesAboveTheMode() {
    let register = TimerRegister(mode: .interruptHoldoff, value: 0x1234, reload: 0x3fff)
    #expect(register.word == 0x3fff_d234)
    #expect(register.mode == .interruptHoldoff && register.value == 0x1234 && register.reload == 0x3fff)
  }

  @Test func creditsAreTheGoldenWords() {
    // Grants of a 2048 and a 4096 slot event queue at start.
    #expect(PackedStreamCredit.word(4) == 0x804 && PackedStreamCredit.word(10) == 0x80a)
    #expect(PackedStreamCredit.count(of: 0x804) == 4 && PackedStreamCredit.count(of: 0x80a) == 10)
    #expect(PackedStreamCredit.count(of: 0x1f8) == nil && PackedStreamCredit.count(of: 0) == nil)
  }

  struct Control: Sendable {
    var word: UInt32
    var length: Int
    var timestamp = false
    var threshold: UInt32
    /// Bytes that the library filled.
    var footprint: Int
  }

  static let controls = [
    Control(word: 0x0040_003c, length: 60, threshold: 64, footprint: 64),
    Control(word: 0x05ea_05ea, length: 1514, threshold: 1514, footprint: 1536),
    Control(word: 0xffff_0062, length: 98, threshold: CTPIOControl.storeAndForward, footprint: 128),
    Control(word: 0x0000_00c8, length: 200, threshold: 0, footprint: 256),
    Control(word: 0x0080_103c, length: 60, timestamp: true, threshold: 128, footprint: 64),
  ]

  @Test(arguments: controls)
  func aCTPIOControlIsTheGoldenWord(_ golden: Control) {
    let written = CTPIOControl(length: golden.length, timestamp: golden.timestamp, threshold: golden.threshold)
    #expect(written.word == golden.word)
    let read = CTPIOControl(word: golden.word)
    #expect(read.length == golden.length && read.timestamp == golden.timestamp && read.threshold == golden.threshold)
    #expect(read.hardwareThreshold == golden.threshold & 0xfff)
    #expect(CTPIOControl.footprint(of: golden.length) == golden.footprint)
  }

  @Test func expressCreditsAreTheGoldenWords() {
    // After the first time sync event, and after an overflow.
    #expect(CreditRegister(sequence: CreditRegister.initialSequence + 1, clearsOverflow: false).word == 0x64)
    #expect(CreditRegister(sequence: CreditRegister.initialSequence, clearsOverflow: true).word == 0x1_0063)
    let read = CreditRegister(word: 0x1_0063)
    #expect(read.sequence == 99 && read.clearsOverflow && !CreditRegister(word: 0x64).clearsOverflow)
  }

  @Test func aBufferPostIsTheGoldenWord() {
    let post = BufferPost(address: 0x7_fe4b_9200_000, sentinel: true, rollover: false)
    #expect(post.word == 0x0010_0007_fe4b_9200)
    #expect(post.address == 0x7fe4_b920_0000 && post.sentinel && !post.rollover)
    let last = BufferPost(address: 0xffff_ffff_ffff_f000, sentinel: false, rollover: true)
    #expect(last.word == 0x002f_ffff_ffff_ffff)
    #expect(last.address == 0xffff_ffff_ffff_f000 && !last.sentinel && last.rollover)
  }
}
