import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// Fault plans from end to end: what the plan counts is what the receiver sees.
@Suite struct FaultPlanTests {
  enum Side: CaseIterable, Sendable { case receive, transmit }

  /// Sends numbered frames one by one. Returns what arrived: the words, and the number each frame carries.
  private func run(
    _ plan: FaultPlan, count: Int = 400, step: UInt64 = 1000
  ) throws -> (rig: Rig, words: [UInt64], numbers: [Int]) {
    let rig = try Rig.withManualClocks(plan)
    let sender = try RawInterface(rig.left)
    let receiver = try RawInterface(rig.right)
    _ = try rig.right.insert(.unicastAll, interface: receiver.grant.resource)
    receiver.post(504)
    var words: [UInt64] = []
    var numbers: [Int] = []
    func take() {
      for word in receiver.events() {
        let bytes = receiver.received(words.count, 16)
        numbers.append(Int(bytes[14]) | Int(bytes[15]) << 8)
        words.append(word)
        if words.count % 8 == 0 { receiver.post(8) }
      }
    }
    for number in 0..<count {
      var frame = rig.frame(64)
      frame[14] = UInt8(number & 0xff)
      frame[15] = UInt8(number >> 8)
      sender.send(frame)
      take()
      rig.left.advanceClock(by: step)
      rig.right.advanceClock(by: step)
    }
    // What is held at the end comes with time.
    rig.left.advanceClock(by: 10_000_000)
    rig.right.advanceClock(by: 10_000_000)
    _ = sender.events()
    take()
    return (rig, words, numbers)
  }

  private func plan(_ side: Side, _ rates: (inout FaultRates) -> Void) -> FaultPlan {
    var plan = FaultPlan()
    plan.seed = 42
    rates(&plan[side == .receive ? .receive : .transmit])
    return plan
  }

  @Test(arguments: Side.allCases)
  func droppedFramesDoNotArriveAndAllOthersDo(_ side: Side) throws {
    let (rig, words, numbers) = try run(plan(side) { $0.drop = 0.2 })
    let dropped = (side == .receive ? rig.right : rig.left).statistics()[test: "fault_dropped"]
    #expect(dropped > 40 && dropped < 160 && words.count == 400 - Int(dropped))
    #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
    let again = try run(plan(side) { $0.drop = 0.2 })
    #expect(again.numbers == numbers)
  }

  @Test(arguments: Side.allCases)
  func duplicatedFramesArriveTwice(_ side: Side) throws {
    let (_, words, numbers) = try run(plan(side) { $0.duplicate = 0.2 })
    let twice = zip(numbers, numbers.dropFirst()).filter { $0 == $1 }.count
    #expect(twice > 40 && words.count == 400 + twice && Set(numbers).count == 400)
  }

  @Test(arguments: Side.allCases)
  func reorderedFramesComeBehindTheNext(_ side: Side) throws {
    let (_, words, numbers) = try run(plan(side) { $0.reorder = 0.2 })
    #expect(words.count == 400 && Set(numbers) == Set(0..<400))
    let behind = zip(numbers, numbers.dropFirst()).filter { $0 > $1 }.count
    #expect(behind > 30)
    // None is further off than the run of held frames before it.
    #expect(numbers.enumerated().allSatisfy { abs($0.offset - $0.element) < 10 })
  }

  @Test(arguments: Side.allCases)
  func delayedFramesArriveLateAndAllArrive(_ side: Side) throws {
    let plan = plan(side) {
      $0.delay = 0.3
      $0.delayNanoseconds = 5000
    }
    let (_, words, numbers) = try run(plan)
    #expect(words.count == 400 && Set(numbers) == Set(0..<400))
    #expect(numbers != numbers.sorted())
  }

  @Test(arguments: Side.allCases)
  func aFrameThatIsHeldDoesNotNeedAnotherToLeave(_ side: Side) throws {
    let plan = plan(side) {
      $0.delay = 1
      $0.delayNanoseconds = 5000
    }
    let (_, words, numbers) = try run(plan, count: 20, step: 100)
    #expect(words.count == 20 && numbers == Array(0..<20))
  }

  @Test(arguments: Side.allCases)
  func aDuplicateOfAHeldFrameStillArrives(_ side: Side) throws {
    let plan = plan(side) {
      $0.duplicate = 1
      $0.delay = 1
      $0.delayNanoseconds = 5000
    }
    let (_, words, numbers) = try run(plan, count: 20)
    #expect(words.count == 40 && Set(numbers) == Set(0..<20))
  }

  @Test func corruptedFramesHaveABadFrameCheck() throws {
    let (_, words, _) = try run(plan(.receive) { $0.corrupt = 0.2 })
    let bad = words.filter { $0 & ReceiveEventWord.Bit.frameCheckBad != 0 }.count
    #expect(bad > 40 && words.count + bad >= 400)
  }

  @Test func aHeldFrameKeepsItsError() throws {
    let plan = plan(.receive) {
      $0.corrupt = 1
      $0.delay = 1
      $0.delayNanoseconds = 5000
    }
    let (_, words, _) = try run(plan, count: 20)
    #expect(!words.isEmpty && words.allSatisfy { $0 & ReceiveEventWord.Bit.frameCheckBad != 0 })
  }

  @Test func cutFramesAreMarkedOrTooShort() throws {
    let (rig, words, _) = try run(plan(.receive) { $0.cut = 1 })
    let runts = rig.right.statistics()[test: "rx_runts"]
    #expect(words.count + Int(runts) == 400 && runts > 0)
    #expect(words.allSatisfy { $0 & ReceiveEventWord.Bit.truncated != 0 })
  }

  @Test func aCorruptFrameIsADiscardOfTheAPI() throws {
    let left = try Driver.open("emu:cable:crc/0")
    let right = try Driver.open("emu:cable:crc/1,corrupt=1,seed=3")
    let domains = (try left.allocateProtectionDomain(), try right.allocateProtectionDomain())
    let memory = (
      try MemoryRegistration(domains.0, DMAMemory(byteCount: 4096)),
      try MemoryRegistration(domains.1, DMAMemory(byteCount: 1 << 16))
    )
    var sender = try domains.0.allocateVirtualInterface()
    var receiver = try domains.1.allocateVirtualInterface()
    try receiver.addFilter(.unicastAll)
    try receiver.addFilter(.multicastAll)
    for index in 0..<8 { try receiver.receivePost(memory.1.dmaAddress(index * 2048), id: RequestID(index)) }
    try sender.transmit(memory.0.dmaAddress(0), length: 200, id: 1)
    var events = EventBatch(capacity: 4)
    receiver.poll(&events)
    guard events.count == 1, case .receiveDiscard(let discard) = events[0] else {
      Issue.record("no discard")
      return
    }
    #expect(discard.reason == .frameCheckBad && discard.bytes == 200 && discard.id == 0)
  }

  @Test func allocationsFailByNumber() throws {
    var settings = AdapterSettings()
    settings.faults.failAllocations = [.protectionDomain: .only(2), .virtualInterface: .every(3), .filter: .only(1)]
    let rig = try Rig(settings)
    let first = try RawInterface(rig.left)
    #expect(throws: EtherFabricError.self) { try RawInterface(rig.left) }
    let second = try RawInterface(rig.left)
    #expect(throws: EtherFabricError.self) { try RawInterface(rig.left) }
    #expect(throws: EtherFabricError.self) { try rig.left.insert(.unicastAll, interface: first.grant.resource) }
    _ = try rig.left.insert(.unicastAll, interface: second.grant.resource)
    // What was there before goes on.
    first.send(rig.frame(60))
    #expect(first.events() == [0x2000_0000_0000_0000])
  }
}
