import EtherFabric
import Glibc
import Testing

@Suite struct SpecificationCheckTests {
  static func make(_ setters: [Setter]) -> FilterSpecification {
    var filter = FilterSpecification()
    for setter in setters { try! setter.apply(&filter) }
    return filter
  }

  /// Sequences that adding accepts, with the fields that go to the driver and the cookie's kind.
  static let addable: [(setters: [Setter], fields: UInt32, kind: UInt32)] = [
    ([.ip4Local], 0x30, 0x2), ([.ip4Full], 0x36, 0x2), ([.ip6Local], 0x30, 0x4000), ([.ip6Full], 0x36, 0x4000),
    ([.ip4Local, .vlan], 0xb0, 0x12), ([.vlan, .ip6Full], 0xb6, 0x4010),
    ([.ethLocalVLAN], 0x88, 0x1), ([.ethLocal], 0x8, 0x1),
    ([.ipProto], 0x140, 0x1000), ([.ipProto, .vlan], 0x1c0, 0x1010),
    ([.ipProto, .ethLocalVLAN], 0x1c8, 0x1001), ([.ethLocal, .ipProto], 0x148, 0x1001),
    ([.ethType], 0x40, 0x2000), ([.vlan, .ethType], 0xc0, 0x2010),
    ([.ethType, .ethLocalVLAN], 0xc8, 0x2001), ([.ethLocal, .ethType], 0x48, 0x2001),
  ]

  @Test(arguments: addable.indices)
  func fieldsAreThoseOfTheGenuineLibrary(_ index: Int) throws {
    let (setters, fields, kind) = Self.addable[index]
    for withDestination in [false, true] {
      let filter = Self.make(withDestination ? setters + [.dest] : setters)
      try filter.check()
      #expect(filter.fields.rawValue == (withDestination ? fields | 0x200 : fields))
      #expect(filter.kind.rawValue == (withDestination ? kind | 0x8000 : kind))
    }
  }

  @Test(arguments: [
    [Setter.unicastAll], [.multicastAll], [.unicastMismatch], [.multicastMismatch], [.unicastMismatch, .vlan],
    [.multicastMismatch, .vlan], [.portSniff], [.txPortSniff], [.blockKernel], [.blockKernelUnicast],
    [.blockKernelMulticast],
  ])
  func filtersOnThePortAreAccepted(_ setters: [Setter]) throws {
    let filter = Self.make(setters)
    try filter.check()
    #expect(filter.fields == [])
  }

  @Test(arguments: [
    [Setter](), [.vlan], [.dest], [.vlan, .dest], [.vlan, .unicastAll], [.vlan, .multicastAll],
    [.vlan, .unicastAll, .dest], [.vlan, .multicastAll, .dest], [.unicastAll, .dest], [.multicastAll, .dest],
    [.unicastMismatch, .dest], [.multicastMismatch, .dest], [.unicastMismatch, .vlan, .dest],
    [.multicastMismatch, .vlan, .dest],
  ])
  func whatAddingRefuses(_ setters: [Setter]) {
    let filter = Self.make(setters)
    let error = #expect(throws: EtherFabricError.self) { try filter.check() }
    #expect(error?.errno == EINVAL)
  }

  @Test func exclusiveAndSharedTogetherAreRefused() throws {
    let filter = FilterSpecification.udp(local: IPEndpoint("10.0.0.1:1")!)
    let error = #expect(throws: EtherFabricError.self) { try filter.flags([.exclusive, .shared]).check() }
    #expect(error?.errno == EINVAL)
    try filter.flags([.exclusive, .multicastLoopback]).check()
    try filter.flags(FilterFlags(rawValue: 0x4000)).check()
  }

  @Test func destinationValues() throws {
    var filter = FilterSpecification()
    for queue in [0, 1, 65535] { try filter.setDestination(queue) }
    for queue in [-1, 65536] { expect(EINVAL) { () throws(EtherFabricError) in try filter.setDestination(queue) } }
    #expect(filter.destinationQueue == 65535)
    filter.flags = .exclusive
    expect(EINVAL) { () throws(EtherFabricError) in try filter.setDestination(0) }
    var sniff = FilterSpecification.portSniff(promiscuous: false)
    expect(EPROTONOSUPPORT) { () throws(EtherFabricError) in try sniff.setDestination(-1) }
  }

  @Test func valuesThatTheLibraryWouldCutAreRefused() {
    var filter = FilterSpecification()
    let near = IPEndpoint("10.0.0.1:1")!
    expect(EINVAL) { () throws(EtherFabricError) in try filter.setVLAN(4096) }
    expect(EINVAL) { () throws(EtherFabricError) in try filter.setVLAN(-1) }
    expect(EINVAL) { () throws(EtherFabricError) in
      try filter.setEthernetLocal(MACAddress(value: 2), vlan: 5000)
    }
    expect(EINVAL) { () throws(EtherFabricError) in try filter.setIPProtocol(300) }
    expect(EINVAL) { () throws(EtherFabricError) in try filter.setIPv4Local(protocol: 300, local: near) }
    expect(EINVAL) { () throws(EtherFabricError) in try filter.setIPv6Local(protocol: .udp, local: near) }
    #expect(filter == FilterSpecification())
  }

  @Test func aRemoteThatTheDriverIgnoresIsRefusedUnlessItIsAny() throws {
    var filter = FilterSpecification()
    let near4 = IPEndpoint("10.0.0.1:1")!
    let near6 = IPEndpoint("[fd00::1]:1")!
    expect(EINVAL) { () throws(EtherFabricError) in
      try filter.setIPv4Full(protocol: .udp, local: near4, remote: IPEndpoint("0.0.0.0:4")!)
    }
    expect(EINVAL) { () throws(EtherFabricError) in
      try filter.setIPv6Full(protocol: .udp, local: near6, remote: IPEndpoint("[fd00::2]:0")!)
    }
    #expect(filter == FilterSpecification())
    try filter.setIPv4Full(protocol: .udp, local: near4, remote: IPEndpoint("0.0.0.0:0")!)
    #expect(filter.fields.rawValue == 0x30)
    var other = FilterSpecification()
    try other.setIPv6Full(protocol: .udp, local: near6, remote: IPEndpoint("[::]:4")!)
    #expect(other.fields.rawValue == 0x36)
  }

  @Test func errorsNameTheCallTheValueAndTheWayOut() {
    let filter = FilterSpecification.multicastAll
    let error = #expect(throws: EtherFabricError.self) { try filter.vlan(5) }
    #expect(error?.operation == "setVLAN")
    #expect(error?.reason.contains("VLAN 5") == true)
    #expect(error?.reason.contains("multicast-all") == true)
    #expect(error?.remedy.isEmpty == false)
  }

  @Test func madeFiltersEqualThoseThatWereSet() throws {
    let near = IPEndpoint("239.1.2.3:4000")!
    let far = IPEndpoint("10.0.0.2:5000")!
    var filter = FilterSpecification()
    try filter.setVLAN(5)
    try filter.setIPv4Full(protocol: .udp, local: near, remote: far)
    #expect(try FilterSpecification.udp(local: near, remote: far).vlan(5) == filter)
    expect(EINVAL) { () throws(EtherFabricError) in
      _ = try FilterSpecification.tcp(local: near, remote: IPEndpoint("[fd00::1]:1")!)
    }
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
