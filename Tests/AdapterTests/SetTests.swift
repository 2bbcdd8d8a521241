import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Glibc
import Testing

/// Sets of interfaces: which member a frame comes to, and what a member that is not there does.
@Suite struct SetTests {
  /// A set on the right, with its members and a filter on the port's address.
  private final class Bed {
    let rig: Rig
    let sender: RawInterface
    let domain: UInt32
    let set: UInt32
    var members: [RawInterface?] = []

    init(_ count: Int, _ options: InterfaceOptions = InterfaceOptions(), settings: AdapterSettings = AdapterSettings())
      throws
    {
      rig = try Rig(AdapterSettings(), settings)
      sender = try RawInterface(rig.left)
      domain = try rig.right.allocateDomain(flags: [])
      set = try rig.right.allocateSet(count: count, domain: domain)
      for index in 0..<count {
        let member = try RawInterface(rig.right, options, domain: domain, member: SetMember(set: set, index: index))
        member.post(256)
        members.append(member)
      }
      _ = try rig.right.insert(.ethernet(rig.right.macAddress), set: set)
    }

    func frame(_ host: UInt32 = 1, port: UInt16 = 4096) -> FlowFrame {
      FlowFrame(to: rig.right.macAddress, host: host, port: port)
    }

    /// How many frames have come to each member.
    func counts() -> [Int] { members.map { $0?.frames().count ?? 0 } }
  }

  /// Hashes from the specification of the function, with the driver's key, over addresses for UDP and addresses and
  /// ports for TCP; bucket is the hash modulo 128, and members have the buckets in turns.
  @Test(
    arguments: [
      (1, 4096, 17, 0xadfb_adfb), (3, 4097, 17, 0x36ad_36ad), (1, 4097, 17, 0xadfb_adfb), (1, 4096, 6, 0x7241_7241),
      (3, 4097, 6, 0xdfba_dfba), (4, 1, 6, 0x5539_5539),
    ] as [(UInt32, UInt16, UInt8, UInt32)])
  func theHashSaysWhichMember(_ host: UInt32, _ port: UInt16, _ ipProtocol: UInt8, _ hash: UInt32) throws {
    for count in [2, 5, 64] {
      let bed = try Bed(count, InterfaceOptions(flags: .receiveTimestamps))
      bed.sender.send(bed.frame(host, port: port).with { $0.ipProtocol = ipProtocol }.bytes)
      let expected = Int(hash % 128) % count
      #expect(bed.counts().enumerated().filter { $1 > 0 }.map(\.offset) == [expected], "\(count) members")
      // The hash stands at the beginning of the prefix.
      let prefix = bed.members[expected]!.received(0, 4)
      #expect(prefix == (0..<4).map { UInt8(hash >> (8 * UInt32($0)) & 0xff) })
    }
  }

  @Test func framesOutsideSetsAndOfASetOfOneHaveNoHash() throws {
    let one = try Bed(1, InterfaceOptions(flags: .receiveTimestamps))
    one.sender.send(one.frame().bytes)
    #expect(one.counts() == [1] && one.members[0]!.received(0, 4) == [0, 0, 0, 0])
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    let receiver = try rig.receiver(InterfaceOptions(flags: .receiveTimestamps))
    sender.send(FlowFrame(to: rig.right.macAddress).bytes)
    #expect(receiver.packets().count == 1 && receiver.received(0, 4) == [0, 0, 0, 0])
  }

  @Test func udpIsSpreadByAddressesAloneUnlessThePortsAreAskedFor() throws {
    let bed = try Bed(8)
    for port in 0..<64 { bed.sender.send(bed.frame(1, port: UInt16(port)).bytes) }
    #expect(bed.counts().filter { $0 > 0 } == [64])
    var settings = AdapterSettings()
    settings.hashesUDPPorts = true
    let wide = try Bed(8, settings: settings)
    for port in 0..<64 { wide.sender.send(wide.frame(1, port: UInt16(port)).bytes) }
    let counts = wide.counts()
    #expect(counts.reduce(0, +) == 64 && counts.allSatisfy { $0 < 64 })
  }

  @Test func fragmentsFollowTheAddressesOfTheirFlow() throws {
    let bed = try Bed(8)
    // A whole UDP datagram, a fragment of TCP and one of UDP between the same hosts.
    bed.sender.send(
      bed.frame().bytes, bed.frame().with { $0.isFragment = true }.bytes,
      bed.frame().with {
        $0.isFragment = true
        $0.ipProtocol = 6
      }.bytes)
    #expect(bed.counts() == [0, 0, 0, 3, 0, 0, 0, 0])
  }

  @Test func whatIsNotIPComesToTheFirstMember() throws {
    let bed = try Bed(4)
    bed.sender.send(bed.rig.frame(60), bed.rig.frame(100))
    #expect(bed.counts() == [2, 0, 0, 0])
  }

  @Test func aFlowStaysInOrderAndManyFlowsSpread() throws {
    let bed = try Bed(4)
    for round in 0..<4 {
      for host in 1...64 as ClosedRange<UInt32> {
        bed.sender.send(bed.frame(host).with { $0.payload = 32 + round }.bytes)
      }
    }
    var rounds: [[UInt8]: [Int]] = [:]
    var counts: [Int] = []
    for member in bed.members {
      let frames = member!.frames()
      counts.append(frames.count)
      for frame in frames { rounds[Array(frame[26..<30]), default: []].append(frame.count - 74) }
    }
    #expect(counts.reduce(0, +) == 256 && counts.allSatisfy { (16...160).contains($0) }, "\(counts)")
    #expect(rounds.count == 64 && rounds.values.allSatisfy { $0 == [0, 1, 2, 3] })
  }

  @Test func whatComesToAMemberThatIsNotThereIsDroppedAndCounted() throws {
    let bed = try Bed(2)
    // 10.0.0.1 has bucket 123, that is member 1.
    bed.members[1] = nil
    bed.sender.send(bed.frame().bytes, bed.rig.frame(60), bed.frame().bytes)
    #expect(bed.counts() == [1, 0])
    let counters = bed.rig.right.statistics()
    #expect(counters[test: "rx_no_member"] == 2 && counters[test: "rx_delivered"] == 1)
    #expect(counters[test: "rx_packets"] == 3)
    // It can be allocated again, and gets the frames.
    let again = try RawInterface(bed.rig.right, domain: bed.domain, member: SetMember(set: bed.set, index: 1))
    again.post(8)
    bed.sender.send(bed.frame().bytes)
    #expect(again.frames().count == 1)
  }

  @Test func membersAreRefusedAsTheDriverDoes() throws {
    let rig = try Rig()
    let domain = try rig.right.allocateDomain(flags: [])
    let other = try rig.right.allocateDomain(flags: [])
    for count in [0, 65, -1] { expect(EINVAL) { _ = try rig.right.allocateSet(count: count, domain: domain) } }
    let set = try rig.right.allocateSet(count: 2, domain: domain)
    func member(_ index: Int?, _ domain: UInt32) throws -> RawInterface {
      try RawInterface(rig.right, domain: domain, member: SetMember(set: set, index: index))
    }
    expect(EDOM) { _ = try member(2, domain) }
    expect(EDOM) { _ = try member(-1, domain) }
    expect(EINVAL) { _ = try member(0, other) }
    let second = try member(1, domain)
    expect(EEXIST) { _ = try member(1, domain) }
    let first = try member(nil, domain)
    #expect(first.grant.instance + 1 == second.grant.instance)
    expect(ENOSPC) { _ = try member(nil, domain) }
    // The places of a set are nobody else's.
    let numbers = [first.grant.instance, second.grant.instance]
    rig.right.freeInterface(second.grant.resource)
    #expect(try !numbers.contains(RawInterface(rig.right).grant.instance))
    // A member that is refused for its rings leaves its place free.
    rig.right.freeInterface(first.grant.resource)
    expect(EINVAL) {
      _ = try RawInterface(
        rig.right, InterfaceOptions(receiveCapacity: 8192), domain: domain, member: SetMember(set: set, index: 0))
    }
    _ = try member(0, domain)
  }

  @Test(arguments: [Generation.x3, .x4Express])
  func adaptersWithSharedReceiveQueuesHaveNoSets(_ generation: Generation) throws {
    var settings = AdapterSettings()
    settings.generation = generation
    let rig = try Rig(settings, settings)
    let domain = try rig.right.allocateDomain(flags: [])
    expect(EOPNOTSUPP) { _ = try rig.right.allocateSet(count: 1, domain: domain) }
  }

  @Test func aSetThatIsFreedLeavesItsMembersAndTakesItsFilters() throws {
    let bed = try Bed(2)
    bed.rig.right.freeSet(bed.set)
    expect(EINVAL) { _ = try bed.rig.right.insert(.unicastAll, set: bed.set) }
    bed.sender.send(bed.frame().bytes)
    #expect(bed.counts() == [0, 0] && bed.rig.right.statistics()[test: "rx_filtered"] == 1)
    _ = try bed.members[0]!.addFilter(.ethernet(bed.rig.right.macAddress))
    bed.sender.send(bed.frame().bytes)
    #expect(bed.counts() == [1, 0])
  }

  /// The numbers of interfaces come back, from members and sets in any order: no set leaks any.
  @Test func numbersComeBack() throws {
    let adapter = try Rig().right
    let domain = try adapter.allocateDomain(flags: [])
    for round in 0..<100 {
      let set = try adapter.allocateSet(count: 64, domain: domain)
      let member = try RawInterface(adapter, domain: domain, member: SetMember(set: set, index: round % 64))
      if round % 2 == 0 { adapter.freeSet(set) }
      _ = member.grant.instance
      if round % 2 == 1 { adapter.freeSet(set) }
    }
    let last = try adapter.allocateSet(count: 64, domain: domain)
    #expect(try RawInterface(adapter, domain: domain, member: SetMember(set: last, index: 0)).grant.instance == 0)
  }

  @Test func membersMayShareAnEventQueue() throws {
    let rig = try Rig()
    let sender = try RawInterface(rig.left)
    let domain = try rig.right.allocateDomain(flags: [])
    let set = try rig.right.allocateSet(count: 2, domain: domain)
    let owner = try RawInterface(
      rig.right, InterfaceOptions(eventCapacity: 4096), domain: domain, member: SetMember(set: set, index: 0))
    let other = try RawInterface(
      rig.right, sharingEventsOf: owner, domain: domain, member: SetMember(set: set, index: 1))
    owner.post(8)
    other.post(8)
    _ = try rig.right.insert(.unicastAll, set: set)
    sender.send(rig.frame(60), FlowFrame(to: rig.right.macAddress).bytes)
    // Bits 16 to 20 of a receive event are the label.
    #expect(owner.packets().map { $0 >> 16 & 0x1f } == [0, 1])
  }

  @Test func aSetSniffsTooAndTakesMulticastOnce() throws {
    let bed = try Bed(4)
    _ = try bed.rig.right.insert(FlowFrame.feed, set: bed.set)
    let alone = try RawInterface(bed.rig.right)
    alone.post(8)
    _ = try alone.addFilter(FlowFrame.feed)
    bed.sender.send(FlowFrame.multicast().bytes)
    #expect(bed.counts().reduce(0, +) == 1 && alone.frames().count == 1)
    #expect(bed.rig.right.statistics()[test: "rx_replicated"] == 1)
    _ = try bed.rig.right.insert(.portSniff(promiscuous: true), set: bed.set)
    bed.sender.send(FlowFrame(to: MACAddress("02:00:00:00:00:77")!).bytes)
    #expect(bed.counts().reduce(0, +) == 1)
  }

  private func expect(
    _ errno: Int32, _ sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    let error = #expect(throws: EtherFabricError.self, sourceLocation: sourceLocation, performing: body)
    #expect(error?.errno == errno, sourceLocation: sourceLocation)
  }
}
