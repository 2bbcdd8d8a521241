import EmulatedAdapter
import EtherFabric
import Testing

@Suite struct TableMatchTests {
  let table = FilterTable(hardwareMAC: ownMAC)

  @Test func anEmptyTableLeavesAllToTheKernel() {
    #expect(table.route(.udp(to: "10.0.0.1:1")) == ([], true))
    #expect(table.route(.udp(to: "239.1.2.3:1", mac: group)) == ([], true))
  }

  @Test func theMostSpecificUnicastFilterTakesTheFrame() throws {
    let near = IPEndpoint("10.0.0.1:4000")!
    let far = IPEndpoint("10.0.0.2:5000")!
    // From the least specific to the most; each takes over from the one before.
    let filters: [FilterSpecification] = [
      .unicastMismatch, try .unicastMismatch.vlan(5), try .ipProtocol(50), try .ipProtocol(50).vlan(5),
      try .ethernet(otherMAC), try .ethernet(otherMAC, vlan: 5),
      try made { (filter) throws(EtherFabricError) in
        try filter.setEthernetLocal(otherMAC)
        try filter.setIPProtocol(50)
      },
      try made { (filter) throws(EtherFabricError) in
        try filter.setEthernetLocal(otherMAC, vlan: 5)
        try filter.setIPProtocol(50)
      },
    ]
    var esp = Frame.udp(to: "10.0.0.1:4000", from: "10.0.0.2:5000", mac: otherMAC, vlan: 5)
    esp.ipProtocol = 50
    esp.ports = nil
    for (index, filter) in filters.enumerated() {
      _ = try table.insert(filter, interface: UInt32(index))
      #expect(table.route(esp) == ([UInt32(index)], false), "\(filter.kind)")
    }
    let udp = Frame.udp(to: "10.0.0.1:4000", from: "10.0.0.2:5000", mac: otherMAC, vlan: 5)
    #expect(table.route(udp) == ([5], false))
    let ip: [FilterSpecification] = [
      .udp(local: near), try .udp(local: near).vlan(5), try .udp(local: near, remote: far),
      try .udp(local: near, remote: far).vlan(5),
    ]
    for (index, filter) in ip.enumerated() {
      _ = try table.insert(filter, interface: UInt32(20 + index))
      #expect(table.route(udp) == ([UInt32(20 + index)], false), "\(filter.kind)")
    }
    #expect(table.route(esp) == ([7], false))
  }

  @Test func aFilterWithoutVLANMatchesWhateverTheVLAN() throws {
    _ = try table.insert(.udp(local: IPEndpoint("10.0.0.1:1")!), interface: 1)
    for vlan in [nil, 0, 5, 4095] as [UInt16?] {
      #expect(table.route(.udp(to: "10.0.0.1:1", vlan: vlan)) == ([1], false))
    }
  }

  @Test func vlanZeroMatchesUntaggedAndPriorityTaggedFrames() throws {
    _ = try table.insert(.ethernet(otherMAC, vlan: 0), interface: 1)
    #expect(table.route(Frame(mac: otherMAC)) == ([1], false))
    #expect(table.route(Frame(mac: otherMAC, vlan: 0)) == ([1], false))
    #expect(table.route(Frame(mac: otherMAC, vlan: 1)) == ([], true))
  }

  @Test func ipFiltersIgnoreTheMACAndSkipFragments() throws {
    _ = try table.insert(.udp(local: IPEndpoint("10.0.0.1:1")!), interface: 1)
    _ = try table.insert(.ipProtocol(.igmp), interface: 2)
    var frame = Frame.udp(to: "10.0.0.1:1", mac: otherMAC)
    #expect(table.route(frame) == ([1], false))
    frame.isFragment = true
    #expect(table.route(frame) == ([], true))
    frame.ipProtocol = 2
    #expect(table.route(frame) == ([], true))
    frame.isFragment = false
    frame.ports = nil
    #expect(table.route(frame) == ([2], false))
  }

  @Test func protocolFiltersAreForIPv4Only() throws {
    _ = try table.insert(.ipProtocol(.icmpv6), interface: 1)
    var frame = Frame.udp(to: "[fd00::1]:1", from: "[fd00::2]:1")
    frame.ipProtocol = 58
    frame.ports = nil
    #expect(table.route(frame) == ([], true))
  }

  @Test func ipv4AndIPv6DoNotMix() throws {
    _ = try table.insert(.udp(local: IPEndpoint("0.0.0.1:1")!), interface: 1)
    _ = try table.insert(.udp(local: IPEndpoint("[::1]:1")!), interface: 2)
    #expect(table.route(.udp(to: "0.0.0.1:1")) == ([1], false))
    #expect(table.route(.udp(to: "[::1]:1", from: "[::2]:1")) == ([2], false))
    #expect(table.route(.udp(to: "[1::1]:1", from: "[::2]:1")) == ([], true))
  }

  @Test func multicastIsReplicatedOnceToEachInterface() throws {
    let feed = FilterSpecification.udp(local: IPEndpoint("239.1.2.3:4000")!)
    for interface in [3, 1, 70, 2] as [UInt32] { _ = try table.insert(feed, interface: interface) }
    _ = try table.insert(.ethernet(group), interface: 70)
    _ = try table.insert(.ethernet(group), interface: 1)
    _ = try table.insert(.ethernet(group), interface: 100)
    let frame = Frame.udp(to: "239.1.2.3:4000", mac: group)
    #expect(table.route(frame) == ([3, 1, 70, 2, 100], true))
    _ = try table.insert(.blockKernelMulticast, interface: 9)
    #expect(table.route(frame) == ([3, 1, 70, 2, 100], false))
    _ = try table.insert(.multicastAll, interface: 4)
    #expect(table.route(frame).interfaces == [3, 1, 70, 2, 100, 4])
  }

  @Test func withoutChainingTheMostSpecificKindTakesMulticast() throws {
    let table = FilterTable(hardwareMAC: ownMAC, chainsMulticast: false)
    _ = try table.insert(.udp(local: IPEndpoint("239.1.2.3:4000")!), interface: 1)
    _ = try table.insert(.ethernet(group), interface: 2)
    #expect(table.route(.udp(to: "239.1.2.3:4000", mac: group)) == ([1], false))
    #expect(table.route(.udp(to: "239.1.2.3:4001", mac: group)) == ([2], true))
  }

  @Test func unicastMismatchLeavesTheOwnMACToTheKernelUntilItIsBlocked() throws {
    let mismatch = try table.insert(.unicastMismatch, interface: 1)
    #expect(table.route(Frame(mac: ownMAC)) == ([], true))
    #expect(table.route(Frame(mac: otherMAC)) == ([1], false))
    let block = try table.insert(.blockKernelUnicast, interface: 2)
    #expect(table.route(Frame(mac: ownMAC)) == ([1], false))
    try table.remove(block, interface: 2)
    #expect(table.route(Frame(mac: ownMAC)) == ([], true))
    try table.remove(mismatch, interface: 1)
    _ = try table.insert(.unicastAll, interface: 1)
    #expect(table.route(Frame(mac: ownMAC)) == ([1], false))
    #expect(table.route(Frame(mac: otherMAC)) == ([1], false))
    #expect(table.route(Frame(mac: group)) == ([], true))
  }

  @Test func multicastMismatchTakesWhatNobodyElseDoes() throws {
    _ = try table.insert(.multicastMismatch, interface: 1)
    _ = try table.insert(.multicastMismatch, interface: 2)
    _ = try table.insert(.multicastMismatch.vlan(5), interface: 3)
    #expect(table.route(Frame(mac: group)) == ([1, 2], false))
    #expect(table.route(Frame(mac: group, vlan: 5)) == ([3, 1, 2], false))
    #expect(table.route(Frame(mac: .broadcast)) == ([], true))
    table.kernelGroups = [MACAddress("01:00:5e:00:00:01")!, group, MACAddress("33:33:00:00:00:01")!]
    #expect(table.route(Frame(mac: group)) == ([], true))
    table.kernelGroups = []
    _ = try table.insert(.etherType(0x88f7), interface: 4)
    #expect(table.route(Frame(mac: group, etherType: 0x88f7)) == ([4], true))
    _ = try table.insert(.blockKernel, interface: 4)
    #expect(table.route(Frame(mac: .broadcast)) == ([1, 2], false))
    #expect(table.route(Frame(mac: otherMAC)) == ([], false))
  }

  @Test func onlyLoopbackFiltersTakeWhatThisHostSent() throws {
    let feed = FilterSpecification.udp(local: IPEndpoint("239.1.2.3:4000")!)
    _ = try table.insert(feed, interface: 1)
    _ = try table.insert(feed.flags(.multicastLoopback), interface: 2)
    let frame = Frame.udp(to: "239.1.2.3:4000", mac: group)
    #expect(table.route(frame) == ([1, 2], true))
    #expect(table.route(frame, isLooped: true) == ([2], false))
  }

  @Test func aStackDoesNotHearItself() throws {
    let feed = FilterSpecification.udp(local: IPEndpoint("239.1.2.3:4000")!).flags(.multicastLoopback)
    _ = try table.insert(feed, interface: 1, owner: FilterOwner(stack: 7))
    _ = try table.insert(feed, interface: 2, owner: FilterOwner(stack: 8))
    _ = try table.insert(feed, interface: 3)
    for (stack, expected) in [(7, [2, 3]), (8, [1, 3]), (FrameKey.anonymous, [1, 2, 3])] as [(UInt32, [UInt32])] {
      var key = Frame.udp(to: "239.1.2.3:4000", mac: group).key
      key.stack = stack
      let buffer = UnsafeMutablePointer<FilterRecipient>.allocate(capacity: 4)
      defer { buffer.deallocate() }
      let count = table.matcher.match(key, into: buffer, capacity: 4).count
      #expect((0..<count).map { buffer[$0].interface } == expected)
    }
  }

  @Test func moreRecipientsThanRoomAreLeftOut() throws {
    for interface in 0..<100 as Range<UInt32> { _ = try table.insert(.ethernet(group), interface: interface) }
    #expect(table.route(Frame(mac: group)).interfaces == Array(0..<100))
    let buffer = UnsafeMutablePointer<FilterRecipient>.allocate(capacity: 10)
    defer { buffer.deallocate() }
    #expect(table.matcher.match(Frame(mac: group).key, into: buffer, capacity: 10).count == 10)
  }

  private func made(
    _ body: (inout FilterSpecification) throws(EtherFabricError) -> Void
  ) throws(EtherFabricError) -> FilterSpecification {
    var filter = FilterSpecification()
    try body(&filter)
    return filter
  }
}
