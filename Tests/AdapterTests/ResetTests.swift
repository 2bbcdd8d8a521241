import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import EtherFabricFormats
import Testing

/// The reboot of the adapter's controller.
@Suite struct ResetTests {
  let rig: Rig

  init() throws {
    rig = try Rig.withManualClocks()
    rig.right.setClock(1_000_000_000)
  }

  @Test func everyQueueGetsOneResetBehindItsEvents() throws {
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver(InterfaceOptions(flags: [.receiveTimestamps, .eventTimer]))
    let second = try RawInterface(rig.right, sharingEventsOf: receiver)
    let alone = try RawInterface(rig.right)
    _ = receiver.events()
    sender.send(rig.frame(60))
    rig.right.service()
    rig.right.reset()
    rig.right.reset()
    #expect(receiver.events() == [0x0001_0000_0000_004a, 0xc001_5000_0000_0000])
    #expect(alone.events() == [0xc001_5000_0000_0000])
    // Nothing follows: no frames, no completions, no syncs, no timers, no software events, no flushes.
    sender.send(rig.frame(60))
    receiver.send(rig.frame(60))
    second.send(rig.frame(60))
    rig.right.advanceClock(by: 1_000_000_000)
    try rig.right.putSoftwareEvent(1, interface: receiver.grant.resource)
    try rig.right.flush(interface: receiver.grant.resource)
    receiver.grant.command?(
      receiver.grant.serviceContext, DoorbellPage.eventQueueTimer,
      UInt64(TimerRegister(mode: .immediate, value: 1).word))
    rig.right.advanceClock(by: 1_000_000)
    #expect(receiver.events().isEmpty && alone.events().isEmpty)
    // The filter is still there, and so is the frame, in a counter.
    #expect(receiver.statistic("rx_stopped") == 1 && rig.right.statistics()[test: "rx_stopped"] == 1)
  }

  @Test func aRunningTimerIsGone() throws {
    let interface = try RawInterface(rig.right, InterfaceOptions(flags: .eventTimer))
    interface.grant.command?(
      interface.grant.serviceContext, DoorbellPage.eventQueueTimer,
      UInt64(TimerRegister(mode: .immediate, value: 10).word))
    rig.right.reset()
    rig.right.advanceClock(by: 1_000_000)
    #expect(interface.events() == [0xc001_5000_0000_0000])
    try interface.restartEvents()
    rig.right.advanceClock(by: 1_000_000)
    #expect(interface.events().isEmpty)
  }

  @Test func aFullQueueGetsNone() throws {
    let interface = try RawInterface(rig.right, InterfaceOptions(eventCapacity: 512))
    for data in 0..<512 as Range<UInt32> { try rig.right.putSoftwareEvent(data, interface: interface.grant.resource) }
    rig.right.reset()
    let words = interface.events()
    #expect(words.count == 512 && !words.contains(0xc001_5000_0000_0000))
    #expect(interface.statistic("event_overflows") == 0)
  }

  @Test func anInterfaceBeginsAnewFromItsEventQueue() throws {
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver(InterfaceOptions(flags: .receiveTimestamps), posted: 8)
    rig.right.reset()
    for restart in [rig.right.restartReceive, rig.right.restartTransmit] {
      let error = #expect(throws: EtherFabricError.self) { try restart(receiver.grant.resource) }
      #expect(error?.errno == 22)
    }
    try receiver.restartEvents()
    try rig.right.restartReceive(interface: receiver.grant.resource)
    try rig.right.restartTransmit(interface: receiver.grant.resource)
    receiver.beginAgain()
    receiver.post(8)
    rig.right.advanceClock(by: 250_000_000)
    sender.send(rig.frame(60))
    let words = receiver.events()
    #expect(words.count == 2 && ManagementEventWord(word: words[0]).kind == ManagementEventWord.Kind.timeSync)
    #expect(words.last == 0x0001_0000_0000_004a)
    receiver.send(rig.frame(60))
    #expect(receiver.packets() == [0x2000_0000_0000_0000])
  }

  @Test func theAPIGivesAResetAndTheIDsBack() throws {
    let driver = try Driver.open("emu:cable:reset/0")
    let domain = try driver.allocateProtectionDomain()
    let memory = try MemoryRegistration(domain, DMAMemory(byteCount: 1 << 16))
    var interface = try domain.allocateVirtualInterface()
    for index in 0..<16 { try interface.receivePost(memory.dmaAddress(index * 2048), id: RequestID(index)) }
    try interface.transmitInit(memory.dmaAddress(0), length: 60, id: 77)
    Emulator.adapter(of: driver)?.reset()
    var events = EventBatch(capacity: 4)
    interface.poll(&events)
    #expect(events.count == 1 && events[0] == .reset)
    interface.transmitPush()
    interface.poll(&events)
    #expect(events.count == 0)
    #expect(throws: EtherFabricError.self) { try interface.reinitializeReceiveQueue() }
    try interface.reinitializeEventQueue()
    #expect(try interface.reinitializeReceiveQueue().map(\.rawValue) == Array(0..<16))
    #expect(try interface.reinitializeTransmitQueue().map(\.rawValue) == [77])
    try interface.transmit(memory.dmaAddress(0), length: 60, id: 78)
    interface.poll(&events)
    #expect(events.count == 1)
  }

  @Test func aSleeperIsWoken() throws {
    let driver = try Driver.open("emu:cable:reset-sleeper/0,service=thread")
    var interface = try driver.allocateProtectionDomain().allocateVirtualInterface()
    interface.prime()
    Emulator.adapter(of: driver)?.reset()
    #expect(try interface.wait(timeout: .seconds(5)))
  }

  @Test func expressQueuesGetNoEvent() throws {
    let driver = try Driver.open("emu:cable:reset-x3/0,nic=x3")
    let interface = try driver.allocateProtectionDomain().allocateVirtualInterface()
    Emulator.adapter(of: driver)?.reset()
    #expect(interface.hasEvent == false)
  }
}
