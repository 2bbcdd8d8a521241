import Testing

@testable import efvi

/// A peer that answers in bursts: it holds back what it was told to, and gives it before the next answer.
private struct SlowPeer: PingLink, ~Copyable {
  /// Numbers of the messages whose answers are held back, from 1 on.
  let held: Set<Int>
  /// The byte that is changed in the answer to this message.
  var damaged = 0
  private(set) var sent = 0
  private var answers: [[UInt8]] = []
  private var late: [[UInt8]] = []
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2048, alignment: 8)
  private let answer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2048, alignment: 8)

  init(holding held: Set<Int>, damaged: Int = 0) {
    self.held = held
    self.damaged = damaged
  }

  deinit {
    buffer.deallocate()
    answer.deallocate()
  }

  var payload: UnsafeMutableRawPointer { mutating get throws { buffer.baseAddress! } }
  mutating func prepare(_ count: Int) {}

  mutating func send(_ count: Int) {
    sent += 1
    answers += late
    late = []
    var bytes = [UInt8](buffer[..<count])
    if sent == damaged { bytes[count - 1] ^= 1 }
    if held.contains(sent) { late.append(bytes) } else { answers.append(bytes) }
  }

  mutating func poll() -> UnsafeRawBufferPointer? {
    guard !answers.isEmpty else { return nil }
    let bytes = answers.removeFirst()
    answer.copyBytes(from: bytes)
    return UnsafeRawBufferPointer(rebasing: answer[..<bytes.count])
  }

  mutating func release() {}
}

@Suite struct LateAnswerTests {
  private static let limits = PingLimits(
    minimumIterations: 10, maximumIterations: 10, minimumTime: .zero, maximumTime: .seconds(30), warmUps: 0,
    patience: .milliseconds(5))

  private func run(_ size: Int, over peer: inout SlowPeer, _ history: inout PingHistory) throws -> PingOutcome {
    try PingRun(size: size, limits: Self.limits, stop: StopFlag(), sharesCore: false, progress: PingProgress())
      .run(&peer, &history)
  }

  @Test(arguments: [0, 1, 7, 8, 64]) func anAnswerThatComesLateIsNotDamage(size: Int) throws {
    var peer = SlowPeer(holding: [4])
    var history = PingHistory()
    let outcome = try run(size, over: &peer, &history)
    #expect(outcome.roundTrips.count == 10 && outcome.lost == 1 && outcome.damaged == 0)
    // A message without bytes cannot say that it is the earlier one.
    #expect(outcome.late == (size == 0 ? 0 : 1))
  }

  @Test(arguments: [(0, 1), (64, 1472), (4, 64), (64, 4)])
  func anAnswerToTheSizeBeforeIsNotDamage(first: Int, second: Int) throws {
    var peer = SlowPeer(holding: [11])
    var history = PingHistory()
    _ = try run(first, over: &peer, &history)
    var limits = Self.limits
    limits.maximumTime = .zero
    limits.warmUps = 1
    // The eleventh is a warm-up of the first size once more: its answer comes with the first of the second size.
    _ = try PingRun(size: first, limits: limits, stop: StopFlag(), sharesCore: false, progress: PingProgress())
      .run(&peer, &history)
    let outcome = try run(second, over: &peer, &history)
    #expect(outcome.roundTrips.count == 10 && outcome.lost == 0 && outcome.damaged == 0 && outcome.late == 1)
  }

  @Test(arguments: [1, 8, 64]) func anAnswerWithOtherBytesIsDamaged(size: Int) throws {
    var peer = SlowPeer(holding: [3], damaged: 6)
    var history = PingHistory()
    let outcome = try run(size, over: &peer, &history)
    #expect(outcome.lost == 1 && outcome.late == 1 && outcome.damaged == 1)
    #expect(outcome.firstDamage?.hasPrefix("byte \(size - 1) of \(size) ") == true)
  }
}
