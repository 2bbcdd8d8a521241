import EmulatedAdapter
import EtherFabric
import Glibc
import Testing

/// Filters of X3 and X4 express steer to receive queues that interfaces share.
@Suite struct ReceiveQueueTests {
  private let x3 = FilterTable(hardwareMAC: ownMAC, chainsMulticast: false)
  private let x4 = FilterTable(hardwareMAC: ownMAC)
  private let near = FilterSpecification.udp(local: IPEndpoint("10.0.0.1:1")!)
  private let other = FilterSpecification.udp(local: IPEndpoint("10.0.0.1:2")!)

  private func efct(_ domain: UInt32 = 1) -> FilterOwner { FilterOwner(datapath: .efct, domain: domain) }
  private func ef10ct(_ domain: UInt32 = 1) -> FilterOwner { FilterOwner(datapath: .ef10ct, domain: domain) }

  private func expect(
    _ errno: Int32, _ sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    let error = #expect(throws: EtherFabricError.self, sourceLocation: sourceLocation, performing: body)
    #expect(error?.errno == errno, sourceLocation: sourceLocation)
  }

  @Test func aFrameComesToAQueueOnceAndTheFilterTellsWhich() throws {
    let first = try x4.insert(near.flags(.shared), interface: 1, queue: 7, owner: ef10ct(1))
    let second = try x4.insert(near.flags(.shared), interface: 2, queue: 9, owner: ef10ct(2))
    // The second joins the first: one filter of the adapter's, one queue, one copy.
    let infos = (try x4.query(first, interface: 1), try x4.query(second, interface: 2))
    #expect(infos.0 == infos.1)
    #expect(infos.0.validFields == [.filterID, .receiveQueue] && infos.0.receiveQueue == 7 && !infos.0.isExclusive)
    let (recipients, _) = x4.recipients(.udp(to: "10.0.0.1:1"))
    #expect(recipients.count == 1 && recipients[0].filterID == infos.0.hardwareFilterID)
    #expect(x4.matcher.queue(ofFilter: recipients[0].filterID) == 7)
    // Whoever is left keeps it.
    try x4.remove(first, interface: 1)
    #expect(
      x4.recipients(.udp(to: "10.0.0.1:1")).0 == recipients.map { FilterRecipient(interface: 2, filterID: $0.filterID) }
    )
    #expect(try x4.query(second, interface: 2) == infos.1)
    let third = try x4.insert(other, interface: 3, queue: 8, owner: ef10ct(3))
    #expect(try x4.query(third, interface: 3).hardwareFilterID != infos.0.hardwareFilterID)
    try x4.remove(second, interface: 2)
    #expect(x4.recipients(.udp(to: "10.0.0.1:1")).0 == [])
  }

  @Test func queuesOfAnX4AreADomainsOwnUnlessTheyAreShared() throws {
    let cookie = try x4.insert(near, interface: 1, queue: 7, owner: ef10ct(1))
    #expect(try x4.query(cookie, interface: 1).isExclusive)
    expect(EPERM) { _ = try x4.insert(near, interface: 2, queue: 7, owner: ef10ct(2)) }
    expect(EPERM) { _ = try x4.insert(near.flags(.shared), interface: 2, owner: ef10ct(2)) }
    expect(EPERM) { _ = try x4.insert(other, interface: 2, queue: 7, owner: ef10ct(2)) }
    // The same domain may, with other interfaces too.
    _ = try x4.insert(near, interface: 3, queue: 7, owner: ef10ct(1))
    _ = try x4.insert(other, interface: 3, queue: 7, owner: ef10ct(1))
    try x4.remove(cookie, interface: 1)
    x4.removeAll(interface: 3)
    // A queue without filters is nobody's.
    _ = try x4.insert(other.flags(.shared), interface: 2, queue: 7, owner: ef10ct(2))
  }

  @Test func aDestinationNamesAQueueThatIsThere() throws {
    expect(EBUSY) { _ = try x4.insert(near.destination(4), interface: 1, owner: ef10ct()) }
    expect(EINVAL) { _ = try x4.insert(near.destination(256), interface: 1, owner: ef10ct()) }
    _ = try x4.insert(other, interface: 1, queue: 4, owner: ef10ct())
    let cookie = try x4.insert(near.destination(4), interface: 1, queue: 9, owner: ef10ct())
    #expect(try x4.query(cookie, interface: 1).receiveQueue == 4)
    // The filter is on that queue now.
    _ = try x4.insert(.etherType(0x1234), interface: 1, queue: 5, owner: ef10ct())
    expect(EEXIST) { _ = try x4.insert(near.destination(5), interface: 2, owner: ef10ct()) }
    x3.receiveQueueCount = 8
    expect(EINVAL) { _ = try x3.insert(near.destination(8), interface: 1, owner: efct()) }
    let x3Cookie = try x3.insert(near.destination(7), interface: 1, owner: efct())
    #expect(try x3.query(x3Cookie, interface: 1).receiveQueue == 7)
  }

  @Test func theDefaultQueueOfAnX3IsEverybodys() throws {
    expect(EPERM) { _ = try x3.insert(near.flags(.exclusive), interface: 1, queue: 0, owner: efct()) }
    _ = try x3.insert(near, interface: 1, queue: 0, owner: efct(1))
    _ = try x3.insert(other, interface: 2, queue: 0, owner: efct(2))
    // An X4 express has no such queue.
    let cookie = try x4.insert(near, interface: 1, queue: 0, owner: ef10ct())
    #expect(try x4.query(cookie, interface: 1).isExclusive)
  }

  /// What the hardware has no filter for comes by the default queue, with all that nobody takes.
  @Test func anX3GivesTheRestToTheDefaultQueue() throws {
    let cookie = try x3.insert(.etherType(0x88f7), interface: 5, queue: 3, owner: efct())
    let info = try x3.query(cookie, interface: 5)
    #expect(info.validFields == .receiveQueue && info.receiveQueue == 0)
    var ptp = Frame(mac: otherMAC)
    ptp.etherType = 0x88f7
    let whatever = FilterRecipient(interface: 5, filterID: FilterRecipient.noFilter)
    #expect(x3.recipients(ptp).0 == [whatever] && x3.recipients(.udp(to: "10.9.9.9:9")).0 == [whatever])
    #expect(x3.matcher.queue(ofFilter: FilterRecipient.noFilter) == 0)
    // A filter of the hardware's takes its frames away from there.
    let taken = try x3.insert(near, interface: 6, queue: 2, owner: efct())
    let (recipients, _) = x3.recipients(.udp(to: "10.0.0.1:1"))
    #expect(recipients.map(\.interface) == [6] && x3.matcher.queue(ofFilter: recipients[0].filterID) == 2)
    try x3.remove(taken, interface: 6)
    #expect(x3.recipients(.udp(to: "10.0.0.1:1")).0 == [whatever])
    // Nobody sees the queue any more.
    try x3.remove(cookie, interface: 5)
    #expect(x3.recipients(ptp).0 == [])
  }

  /// Three fields are compared: filters that differ in the rest are one to the hardware.
  @Test func anX3ComparesTheLocalEndAlone() throws {
    let full = try FilterSpecification.udp(local: IPEndpoint("10.0.0.1:1")!, remote: IPEndpoint("10.0.0.2:2")!)
    let cookie = try x3.insert(full, interface: 1, queue: 3, owner: efct(1))
    #expect(x3.recipients(.udp(to: "10.0.0.1:1", from: "10.7.7.7:7")).0.map(\.interface) == [1])
    // Two ends, twice, is what the driver does not have.
    expect(EEXIST) { _ = try x3.insert(full, interface: 2, owner: efct(2)) }
    // One end joins.
    let local = try x3.insert(near, interface: 2, queue: 5, owner: efct(2))
    #expect(try x3.query(local, interface: 2) == x3.query(cookie, interface: 1))
    try x3.remove(cookie, interface: 1)
    _ = try x3.insert(full, interface: 2, owner: efct(2))
  }

  @Test func anX3HasFiveHundredAndTwelveFiltersAndTheRestIsSoftware() throws {
    for number in 0..<512 {
      let local = IPEndpoint(IPAddress(ipv4: 0x0a00_0000 + UInt32(number)), port: 9)
      _ = try x3.insert(.udp(local: local), interface: 1, queue: 1, owner: efct())
    }
    let more = FilterSpecification.udp(local: IPEndpoint("10.1.0.1:9")!)
    expect(EPERM) { _ = try x3.insert(more.flags(.exclusive), interface: 1, queue: 1, owner: efct()) }
    let cookie = try x3.insert(more, interface: 1, queue: 1, owner: efct())
    #expect(try x3.query(cookie, interface: 1).validFields == .receiveQueue)
    #expect(x3.recipients(.udp(to: "10.1.0.1:9")).0.map(\.filterID) == [FilterRecipient.noFilter])
    // An X4 express has as many as the table holds.
    for number in 0..<600 {
      let local = IPEndpoint(IPAddress(ipv4: 0x0a00_0000 + UInt32(number)), port: 9)
      let cookie = try x4.insert(.udp(local: local), interface: 1, queue: 1, owner: ef10ct())
      #expect(try x4.query(cookie, interface: 1).validFields == [.filterID, .receiveQueue])
    }
  }

  @Test func multicastGoesToEveryQueueThatTakesItOnAnX4() throws {
    let feed = FilterSpecification.udp(local: IPEndpoint("239.1.2.3:1")!)
    _ = try x4.insert(feed, interface: 1, queue: 1, owner: ef10ct(1))
    _ = try x4.insert(.ethernet(group), interface: 2, queue: 2, owner: ef10ct(2))
    _ = try x4.insert(try .ethernet(group, vlan: 0), interface: 2, queue: 2, owner: ef10ct(2))
    let (recipients, _) = x4.recipients(.udp(to: "239.1.2.3:1", mac: group))
    #expect(recipients.map(\.interface) == [1, 2])
    #expect(recipients.map { x4.matcher.queue(ofFilter: $0.filterID) } == [1, 2])
    // An X3 has one filter act.
    _ = try x3.insert(feed, interface: 1, queue: 1, owner: efct(1))
    _ = try x3.insert(.ethernet(group), interface: 2, queue: 2, owner: efct(2))
    #expect(x3.recipients(.udp(to: "239.1.2.3:1", mac: group)).0.map(\.interface) == [1])
  }

  /// EF10 interfaces of an X4 and those of its express function share the port and its table.
  @Test func bothFunctionsOfAnX4MayHaveAFilter() throws {
    let feed = FilterSpecification.udp(local: IPEndpoint("239.1.2.3:1")!)
    _ = try x4.insert(feed, interface: 1)
    _ = try x4.insert(feed, interface: 2, queue: 4, owner: ef10ct())
    #expect(x4.recipients(.udp(to: "239.1.2.3:1", mac: group)).0.map(\.interface) == [1, 2])
  }
}
