import EmulatedAdapter
import EtherFabric
import Glibc
import Testing

@Suite struct TableControlTests {
  let table = FilterTable(hardwareMAC: ownMAC)

  @Test func unicastFiltersHaveOneOwner() throws {
    let filter = FilterSpecification.udp(local: IPEndpoint("10.0.0.1:1")!)
    let cookie = try table.insert(filter, interface: 1)
    expect(EEXIST) { () throws(EtherFabricError) in _ = try table.insert(filter, interface: 1) }
    expect(EEXIST) { () throws(EtherFabricError) in _ = try table.insert(filter, interface: 2) }
    try table.remove(cookie, interface: 1)
    _ = try table.insert(filter, interface: 2)
    #expect(table.count == 1)
  }

  @Test func unicastAllAndUnicastMismatchAreOneEntry() throws {
    _ = try table.insert(.unicastAll, interface: 1)
    expect(EEXIST) { () throws(EtherFabricError) in _ = try table.insert(.unicastMismatch, interface: 2) }
    // The refused filter has not counted as a block either.
    expect(EEXIST) { () throws(EtherFabricError) in _ = try table.insert(.unicastAll, interface: 2) }
    table.removeAll(interface: 1)
    #expect(table.route(Frame()) == ([], true))
  }

  @Test func multicastFiltersHaveOnePerInterface() throws {
    let filters: [FilterSpecification] = [
      .udp(local: IPEndpoint("239.1.2.3:1")!), .udp(local: IPEndpoint("[ff02::1]:1")!),
      .udp(local: IPEndpoint("255.255.255.255:1")!), try .ethernet(group, vlan: 3), .multicastAll, .multicastMismatch,
    ]
    for filter in filters {
      _ = try table.insert(filter, interface: 1)
      _ = try table.insert(filter, interface: 2)
      expect(EEXIST) { () throws(EtherFabricError) in _ = try table.insert(filter, interface: 1) }
    }
  }

  @Test func whatAnX2DoesNotDoIsRefused() throws {
    let near = IPEndpoint("10.0.0.1:1")!
    var sctp = FilterSpecification()
    try sctp.setIPv4Local(protocol: 132, local: near)
    let refused: [(FilterSpecification, Int32)] = [
      (FilterSpecification(), EINVAL), (sctp, EINVAL), (.udp(local: near).flags([.exclusive, .shared]), EINVAL),
    ]
    for (filter, errno) in refused {
      expect(errno) { () throws(EtherFabricError) in _ = try table.insert(filter, interface: 1) }
    }
    #expect(table.count == 0)
  }

  @Test func cookiesNameOneFilterOfOneInterface() throws {
    let first = try table.insert(.etherType(0x1234), interface: 7)
    #expect(first.kind == .etherType)
    let info = try table.query(first, interface: 7)
    #expect(info.validFields == .filterID && !info.isExclusive)
    var frame = Frame()
    frame.etherType = 0x1234
    #expect(table.recipients(frame).0 == [FilterRecipient(interface: 7, filterID: info.hardwareFilterID)])
    #expect(try table.matchCount(first, interface: 7) == 1)
    expect(EINVAL) { () throws(EtherFabricError) in try table.remove(first, interface: 6) }
    try table.remove(first, interface: 7)
    expect(EINVAL) { () throws(EtherFabricError) in try table.remove(first, interface: 7) }
    let second = try table.insert(.etherType(0x1234), interface: 7)
    expect(EINVAL) { () throws(EtherFabricError) in _ = try table.query(first, interface: 7) }
    #expect(second.id != first.id)
    let block = try table.insert(.blockKernel, interface: 7)
    #expect(try table.query(block, interface: 7).validFields == [])
    let wild = FilterCookie(kind: .etherType, id: .max)
    expect(EINVAL) { () throws(EtherFabricError) in try table.remove(wild, interface: 7) }
  }

  @Test func aFullTableRefusesAndWorksAgainAfterRemoval() throws {
    var cookies: [FilterCookie] = []
    for number in 0..<8192 as Range<UInt32> {
      cookies.append(try table.insert(Self.numbered(number), interface: number % 60))
    }
    expect(EBUSY) { () throws(EtherFabricError) in _ = try table.insert(.unicastAll, interface: 0) }
    for number in 0..<8192 as Range<UInt32> {
      #expect(table.route(Self.frame(number)).interfaces == [number % 60])
    }
    // Every other one goes, in an order that has nothing to do with their places.
    for index in 0..<4096 {
      let number = (index * 2 * 1031) % 8192
      try table.remove(cookies[number], interface: UInt32(number % 60))
    }
    for number in 0..<8192 as Range<UInt32> {
      #expect(table.route(Self.frame(number)).interfaces == (number % 2 == 0 ? [] : [number % 60]))
    }
    for interface in 0..<60 as Range<UInt32> { table.removeAll(interface: interface) }
    #expect(table.count == 0)
    #expect(table.route(Self.frame(1)) == ([], true))
    _ = try table.insert(Self.numbered(1), interface: 5)
    #expect(table.route(Self.frame(1)) == ([5], false))
  }

  @Test func theLimitIsSettable() throws {
    let near = IPEndpoint("10.0.0.1:1")!
    let table = FilterTable(limit: 1, hardwareMAC: ownMAC)
    _ = try table.insert(.blockKernel, interface: 1)
    expect(EBUSY) { () throws(EtherFabricError) in _ = try table.insert(.blockKernel, interface: 1) }
    // The drivers of the others have another word for it.
    for datapath in [Datapath.efct, .ef10ct] {
      expect(ENOSPC) { () throws(EtherFabricError) in
        _ = try table.insert(.udp(local: near), interface: 1, owner: FilterOwner(datapath: datapath))
      }
    }
  }

  @Test func theWireStealsWhatTheKernelDoesNotGet() throws {
    _ = try table.insert(.ethernet(otherMAC, vlan: 5), interface: 1)
    _ = try table.insert(
      .tcp(local: IPEndpoint("[fd00::1]:80")!, remote: IPEndpoint("[fd00::2]:81")!), interface: 1)
    _ = try table.insert(.udp(local: IPEndpoint("239.1.2.3:1")!), interface: 1)
    _ = try table.insert(.udp(local: IPEndpoint("239.1.2.3:1")!), interface: 2)
    _ = try table.insert(.unicastMismatch, interface: 1)
    var tcp = StealMatch()
    tcp.etherType = 0x86dd
    tcp.ipProtocol = 6
    tcp.localAddress = IPAddress("fd00::1")!.bytes
    tcp.remoteAddress = IPAddress("fd00::2")!.bytes
    tcp.localPort = 80
    tcp.remotePort = 81
    var ethernet = StealMatch()
    ethernet.destinationMAC = otherMAC
    ethernet.vlan = 5
    #expect(table.stealMatches() == [tcp, ethernet])
    _ = try table.insert(.blockKernelUnicast, interface: 1)
    var own = StealMatch()
    own.destinationMAC = ownMAC
    #expect(table.stealMatches() == [tcp, ethernet, own])
    _ = try table.insert(.multicastAll, interface: 1)
    #expect(table.stealMatches() == [StealMatch()])
  }

  private static func numbered(_ number: UInt32) -> FilterSpecification {
    .udp(local: IPEndpoint(IPAddress(ipv4: 0x0a00_0000 + number / 4), port: UInt16(1000 + number % 4)))
  }

  private static func frame(_ number: UInt32) -> Frame {
    .udp(to: "\(IPAddress(ipv4: 0x0a00_0000 + number / 4)):\(1000 + number % 4)")
  }

  private func expect(_ errno: Int32, _ body: () throws(EtherFabricError) -> Void) {
    do {
      try body()
      Issue.record("nothing was thrown")
    } catch {
      #expect(error.errno == errno)
    }
  }
}
