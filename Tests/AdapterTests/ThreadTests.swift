import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Foundation
import Synchronization
import Testing

/// Adapters that more than one thread touches.
@Suite struct ThreadTests {
  private func within(_ seconds: Double, _ isDone: () -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      if isDone() { return true }
      usleep(100)
    }
    return isDone()
  }

  @Test func anAdapterWithAThreadOfItsOwnServesItself() throws {
    var settings = AdapterSettings()
    settings.service = .thread
    let rig = try Rig(settings, settings)
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver()
    #expect(sender.grant.service == nil)
    var arrived: [UInt64] = []
    var completed: UInt64 = 0
    for number in 0..<40 {
      sender.send(rig.frame(60, fill: UInt8(number)))
      let hasArrived = within(10) {
        arrived += receiver.events()
        return arrived.count == number + 1
      }
      let isCompleted = within(10) {
        completed = sender.events().last ?? completed
        return completed & 0xffff == number
      }
      #expect(hasArrived && isCompleted, "frame \(number)")
    }
    #expect(arrived == (1...40).map { UInt64($0 & 15) << 48 | 60 })
    #expect(receiver.received(39, 60) == rig.frame(60, fill: 39))
  }

  @Test(arguments: ["inline", "thread"])
  func aSleeperWakesByItsDescriptor(_ service: String) throws {
    let left = try Driver.open("emu:cable:wake-\(service)/0,service=\(service)")
    let right = try Driver.open("emu:cable:wake-\(service)/1,service=\(service)")
    let domains = (try left.allocateProtectionDomain(), try right.allocateProtectionDomain())
    let memory = (
      try MemoryRegistration(domains.0, DMAMemory(byteCount: 4096)),
      try MemoryRegistration(domains.1, DMAMemory(byteCount: 1 << 16))
    )
    var sender = try domains.0.allocateVirtualInterface()
    var receiver = try domains.1.allocateVirtualInterface()
    try receiver.addFilter(.unicastAll)
    for index in 0..<16 { try receiver.receivePost(memory.1.dmaAddress(index * 2048), id: RequestID(index)) }
    var events = EventBatch(capacity: 4)
    for round in 0..<5 {
      receiver.prime()
      var descriptor = pollfd(fd: receiver.waitDescriptor, events: Int16(POLLIN), revents: 0)
      while poll(&descriptor, 1, 20) == 1 { receiver.prime() }
      try sender.transmit(memory.0.dmaAddress(0), length: 60, id: RequestID(round))
      // The kernel's own call, so that nothing but the descriptor can end the sleep.
      #expect(poll(&descriptor, 1, 10_000) == 1, "round \(round)")
      var count = 0
      let hasArrived = within(10) {
        receiver.poll(&events)
        count += events.count
        return count == 1
      }
      #expect(hasArrived, "round \(round)")
      #expect(try receiver.wait(timeout: .milliseconds(1)) == false)
    }
  }

  /// What the threads of a test add up.
  private final class Totals: Sendable {
    let received = Atomic<Int>(0)
    let sent = Atomic<Int>(0)
    let failures = Mutex<[String]>([])
    let ended = DispatchSemaphore(value: 0)
  }

  /// Sends `count` frames from one driver to the other, on interfaces of its own.
  private static func exchange(_ count: Int, _ index: Int, _ left: Driver, _ right: Driver, _ totals: Totals) throws {
    let near = try left.allocateProtectionDomain()
    let far = try right.allocateProtectionDomain()
    let source = try MemoryRegistration(near, DMAMemory(byteCount: 4096))
    let target = try MemoryRegistration(far, DMAMemory(byteCount: 1 << 20))
    var sender = try near.allocateVirtualInterface()
    var receiver = try far.allocateVirtualInterface()
    let mac = MACAddress(value: 0x0200_0000_0000 + UInt64(index))
    try receiver.addFilter(.ethernet(mac))
    mac.store(to: source.base)
    for slot in 0..<504 { try receiver.receivePost(target.dmaAddress(slot * 2048), id: RequestID(slot)) }
    var events = EventBatch(capacity: 32)
    var ids = [RequestID](repeating: .none, count: 64)
    var (started, received, completed) = (0, 0, 0)
    let end = ContinuousClock.now + .seconds(30)
    while received < count || completed < count, ContinuousClock.now < end {
      if started < count, started - received < 200, started - completed < 500 {
        try sender.transmit(source.dmaAddress(0), length: 60, id: 1)
        started += 1
      }
      sender.poll(&events)
      for index in events.indices {
        guard case .transmit(let event) = events[index] else { continue }
        completed += ids.withUnsafeMutableBufferPointer { sender.unbundle(event, into: $0) }
      }
      receiver.poll(&events)
      for index in events.indices {
        guard case .receive(let event) = events[index] else { continue }
        received += 1
        try receiver.receivePost(target.dmaAddress(Int(event.id.rawValue) * 2048), id: event.id)
      }
    }
    totals.received.wrappingAdd(received, ordering: .relaxed)
    totals.sent.wrappingAdd(completed, ordering: .relaxed)
  }

  @Test func twoThreadsPollTwoInterfacesOfOnePort() throws {
    let left = try Driver.open("emu:cable:threads/0")
    let right = try Driver.open("emu:cable:threads/1")
    let totals = Totals()
    for index in 0..<2 {
      Thread {
        do { try Self.exchange(3000, index, left, right, totals) } catch {
          totals.failures.withLock { $0.append("\(error)") }
        }
        totals.ended.signal()
      }.start()
    }
    for _ in 0..<2 { #expect(totals.ended.wait(timeout: .now() + 60) == .success) }
    #expect(totals.failures.withLock { $0 } == [])
    #expect(totals.received.load(ordering: .relaxed) == 6000 && totals.sent.load(ordering: .relaxed) == 6000)
  }
}
