import EmulatedWires
import EtherFabric
import Glibc
import LiveCounters
import Testing

@testable import EmulatedAdapter

/// The counters of an adapter, as another process sees them.
@Suite struct CounterPageTests {
  private func adapters(
    _ name: String, faults: FaultPlan = FaultPlan()
  ) throws -> (rig: Rig, left: LivePage, right: LivePage) {
    var left = AdapterSettings()
    left.device = "emu:page-\(name)/0"
    var right = AdapterSettings()
    right.device = "emu:page-\(name)/1"
    right.faults = faults
    let rig = try Rig(left, right)
    let pages = try RunningPages.pages(of: getpid())
    return (
      rig, try #require(pages.first { $0.device == left.device }),
      try #require(pages.first { $0.device == right.device })
    )
  }

  private func values(_ page: LivePage, _ group: String, instance: Int = 0) -> [String: UInt64] {
    guard let index = page.groups.firstIndex(where: { $0.name == group }),
      let found = page.read().groups[index].first(where: { $0.index == instance })
    else { return [:] }
    return Dictionary(uniqueKeysWithValues: zip(page.groups[index].fields.map(\.name), found.values))
  }

  @Test func everyWordHasItsField() {
    func check<Counters: CounterWords>(_: Counters.Type) {
      let offsets = Counters.fields.map(\.offset).sorted()
      #expect(offsets == Array(stride(from: 0, to: MemoryLayout<Counters>.size, by: 8)), "\(Counters.self)")
      #expect(Set(Counters.fields.map(\.name)).count == offsets.count)
      for field in Counters.fields {
        #expect(NamedCounter.isWellFormed(field.name) && !field.help.isEmpty && field.help.utf8.count < 128)
        #expect(field.name.utf8.count < 40 && ["packets", "bytes", "events", "calls", "buffers"].contains(field.unit))
      }
    }
    check(PortCounters.self)
    check(InterfaceCounters.self)
    check(EventQueueCounters.self)
    check(WireCounters.self)
    check(FaultCounters.self)
    check(ExpressCounters.self)
    check(QueueCounters.self)
  }

  @Test func thePageShowsWhatTheStatisticsSay() throws {
    let (rig, left, right) = try adapters("traffic")
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver(posted: 8)
    for _ in 0..<10 { sender.send(rig.frame(60)) }
    _ = sender.events()
    _ = receiver.events()
    let port = values(right, "port")
    #expect(port["rx_packets"] == 10 && port["rx_bytes"] == 600 && port["rx_delivered"] == 8)
    #expect(port["rx_no_descriptor"] == 2 && values(left, "port")["tx_packets"] == 10)
    let statistics = rig.right.statistics()
    for (name, value) in port { #expect(statistics[name] == value, "\(name)") }
    let interface = values(right, "interface", instance: Int(receiver.grant.resource))
    #expect(interface["rx_packets"] == 8 && interface["rx_no_descriptor"] == 2)
    for (name, value) in interface { #expect(receiver.statistic(name) == value, "\(name)") }
  }

  @Test func interfacesComeAndGo() throws {
    let (rig, left, _) = try adapters("interfaces")
    #expect(values(left, "interface") == [:] && values(left, "event_queue") == [:])
    var first: RawInterface? = try RawInterface(rig.left)
    let second = try RawInterface(rig.left, sharingEventsOf: first)
    let index = try #require(left.groups.firstIndex { $0.name == "interface" })
    #expect(left.read().groups[index].map(\.index) == [0, 1])
    #expect(left.read().groups[index + 1].map(\.index) == [0])
    first?.send(rig.frame(60))
    let generation = left.read().groups[index][0].generation
    #expect(values(left, "interface")["tx_packets"] == 1)
    let queue = try #require(first)
    rig.left.freeInterface(queue.grant.resource)
    #expect(left.read().groups[index].map(\.index) == [1])
    // The queue lives on with the other interface, and the next owner of the number gets another.
    let third = try RawInterface(rig.left)
    #expect(third.grant.resource == 0 && values(left, "interface")["tx_packets"] == 0)
    #expect(left.read().groups[index][0].generation > generation)
    #expect(left.read().groups[index + 1].count == 2)
    first = nil
    withExtendedLifetime((second, third, queue)) {}
  }

  @Test func eventQueuesCountWhatIsSeldom() throws {
    let (rig, left, _) = try adapters("queues")
    let interface = try RawInterface(
      rig.left, InterfaceOptions(eventCapacity: 512, flags: [.transmitTimestamps, .eventTimer]))
    for data in 0..<514 as Range<UInt32> { try rig.left.putSoftwareEvent(data, interface: interface.grant.resource) }
    let counts = values(left, "event_queue")
    #expect(counts["overflows"] == 3 && counts["time_syncs"] == 1)
    rig.left.reset()
    #expect(values(left, "event_queue")["resets"] == 1)
  }

  @Test func queuesOfSuperbufsComeAndGo() throws {
    let sender = try ExpressEnd("emu:cable:counter-page/0,nic=x3")
    var receiver: ExpressEnd? = try ExpressEnd("emu:cable:counter-page/1,nic=x3")
    let adapter = try #require(receiver?.adapter)
    let page = try #require(RunningPages.pages(of: getpid()).first { $0.device.contains("counter-page/1") })
    #expect(values(page, "receive_queue") == [:] && values(page, "express")["tx_warmed"] == 0)
    try receiver?.interface.addFilter(.ethernet(adapter.identity.macAddress))
    for _ in 0..<3 { try sender.send(to: adapter.identity.macAddress) }
    #expect(receiver?.poll().count == 3)
    let queue = try #require(page.groups.firstIndex { $0.name == "receive_queue" })
    let number = try #require(page.read().groups[queue].first?.index)
    let bytes = (0..<3).map { UInt64(ExpressEnd.length($0)) }.reduce(0, +)
    let counts = values(page, "receive_queue", instance: number)
    #expect(counts["rx_packets"] == 3 && counts["rx_bytes"] == bytes)
    #expect(adapter.statistics()["rx_superbufs_posted"] == counts["rx_superbufs_posted"])
    receiver = nil
    #expect(page.read().groups[queue].isEmpty && values(page, "express") == [:])
    // What they counted stays in the sums of the adapter.
    #expect(adapter.statistics()["rx_superbufs_posted"] ?? 0 > 0)
  }

  @Test func faultsAreShownWhereThereIsAPlan() throws {
    var plan = FaultPlan()
    plan.receive.drop = 0.5
    let (rig, left, right) = try adapters("faults", faults: plan)
    #expect(values(left, "fault_rx") == [:] && values(right, "fault_tx") == [:])
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver()
    for _ in 0..<50 { sender.send(rig.frame(60)) }
    _ = receiver.events()
    let faults = values(right, "fault_rx")
    #expect(faults["examined"] == 50 && faults["dropped"]! > 5)
    #expect(values(right, "port")["fault_dropped"] == faults["dropped"])
  }

  @Test func aWireCountsInThePageAndTakesItAlong() throws {
    let segment = Segment(kind: .cable, name: "count", portCount: 2, mtu: 1500, ringBytes: 16384)
    let wire = try segment.plug(into: 0)
    let far = try segment.plug(into: 1)
    var settings = AdapterSettings()
    settings.device = "emu:page-wire/0"
    var adapter: EmulatedAdapter? = try EmulatedAdapter(wire: wire, settings: settings)
    let page = try #require(try RunningPages.pages(of: getpid()).first { $0.device == settings.device })
    var sender: RawInterface? = try RawInterface(try #require(adapter))
    for _ in 0..<500 { sender?.send([UInt8](repeating: 2, count: 60)) }
    let lost = values(page, "wire")["tx_dropped"]
    #expect(lost! > 0 && wire.counters().transmitDropped == lost)
    #expect(adapter?.statistics()["tx_wire_dropped"] == lost)
    sender = nil
    adapter = nil
    // The wire outlives the page.
    #expect(wire.counters().transmitDropped == lost && !page.isOpen)
    let next = try EmulatedAdapter(wire: wire, settings: settings)
    #expect(next.statistics()["tx_wire_dropped"] == lost)
    withExtendedLifetime(far) {}
  }

  @Test func whatIsNotShownIsSaid() throws {
    var settings = AdapterSettings()
    settings.device = "emu:page-hidden/0"
    settings.sharesCounters = false
    let rig = try Rig(settings)
    #expect(try RunningPages.pages(of: getpid()).allSatisfy { $0.device != settings.device })
    let lines = rig.left.identity.configuration.filter { $0.name == "counters" }.map(\.value)
    #expect(lines == ["not live: switched off"])
    #expect(rig.right.identity.configuration.contains { $0.name == "counters" && $0.value.hasPrefix("live") })
    let sender = try RawInterface(rig.left)
    sender.send(rig.frame(60))
    #expect(rig.left.statistics()[test: "tx_packets"] == 1)
  }
}
