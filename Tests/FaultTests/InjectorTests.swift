import EmulatedAdapter
import Testing

private func verdicts(_ plan: FaultPlan, _ count: Int, stream: UInt64 = 0) -> [FaultVerdict] {
  var injector = FaultInjector(plan, direction: .receive, stream: stream)
  defer { injector.deallocate() }
  return (0..<count).map { injector.decide(length: 60 + $0 % 1400) }
}

@Suite struct InjectorTests {
  private let mixed = "seed=42,drop=0.1,duplicate=0.1,reorder=0.1,corrupt=0.1,delay=0.1:5000,cut=0.1"

  @Test func sameSeedSameFaults() throws {
    let plan = try FaultPlan(parsing: mixed)
    #expect(verdicts(plan, 5000) == verdicts(plan, 5000))
    var other = plan
    other.seed = 43
    #expect(verdicts(other, 5000) != verdicts(plan, 5000))
    #expect(verdicts(plan, 5000, stream: 1) != verdicts(plan, 5000))
    var injector = FaultInjector(plan, direction: .transmit)
    defer { injector.deallocate() }
    #expect((0..<5000).map { injector.decide(length: 60 + $0 % 1400) } != verdicts(plan, 5000))
  }

  @Test func oneFaultDoesNotMoveAnother() throws {
    let alone = verdicts(try FaultPlan(parsing: "seed=42,duplicate=0.1"), 2000)
    let together = verdicts(try FaultPlan(parsing: "seed=42,duplicate=0.1,corrupt=0.7,cut=0.5,reorder=1"), 2000)
    #expect(alone.map(\.duplicate) == together.map(\.duplicate))
  }

  @Test func ratesAreMet() throws {
    let plan = try FaultPlan(parsing: mixed)
    var injector = FaultInjector(plan, direction: .receive)
    defer { injector.deallocate() }
    for _ in 0..<100_000 { _ = injector.decide(length: 60) }
    // Fixed by the seed; the bounds are more than ten standard deviations wide.
    #expect((9_000...11_000).contains(injector.counters.dropped))
    #expect((8_000...10_000).contains(injector.counters.duplicated))
    #expect((8_000...10_000).contains(injector.counters.corrupted))
    #expect((8_000...10_000).contains(injector.counters.cut))
    #expect(injector.counters.examined == 100_000)
  }

  @Test func zeroIsNeverAndOneIsAlways() throws {
    #expect(verdicts(FaultPlan(), 1000).allSatisfy { $0.isHarmless })
    #expect(verdicts(try FaultPlan(parsing: "drop=1"), 1000).allSatisfy { $0.drop })
    let delayed = verdicts(try FaultPlan(parsing: "delay=1:5"), 9)
    #expect(delayed.allSatisfy { $0.hold == .delay && $0.holdNanoseconds == 5 })
    #expect(verdicts(try FaultPlan(parsing: "reorder=1"), 9).allSatisfy { $0.hold == .behindNext })
    let injector = FaultInjector(FaultPlan(), direction: .receive)
    #expect(injector.isHarmless)
    injector.deallocate()
  }

  @Test func damageStaysInsideTheFrame() throws {
    var injector = FaultInjector(try FaultPlan(parsing: "seed=5,corrupt=1,cut=1"), direction: .receive)
    defer { injector.deallocate() }
    for round in 0..<20_000 {
      let length = 2 + round % 64
      let verdict = injector.decide(length: length)
      #expect((1..<length).contains(verdict.cutLength))
      #expect((0..<verdict.cutLength * 8).contains(verdict.corruptBit))
    }
    for length in 0...1 { #expect(injector.decide(length: length).cutLength < 0) }
    #expect(injector.decide(length: 0).corruptBit < 0)
  }

  @Test func damageFlipsOneBitAndCuts() {
    var verdict = FaultVerdict()
    verdict.corruptBit = 19
    verdict.cutLength = 4
    var bytes: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
    let left = bytes.withUnsafeMutableBytes { verdict.damage($0.baseAddress!, length: $0.count) }
    #expect(left == 4)
    #expect(bytes == [0xff, 0xff, 0xf7, 0xff, 0xff, 0xff])
  }

  @Test func countersHaveNames() throws {
    var injector = FaultInjector(try FaultPlan(parsing: "drop=1"), direction: .transmit)
    defer { injector.deallocate() }
    _ = injector.decide(length: 60)
    #expect(injector.counters.named.first { $0.name == "fault_dropped" }?.value == 1)
    #expect(Set(injector.counters.named.map(\.name)).count == 8)
  }
}

@Suite struct HoldingTests {
  private func injector(_ text: String = "delay=0.5:100,reorder=0.5,hold=4") throws -> FaultInjector {
    FaultInjector(try FaultPlan(parsing: text), direction: .receive, frameLimit: 128)
  }

  private func hold(
    _ injector: inout FaultInjector, _ number: UInt8, until time: UInt64, kind: FaultVerdict.Hold = .delay,
    length: Int = 20
  ) -> Bool {
    let bytes = [UInt8](repeating: number, count: length)
    return bytes.withUnsafeBytes {
      injector.hold($0.baseAddress!, length: length, timestamp: UInt64(number) * 10, releaseAt: time, kind: kind)
    }
  }

  private func take(_ injector: inout FaultInjector, at now: UInt64) -> UInt8? {
    guard let frame = injector.nextDue(now) else { return nil }
    let number = frame.bytes.load(as: UInt8.self)
    #expect(UnsafeRawBufferPointer(start: frame.bytes, count: frame.length).allSatisfy { $0 == number })
    #expect(frame.timestamp == UInt64(number) * 10)
    injector.releaseDue()
    return number
  }

  @Test func delayedFramesComeWhenTheyAreDue() throws {
    var held = try injector()
    defer { held.deallocate() }
    #expect(held.nextReleaseAt == nil)
    #expect(hold(&held, 1, until: 300))
    #expect(hold(&held, 2, until: 100))
    #expect(hold(&held, 3, until: 100))
    #expect(held.nextReleaseAt == 100)
    #expect(take(&held, at: 99) == nil)
    #expect(held.nextDue(100)?.length == 20)
    #expect(take(&held, at: 100) == 2)
    #expect(take(&held, at: 100) == 3)
    #expect(take(&held, at: 299) == nil)
    #expect(held.nextReleaseAt == 300)
    #expect(take(&held, at: 300) == 1)
    #expect(held.heldCount == 0)
    #expect(held.nextReleaseAt == nil)
    #expect(held.counters.delayed == 3)
  }

  @Test func reorderedFramesComeBehindTheNext() throws {
    var held = try injector()
    defer { held.deallocate() }
    held.framePassed()
    #expect(hold(&held, 1, until: 1000, kind: .behindNext))
    #expect(hold(&held, 2, until: 500))
    #expect(take(&held, at: 1) == nil)
    held.framePassed()
    #expect(held.nextReleaseAt == 0)
    #expect(take(&held, at: 1) == 1)
    #expect(take(&held, at: 1) == nil)
    #expect(held.nextReleaseAt == 500)
    #expect(held.counters.reordered == 1)
    // When none follows, the time releases it.
    #expect(hold(&held, 3, until: 400, kind: .behindNext))
    #expect(take(&held, at: 400) == 3)
  }

  @Test func aFullAreaLetsPassAndCounts() throws {
    var held = try injector()
    defer { held.deallocate() }
    for number in 1...4 { #expect(hold(&held, UInt8(number), until: 10)) }
    #expect(!hold(&held, 5, until: 10))
    #expect(take(&held, at: 10) == 1)
    #expect(hold(&held, 6, until: 10))
    #expect(take(&held, at: 10) == 2)
    #expect(!hold(&held, 7, until: 10, length: 129))
    #expect(held.counters.holdOverflow == 2)
    var without = FaultInjector(FaultPlan(), direction: .receive)
    defer { without.deallocate() }
    #expect(!hold(&without, 1, until: 1))
    #expect(without.nextDue(.max) == nil)
  }

  @Test func flushingGivesAllInOrder() throws {
    var held = try injector()
    defer { held.deallocate() }
    #expect(hold(&held, 1, until: .max))
    #expect(hold(&held, 2, until: 50, kind: .behindNext))
    #expect(hold(&held, 3, until: 60))
    held.flushAll()
    #expect(take(&held, at: 0) == 2)
    // What is held from now on waits as usual.
    #expect(hold(&held, 4, until: 40))
    #expect(take(&held, at: 0) == 3)
    #expect(take(&held, at: 0) == 1)
    #expect(take(&held, at: 0) == nil)
    #expect(take(&held, at: 40) == 4)
  }

  @Test func aFrameThatIsBeingReadStaysTheSame() throws {
    var held = try injector()
    defer { held.deallocate() }
    #expect(hold(&held, 1, until: 20))
    #expect(held.nextDue(30)?.bytes.load(as: UInt8.self) == 1)
    #expect(hold(&held, 2, until: 10))
    #expect(take(&held, at: 30) == 1)
    #expect(take(&held, at: 30) == 2)
  }

  @Test func nothingIsLostOrTwice() throws {
    var held = try injector("seed=9,reorder=0.4:700,delay=0.4:300,hold=64")
    defer { held.deallocate() }
    var out: [UInt8] = []
    var now: UInt64 = 0
    for number in 0..<250 {
      now += 10
      let verdict = held.decide(length: 20)
      let isHeld =
        verdict.hold != .none
        && hold(&held, UInt8(number), until: now + verdict.holdNanoseconds, kind: verdict.hold)
      if !isHeld {
        out.append(UInt8(number))
        held.framePassed()
      }
      while let due = take(&held, at: now) { out.append(due) }
    }
    held.flushAll()
    while let due = take(&held, at: now) { out.append(due) }
    #expect(held.heldCount == 0)
    #expect(out.sorted() == (0..<250).map { UInt8($0) })
    #expect(out != out.sorted())
    #expect(held.counters.reordered + held.counters.delayed > 100)
  }
}
