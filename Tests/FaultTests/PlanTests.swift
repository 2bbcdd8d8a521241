import EtherFabric
import Glibc
import Testing

@testable import EmulatedAdapter

@Suite struct PlanTests {
  @Test func parsesAllKeys() throws {
    let plan = try FaultPlan(
      parsing: "seed=7,drop=0.01,duplicate=.5,reorder=0.2:99,corrupt=1,delay=0.1:5000,cut=1e-3,hold=9,"
        + "fail-pd=3,fail-memreg=every:2,fail-vi=1,fail-filter=every:1")
    var rates = FaultRates()
    rates.drop = 0.01
    rates.duplicate = 0.5
    rates.reorder = 0.2
    rates.reorderNanoseconds = 99
    rates.corrupt = 1
    rates.delay = 0.1
    rates.delayNanoseconds = 5000
    rates.cut = 0.001
    #expect(plan.seed == 7)
    #expect(plan.holdCapacity == 9)
    #expect(plan.receive == rates)
    #expect(plan.transmit == rates)
    #expect(
      plan.failAllocations == [
        .protectionDomain: .only(3), .memoryRegistration: .every(2), .virtualInterface: .only(1), .filter: .every(1),
      ])
    #expect(!plan.isHarmless)
  }

  @Test func prefixesMeanOneDirection() throws {
    let plan = try FaultPlan(parsing: "drop=0.5,rx-drop=0.25,tx-delay=1:7,seed=0xff")
    #expect(plan.receive.drop == 0.25)
    #expect(plan.transmit.drop == 0.5)
    #expect(plan.receive.delay == 0)
    #expect(plan.transmit.delay == 1)
    #expect(plan.transmit.delayNanoseconds == 7)
    #expect(plan.seed == 255)
  }

  @Test func cutThroughSendsHaveRatesOfTheirOwn() throws {
    let plan = try FaultPlan(parsing: "seed=5,ctpio-fail=0.25,ctpio-underrun=0.5")
    #expect(plan.cutThrough.fail == 0.25 && plan.cutThrough.underrun == 0.5)
    #expect(!plan.isHarmless && plan.transmit.isHarmless)
    // The same seed gives the same run, and one rate does not move the draws of the other.
    var (first, second) = (CutThroughFaults(plan), CutThroughFaults(plan))
    let verdicts = (0..<1000).map { _ in first.next() }
    #expect(verdicts == (0..<1000).map { _ in second.next() })
    var failing = CutThroughFaults(try FaultPlan(parsing: "seed=5,ctpio-fail=0.25"))
    #expect(verdicts.map { $0 == .fails } == (0..<1000).map { _ in failing.next() == .fails })
    #expect((200...300).contains(verdicts.count { $0 == .fails }))
    #expect((325...425).contains(verdicts.count { $0 == .underruns }))
  }

  @Test func nothingIsHarmless() throws {
    #expect(try FaultPlan(parsing: "") == FaultPlan())
    #expect(FaultPlan().isHarmless)
    #expect(try FaultPlan(parsing: "seed=3,drop=0").isHarmless)
  }

  @Test(arguments: [
    ("drop=1.5", "drop=1.5"), ("drop=-0.1", "drop=-0.1"), ("drop=nan", "drop=nan"), ("drop=", "drop="),
    ("seed=1,drop", "`drop`"), ("seed=-1", "seed=-1"), ("seed=+1", "seed=+1"), ("seed=0x", "seed=0x"),
    ("delay=0.1", "delay=0.1"), ("delay=0.1:soon", "soon"), ("delay=0.1:3600000000001", "3600000000001"),
    ("drop=0.1:5", "takes no time"), ("loss=0.1", "`loss`"), ("rx-seed=4", "rx-seed"), ("fail-vi=0", "fail-vi=0"),
    ("fail-vi=every:", "fail-vi=every:"), ("fail-ring=1", "fail-ring"), ("hold=0", "hold=0"), ("drop=0.1,", "``"),
    ("ctpio-fail=2", "ctpio-fail=2"), ("ctpio-underrun=x", "ctpio-underrun=x"), ("rx-ctpio-fail=0", "rx-ctpio-fail"),
  ])
  func namesTheWrongPart(_ text: String, _ part: String) throws {
    do {
      _ = try FaultPlan(parsing: text)
      Issue.record("\(text) was taken")
    } catch {
      #expect(error.errno == EINVAL)
      #expect(error.reason.contains(part))
    }
  }

  @Test func leavesOtherKeysAlone() throws {
    var plan = FaultPlan()
    #expect(try !plan.set("mtu", to: "9000"))
    #expect(plan == FaultPlan())
    #expect(try plan.set("rx-cut", to: "0.5"))
    #expect(plan.receive.cut == 0.5)
  }

  @Test func refusesAllocationsByTheirNumber() throws {
    var faults = AllocationFaults(try FaultPlan(parsing: "fail-pd=2,fail-vi=every:3"))
    #expect((1...4).map { _ in faults.nextFails(.protectionDomain) } == [false, true, false, false])
    #expect((1...6).map { _ in faults.nextFails(.virtualInterface) } == [false, false, true, false, false, true])
    #expect((1...3).allSatisfy { _ in !faults.nextFails(.filter) })
    #expect(
      faults.counters.map(\.name) == [
        "fault_pd_refused", "fault_memreg_refused", "fault_vi_refused", "fault_filter_refused",
      ])
    #expect(faults.counters.map(\.value) == [1, 0, 2, 0])
  }

  @Test func drawsTheNumbersOfTheAlgorithms() {
    var position: UInt64 = 1_234_567
    #expect(SeededGenerator.splitMix(&position) == 6_457_827_717_110_365_317)
    #expect(SeededGenerator.splitMix(&position) == 3_203_168_211_198_807_973)
    var generator = SeededGenerator(words: (1, 2, 3, 4))
    #expect((0..<4).map { _ in generator.next() } == [11520, 0, 1_509_978_240, 1_215_971_899_390_074_240])
  }
}
