import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import EtherFabricFormats
import Glibc
import Testing

/// Event timers: what they write, when, and whom they wake.
@Suite struct EventTimerTests {
  let rig: Rig

  init() throws {
    rig = try Rig.withManualClocks()
    rig.left.setClock(1_000_000_000)
  }

  private func timed(sharingEventsOf owner: RawInterface? = nil) throws -> RawInterface {
    try RawInterface(rig.left, InterfaceOptions(flags: .eventTimer), sharingEventsOf: owner)
  }

  private func set(_ interface: RawInterface, _ mode: TimerRegister.Mode, _ value: UInt32, reload: UInt32 = 0) {
    let word = TimerRegister(mode: mode, value: value, reload: reload).word
    interface.grant.command?(interface.grant.serviceContext, DoorbellPage.eventQueueTimer, UInt64(word))
  }

  @Test func aTimerRunsOutOnce() throws {
    let others = try (0..<3).map { _ in try RawInterface(rig.left) }
    let interface = try timed()
    #expect(interface.grant.timerQuantum == 1000)
    set(interface, .immediate, 100)
    rig.left.advanceClock(by: 99_999)
    #expect(interface.events().isEmpty)
    rig.left.advanceClock(by: 1)
    // Driver event, sub-code 3, with the instance of the queue.
    #expect(interface.events() == [0x5300_0000_0000_0003])
    rig.left.advanceClock(by: 1_000_000)
    #expect(interface.events().isEmpty)
    #expect(others.allSatisfy { $0.events().isEmpty })
  }

  @Test func aPrimedTimerWaitsForAnEvent() throws {
    let interface = try timed()
    set(interface, .startOnNextEvent, 50)
    rig.left.advanceClock(by: 1_000_000_000)
    #expect(interface.events().isEmpty)
    try rig.left.putSoftwareEvent(7, interface: interface.grant.resource)
    rig.left.advanceClock(by: 49_999)
    #expect(interface.events() == [0xc000_0000_0000_0007])
    // A further event does not start it again.
    try rig.left.putSoftwareEvent(8, interface: interface.grant.resource)
    rig.left.advanceClock(by: 1)
    #expect(interface.events() == [0xc000_0000_0000_0008, 0x5300_0000_0000_0000])
    try rig.left.putSoftwareEvent(9, interface: interface.grant.resource)
    rig.left.advanceClock(by: 1_000_000)
    #expect(interface.events() == [0xc000_0000_0000_0009])
  }

  @Test func aTimerCanBeStopped() throws {
    let interface = try timed()
    set(interface, .immediate, 100)
    set(interface, .off, 0)
    set(interface, .startOnNextEvent, 100)
    set(interface, .off, 0)
    try rig.left.putSoftwareEvent(7, interface: interface.grant.resource)
    rig.left.advanceClock(by: 1_000_000_000)
    #expect(interface.events() == [0xc000_0000_0000_0007])
  }

  @Test func settingItAgainBeginsAnew() throws {
    let interface = try timed()
    set(interface, .immediate, 100)
    rig.left.advanceClock(by: 90_000)
    set(interface, .immediate, 100)
    rig.left.advanceClock(by: 99_000)
    #expect(interface.events().isEmpty)
    rig.left.advanceClock(by: 1_000)
    #expect(interface.events() == [0x5300_0000_0000_0000])
  }

  @Test func aTimerWithAReloadRunsOnAndOn() throws {
    let interface = try timed()
    set(interface, .immediate, 100, reload: 30)
    var words: [UInt64] = []
    for _ in 0..<25 {
      rig.left.advanceClock(by: 10_000)
      words += interface.events()
    }
    // After 100, 130, 160, 190, 220, 250.
    #expect(words.count == 6 && Set(words) == [0x5300_0000_0000_0000])
    set(interface, .off, 0)
    rig.left.advanceClock(by: 1_000_000)
    #expect(interface.events().isEmpty)
    set(interface, .startOnNextEvent, 10, reload: 20)
    try rig.left.putSoftwareEvent(1, interface: interface.grant.resource)
    rig.left.advanceClock(by: 10_000)
    #expect(interface.events().count == 2)
    rig.left.advanceClock(by: 1_000_000)
    #expect(interface.events().isEmpty)
    try rig.left.putSoftwareEvent(2, interface: interface.grant.resource)
    rig.left.advanceClock(by: 20_000)
    #expect(interface.events() == [0xc000_0000_0000_0002, 0x5300_0000_0000_0000])
  }

  @Test func manyTimersRunAtOnce() throws {
    let interfaces = try (0..<20).map { _ in try timed() }
    for (index, interface) in interfaces.enumerated() { set(interface, .immediate, UInt32(20 - index) * 10) }
    for step in 1...20 {
      rig.left.advanceClock(by: 10_000)
      for (index, interface) in interfaces.enumerated() {
        #expect(interface.events().count == (20 - index == step ? 1 : 0))
      }
    }
  }

  @Test func aSharedQueueHasOneTimer() throws {
    let owner = try timed()
    let second = try RawInterface(rig.left, sharingEventsOf: owner)
    set(second, .immediate, 10)
    set(owner, .immediate, 20)
    rig.left.advanceClock(by: 10_000)
    #expect(owner.events().isEmpty)
    rig.left.advanceClock(by: 10_000)
    #expect(owner.events() == [0x5300_0000_0000_0000])
  }

  @Test func withoutTheFlagThereIsNone() throws {
    let interface = try RawInterface(rig.left)
    set(interface, .immediate, 1)
    let timed = try timed()
    set(timed, .interruptHoldoff, 1)
    rig.left.advanceClock(by: 1_000_000)
    #expect(interface.events().isEmpty && timed.events().isEmpty)
    #expect(rig.left.statistics()[test: "unknown_commands"] == 2)
  }

  @Test func aFreedInterfaceTakesItsTimerAlong() throws {
    var interface: RawInterface? = try timed()
    set(try #require(interface), .immediate, 10)
    interface = nil
    let next = try timed()
    rig.left.advanceClock(by: 1_000_000)
    #expect(next.events().isEmpty)
    set(next, .immediate, 10)
    rig.left.advanceClock(by: 10_000)
    #expect(next.events() == [0x5300_0000_0000_0000])
  }

  @Test func aStepOfTheClockDoesNotMoveTimers() throws {
    let interface = try timed()
    set(interface, .immediate, 100)
    rig.left.stepClock(by: 1_000_000_000)
    #expect(interface.events().isEmpty)
    rig.left.stepClock(by: -5_000_000_000)
    rig.left.advanceClock(by: 100_000)
    #expect(interface.events() == [0x5300_0000_0000_0000])
  }

  @Test func aSleeperWakesByTheTimerAlone() throws {
    for service in ["inline", "thread"] {
      let driver = try Driver.open("emu:cable:timer-\(service)/0,service=\(service)")
      var interface = try driver.allocateProtectionDomain().allocateVirtualInterface(
        InterfaceOptions(flags: .eventTimer))
      #expect(try !interface.wait(timeout: .milliseconds(1)))
      let start = ContinuousClock.now
      interface.runEventTimer(.milliseconds(10))
      #expect(try interface.wait(timeout: .seconds(20)))
      let taken = ContinuousClock.now - start
      // Well below the 100 ms after which a sleeper looks by itself, unless the machine is busy.
      #expect(taken >= .milliseconds(10) && taken < .seconds(5), "\(service): \(taken)")
      var events = EventBatch(capacity: 4)
      interface.poll(&events)
      #expect(events.isEmpty && interface.eventCounts.timers == 1)
      #expect(try !interface.wait(timeout: .milliseconds(1)))
    }
  }

  @Test func theWaitDescriptorIsReadableWhenTheTimerRunsOut() throws {
    let driver = try Driver.open("emu:cable:timer-descriptor/0")
    var interface = try driver.allocateProtectionDomain().allocateVirtualInterface(
      InterfaceOptions(flags: .eventTimer))
    func isReadable(_ milliseconds: Int32) -> Bool {
      var descriptor = pollfd(fd: interface.waitDescriptor, events: Int16(POLLIN), revents: 0)
      return Glibc.poll(&descriptor, 1, milliseconds) == 1
    }
    interface.prime()
    #expect(!isReadable(0))
    interface.runEventTimer(.milliseconds(5))
    #expect(isReadable(5000))
    interface.prime()
    #expect(interface.hasEvent == true)
    var events = EventBatch(capacity: 4)
    interface.poll(&events)
    interface.prime()
    #expect(!isReadable(20))
    interface.runEventTimer(.milliseconds(5))
    interface.clearEventTimer()
    #expect(!isReadable(20))
  }

  @Test func aMovedClockWakesSleepersOfTimers() async throws {
    let driver = try Driver.open("emu:cable:timer-manual/0,clock=manual")
    let adapter = try #require(Emulator.adapter(of: driver))
    var interface = try driver.allocateProtectionDomain().allocateVirtualInterface(
      InterfaceOptions(flags: .eventTimer))
    interface.runEventTimer(.milliseconds(10))
    let mover = Task {
      try await Task.sleep(for: .milliseconds(20))
      adapter.advanceClock(by: 10_000_000)
    }
    try await interface.waitForEvent()
    try await mover.value
    #expect(interface.hasEvent == true)
  }

  @Test func onExpressDatapathsTheCallsDoNothing() throws {
    for generation in ["x3", "x4-express"] {
      let driver = try Driver.open("emu:cable:timer-\(generation)/0,nic=\(generation)")
      let domain = try driver.allocateProtectionDomain(flags: generation == "x3" ? [] : .express)
      var interface = try domain.allocateVirtualInterface(InterfaceOptions(receiveCapacity: 1024))
      interface.runEventTimer(.microseconds(1))
      interface.primeEventTimer(.microseconds(1))
      interface.zeroEventTimer()
      interface.clearEventTimer()
      #expect(interface.eventTimerLimit == .zero)
      #expect(driver.statistics()["unknown_commands"] == 0)
    }
  }
}
