import EmulatedAdapter
import EtherFabric
import Glibc
import Testing

/// Which filters the generations take, and with which errno they refuse the others.
@Suite struct DatapathFilterTests {
  /// The errno on EF10 with full and with low-latency firmware, on EFCT, and on EF10CT; 0 where it is taken.
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let filter: FilterSpecification
    let errno: [Int32]
    var testDescription: String { name }

    init(_ name: String, _ filter: FilterSpecification, _ errno: Int32...) {
      self.name = name
      self.filter = filter
      self.errno = errno
    }
  }

  static let owners = [
    FilterOwner(), FilterOwner(firmware: .lowLatency), FilterOwner(datapath: .efct), FilterOwner(datapath: .ef10ct),
  ]

  private static func both(
    _ first: FilterSpecification, _ change: (inout FilterSpecification) throws(EtherFabricError) -> Void
  ) -> FilterSpecification {
    var filter = first
    do { try change(&filter) } catch { fatalError("\(error)") }
    return filter
  }

  private static func vlan(_ filter: FilterSpecification) -> FilterSpecification {
    both(filter) { (filter) throws(EtherFabricError) in try filter.setVLAN(5) }
  }

  static let rows: [Row] = {
    let near = IPEndpoint("10.0.0.1:1")!
    let far = IPEndpoint("10.0.0.2:2")!
    let near6 = IPEndpoint("[fd00::1]:1")!
    let far6 = IPEndpoint("[fd00::2]:2")!
    let group = IPEndpoint("239.1.2.3:1")!
    let mac = try! FilterSpecification.ethernet(otherMAC)
    let no = EPROTONOSUPPORT
    return [
      Row("udp local", .udp(local: near), 0, 0, 0, 0), Row("tcp local", .tcp(local: near), 0, 0, 0, 0),
      Row("udp full", try! .udp(local: near, remote: far), 0, 0, 0, 0),
      Row("udp group", .udp(local: group), 0, 0, 0, 0), Row("udp local, vlan", vlan(.udp(local: near)), 0, no, 0, 0),
      Row("udp full, vlan", vlan(try! .udp(local: near, remote: far)), 0, no, 0, 0),
      Row("udp6 local", .udp(local: near6), 0, 0, 0, no),
      Row("tcp6 full", try! .tcp(local: near6, remote: far6), 0, 0, 0, no),
      Row("udp6 local, vlan", vlan(.udp(local: near6)), 0, no, 0, no),
      Row("mac", mac, 0, 0, 0, 0), Row("mac, vlan", try! .ethernet(otherMAC, vlan: 5), 0, 0, 0, 0),
      Row("broadcast", try! .ethernet(.broadcast), 0, 0, 0, 0),
      Row(
        "mac, protocol", both(mac) { (filter) throws(EtherFabricError) in try filter.setIPProtocol(50) }, 0, 0, no, no),
      Row(
        "mac, type", both(mac) { (filter) throws(EtherFabricError) in try filter.setEtherType(0x88f7) }, 0, 0, no, no),
      Row("protocol", try! .ipProtocol(50), 0, 0, 0, 0), Row("protocol, vlan", vlan(try! .ipProtocol(50)), 0, no, 0, 0),
      Row("type", .etherType(0x88f7), 0, 0, 0, 0), Row("type, vlan", vlan(.etherType(0x88f7)), 0, no, 0, 0),
      Row("udp by protocol", try! .ipProtocol(.udp), 0, 0, 0, 0), Row("ipv4 by type", .etherType(0x0800), 0, 0, 0, 0),
      Row("unicast all", .unicastAll, 0, 0, 0, no), Row("multicast all", .multicastAll, 0, 0, 0, no),
      Row("unicast mismatch", .unicastMismatch, 0, 0, 0, no),
      Row("multicast mismatch", .multicastMismatch, 0, 0, 0, no),
      Row("unicast mismatch, vlan", vlan(.unicastMismatch), 0, no, 0, no),
      Row("multicast mismatch, vlan", vlan(.multicastMismatch), 0, no, 0, no),
      Row("block", .blockKernel, 0, 0, 0, no), Row("block unicast", .blockKernelUnicast, 0, 0, 0, no),
      Row("block multicast", .blockKernelMulticast, 0, 0, 0, no),
      Row("sniff", .portSniff(promiscuous: true), 0, 0, EOPNOTSUPP, EOPNOTSUPP),
      Row("sniff sends", .transmitPortSniff, 0, 0, EOPNOTSUPP, EOPNOTSUPP),
      Row("loopback", FilterSpecification.udp(local: group).flags(.multicastLoopback), 0, 0, no, no),
      Row("shared", FilterSpecification.udp(local: near).flags(.shared), 0, 0, 0, 0),
      Row("exclusive", FilterSpecification.udp(local: near).flags(.exclusive), 0, 0, EPERM, 0),
      Row("exclusive mac", mac.flags(.exclusive), 0, 0, EPERM, 0),
      Row("both", mac.flags([.exclusive, .shared]), EINVAL, EINVAL, EINVAL, EINVAL),
      Row("exclusive full", try! FilterSpecification.udp(local: near, remote: far).flags(.exclusive), 0, 0, EPERM, 0),
    ]
  }()

  @Test(arguments: rows)
  func isTakenOrRefused(_ row: Row) {
    for (owner, errno) in zip(Self.owners, row.errno) {
      let table = FilterTable(hardwareMAC: ownMAC, chainsMulticast: owner.datapath != .efct)
      var found: Int32 = 0
      do { _ = try table.insert(row.filter, interface: 1, owner: owner) } catch { found = error.errno }
      #expect(found == errno, "\(row.name) on \(owner.datapath) \(owner.firmware)")
      #expect(table.count == (errno == 0 ? 1 : 0))
    }
  }

  /// A receive queue beside the default one, which is shared.
  @Test func exclusiveQueuesOfAnX3NeedAFilterThatTheHardwareHas() throws {
    let owner = FilterOwner(datapath: .efct, domain: 1)
    let near = FilterSpecification.udp(local: IPEndpoint("10.0.0.1:1")!)
    let table = FilterTable(hardwareMAC: ownMAC, chainsMulticast: false)
    let cookie = try table.insert(near.flags(.exclusive), interface: 1, queue: 3, owner: owner)
    #expect(try table.query(cookie, interface: 1).isExclusive)
    let full = try FilterSpecification.udp(local: IPEndpoint("10.0.0.3:1")!, remote: IPEndpoint("10.0.0.2:2")!)
    let error = #expect(throws: EtherFabricError.self) {
      _ = try table.insert(full.flags(.exclusive), interface: 1, queue: 3, owner: owner)
    }
    #expect(error?.errno == EPERM)
  }

  /// VLANs in IP filters: EF10 with full firmware compares them, X4 express too; low-latency firmware has none of them;
  /// an X3 takes them and does not look.
  @Test func vlansOfIPFiltersDiffer() throws {
    let near = IPEndpoint("10.0.0.1:1")!
    func route(_ filter: FilterSpecification, _ owner: FilterOwner, vlan: UInt16?) throws -> [UInt32] {
      let table = FilterTable(hardwareMAC: ownMAC, chainsMulticast: owner.datapath != .efct)
      _ = try table.insert(filter, interface: 1, queue: owner.datapath == .ef10 ? nil : 1, owner: owner)
      return table.route(.udp(to: "10.0.0.1:1", vlan: vlan)).interfaces
    }
    let five = Self.vlan(.udp(local: near))
    for owner in [FilterOwner(), FilterOwner(datapath: .ef10ct)] {
      #expect(try route(five, owner, vlan: 5) == [1])
      #expect(try route(five, owner, vlan: 6) == [] && route(five, owner, vlan: nil) == [])
    }
    let x3 = FilterOwner(datapath: .efct)
    #expect(try route(five, x3, vlan: 5) == [1] && route(five, x3, vlan: 6) == [1] && route(five, x3, vlan: nil) == [1])
    for owner in Self.owners {
      for vlan in [nil, 5, 6] as [UInt16?] { #expect(try route(.udp(local: near), owner, vlan: vlan) == [1]) }
    }
  }

  /// The hardware takes them, and gives no frame to them.
  @Test func filtersOnWhatTheParserKeepsForItselfDoNothing() throws {
    for owner in [FilterOwner(), FilterOwner(datapath: .ef10ct)] {
      let table = FilterTable(hardwareMAC: ownMAC)
      for filter in [
        try FilterSpecification.ipProtocol(.udp), try .ipProtocol(.tcp), .etherType(0x0800), .etherType(0x86dd),
      ] {
        _ = try table.insert(filter, interface: 1, owner: owner)
      }
      #expect(table.count == 4)
      #expect(table.route(.udp(to: "10.0.0.1:1")).interfaces == [])
      #expect(table.route(.udp(to: "[fd00::1]:1", from: "[fd00::2]:1")).interfaces == [])
      var fragment = Frame.udp(to: "10.0.0.1:1")
      fragment.isFragment = true
      #expect(table.route(fragment).interfaces == [])
      // They do have their place: nobody else can add them, where filters have one owner.
      guard owner.datapath == .ef10 else { continue }
      let error = #expect(throws: EtherFabricError.self) {
        _ = try table.insert(.etherType(0x0800), interface: 1, owner: owner)
      }
      #expect(error?.errno == EEXIST)
    }
  }

  @Test func theDestinationQueueIsNotUsedOnEF10() throws {
    let table = FilterTable(hardwareMAC: ownMAC)
    let near = IPEndpoint("10.0.0.1:1")!
    let cookie = try table.insert(try .udp(local: near).destination(3), interface: 1)
    #expect(try table.query(cookie, interface: 1).validFields == .filterID)
    #expect(table.route(.udp(to: "10.0.0.1:1")).interfaces == [1])
  }

  /// The same filter on different virtual ports is different filters, and each sees its own frames.
  @Test func virtualPortsAreAPartOfTheKey() throws {
    let table = FilterTable(hardwareMAC: ownMAC)
    for port in [0, 1, 15] as [UInt8] {
      _ = try table.insert(.unicastAll, interface: UInt32(port) + 1, owner: FilterOwner(virtualPort: port))
    }
    for port in [0, 1, 2, 15] as [UInt8] {
      var key = Frame(mac: otherMAC).key
      key.setVirtualPort(port)
      let buffer = UnsafeMutablePointer<FilterRecipient>.allocate(capacity: 4)
      defer { buffer.deallocate() }
      let count = table.matcher.match(key, into: buffer, capacity: 4).count
      #expect(port == 2 ? count == 0 : count == 1 && buffer[0].interface == UInt32(port) + 1)
    }
  }
}
