import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Glibc
import Testing

/// What a capability reports is there, and what it does not report is refused.
@Suite struct CapabilityTruthTests {
  /// A datapath to ask: a generation, and the express function of an X4 by the flag of its domain.
  struct Subject: Sendable, CustomTestStringConvertible {
    let device: String
    let flags: DomainFlags
    let datapath: Datapath
    var testDescription: String { device + (flags.isEmpty ? "" : " express") }

    func open(_ name: String) throws -> Driver {
      try Driver.open("emu:cable:truth-\(name)-\(UInt64.random(in: 0 ... .max))/0,phys=on,\(device)")
    }

    var options: InterfaceOptions { InterfaceOptions(receiveCapacity: 1024, transmitCapacity: 512) }
  }

  static let subjects =
    Generation.emulated.map { Subject(device: "nic=\($0)", flags: [], datapath: $0.datapath) }
    + [
      Subject(device: "nic=x4", flags: .express, datapath: .ef10ct),
      Subject(device: "nic=x2,firmware=low-latency", flags: [], datapath: .ef10),
    ]

  private static func value(_ driver: Driver, _ capability: Capability, _ flags: DomainFlags) -> UInt64? {
    try? driver.capability(capability, flags: flags)
  }

  private static func errno(_ body: () throws -> Void) -> Int32 {
    do {
      try body()
      return 0
    } catch {
      return (error as? EtherFabricError)?.errno ?? -1
    }
  }

  /// A filter for each capability of filters.
  private static func filter(_ capability: Capability) throws -> FilterSpecification? {
    let near = IPEndpoint("10.0.0.1:1")!
    let far = IPEndpoint("10.0.0.2:2")!
    let near6 = IPEndpoint("[fd00::1]:1")!
    let far6 = IPEndpoint("[fd00::2]:2")!
    let mac = MACAddress("02:00:00:00:00:01")!
    return switch capability {
    case .receiveFilterUDPLocal: .udp(local: near)
    case .receiveFilterTCPLocal: .tcp(local: near)
    case .receiveFilterUDPFull: try .udp(local: near, remote: far)
    case .receiveFilterTCPFull: try .tcp(local: near, remote: far)
    case .receiveFilterIPVLAN: try .udp(local: near).vlan(5)
    case .receiveFilterUDP6Local: .udp(local: near6)
    case .receiveFilterTCP6Local: .tcp(local: near6)
    case .receiveFilterUDP6Full: try .udp(local: near6, remote: far6)
    case .receiveFilterTCP6Full: try .tcp(local: near6, remote: far6)
    case .receiveFilterIP6VLAN: try .udp(local: near6).vlan(5)
    case .receiveFilterEthernetLocal: try .ethernet(mac)
    case .receiveFilterEthernetLocalVLAN: try .ethernet(mac, vlan: 5)
    case .receiveFilterUnicastAll: .unicastAll
    case .receiveFilterMulticastAll: .multicastAll
    case .receiveFilterUnicastMismatch: .unicastMismatch
    case .receiveFilterMulticastMismatch: .multicastMismatch
    case .receiveFilterIP4Protocol: try .ipProtocol(50)
    case .receiveFilterEtherType: .etherType(0x88f7)
    case .receiveFilterMACIP4Protocol: try macAndProtocol(mac)
    default: nil
    }
  }

  private static func macAndProtocol(_ mac: MACAddress) throws -> FilterSpecification {
    var filter = try FilterSpecification.ethernet(mac)
    try filter.setIPProtocol(50)
    return filter
  }

  /// A filter is a capability where the hardware compares all that it names. An X3 takes others too, and has no number
  /// for those: they come by the default queue, unsorted.
  @Test(arguments: subjects) func filters(_ subject: Subject) throws {
    for capability in Capability.allCases {
      guard let filter = try Self.filter(capability) else { continue }
      let driver = try subject.open("filter")
      let interface = try driver.allocateProtectionDomain(flags: subject.flags)
        .allocateVirtualInterface(subject.options)
      let isReported = Self.value(driver, capability, subject.flags) != nil
      do {
        let cookie = try interface.addFilter(filter)
        let isExact = try interface.queryFilter(cookie).validFields.contains(.filterID)
        // The hardware of an X3 does compare the local end of a connection.
        let isPartial =
          subject.datapath == .efct && !filter.kind.contains(.ethernet)
          && (filter.remote != nil || filter.vlanID != nil)
        #expect(isReported == (isExact && !isPartial), "\(capability)")
      } catch {
        #expect(!isReported && error.errno == EPROTONOSUPPORT, "\(capability)")
      }
    }
  }

  @Test(arguments: subjects) func ringSizes(_ subject: Subject) throws {
    let driver = try subject.open("rings")
    let domain = try driver.allocateProtectionDomain(flags: subject.flags)
    for shift in 6...18 {
      let size = 1 << shift
      let bit = UInt64(size)
      /// Whether it is given as asked, and not rounded up. A few slots of an event queue stay empty.
      func isGiven(
        _ change: (inout InterfaceOptions) -> Void, _ capacity: (borrowing VirtualInterface) -> Int
      ) -> Bool {
        var options = subject.options
        options.eventCapacity = 8192
        change(&options)
        guard let interface = try? domain.allocateVirtualInterface(options) else { return false }
        return (size / 2..<size).contains(capacity(interface))
      }
      func isReported(_ capability: Capability) -> Bool {
        (Self.value(driver, capability, subject.flags) ?? 0) & bit != 0
      }
      #expect(
        isGiven({ $0.receiveCapacity = size }, { $0.receiveCapacity }) == isReported(.receiveQueueSizes),
        "receive \(size)")
      #expect(
        isGiven({ $0.transmitCapacity = size }, { $0.transmitCapacity }) == isReported(.transmitQueueSizes),
        "transmit \(size)")
      #expect(
        isGiven({ $0.eventCapacity = size }, { $0.eventCapacity }) == isReported(.eventQueueSizes), "events \(size)")
    }
  }

  /// Flags of domains, and the capability that tells of them.
  @Test(arguments: subjects) func domains(_ subject: Subject) throws {
    let driver = try subject.open("domains")
    let domain = try driver.allocateProtectionDomain(flags: subject.flags)
    #expect(
      Self.errno { _ = try driver.allocateProtectionDomain(flags: subject.flags.union(.virtualPort)) }
        == (Self.value(driver, .virtualPorts, subject.flags) == nil ? EOPNOTSUPP : 0))
    #expect(
      Self.errno { _ = try driver.allocateProtectionDomain(flags: subject.flags.union(.express)) }
        == (Self.value(driver, .extraDatapaths, []) == 1 ? 0 : ENODEV))
    // Memory in a domain with physical addresses lies page by page where they are had.
    let physical = try driver.allocateProtectionDomain(flags: subject.flags.union(.physicalMode))
    let memory = try MemoryRegistration(physical, DMAMemory(byteCount: 8192))
    let isScattered = memory.dmaAddress(4096) != memory.address.advanced(by: 4096)
    #expect(isScattered == (Self.value(driver, .physicalMode, subject.flags) == 1))
    #expect((Self.value(driver, .bufferMode, subject.flags) == 1) == (subject.datapath == .ef10))
    // A domain answers for what it is on, but for what else the port has.
    for capability in Capability.allCases where capability != .extraDatapaths {
      let ofDomain = try? domain.capability(capability)
      #expect(ofDomain == Self.value(driver, capability, subject.flags), "\(capability)")
    }
    #expect(try domain.capability(.extraDatapaths) == 0)
  }

  /// Filter flags of loopback and replication.
  @Test(arguments: subjects) func multicast(_ subject: Subject) throws {
    let driver = try subject.open("multicast")
    let first = try driver.allocateProtectionDomain(flags: subject.flags.union(.multicastLoopback))
      .allocateVirtualInterface(subject.options)
    let second = try driver.allocateProtectionDomain(flags: subject.flags).allocateVirtualInterface(subject.options)
    let feed = FilterSpecification.udp(local: IPEndpoint("239.1.2.3:1")!)
    #expect(
      Self.errno { try first.addFilter(feed.flags(.multicastLoopback)) }
        == (Self.value(driver, .hardwareMulticastLoopback, subject.flags) == 1 ? 0 : EPROTONOSUPPORT))
    #expect(Self.value(driver, .hardwareMulticastReplication, subject.flags) == 1)
    let group = IPEndpoint("239.1.2.4:1")!
    for interface in 0..<2 {
      let filter = FilterSpecification.udp(local: group).flags(.shared)
      // A queue of an X4 express has the superbufs of one interface, and no second one.
      let isRefused = interface == 1 && subject.datapath == .ef10ct
      let errno = Self.errno { _ = try interface == 0 ? first.addFilter(filter) : second.addFilter(filter) }
      #expect(errno == (isRefused ? EPERM : 0))
    }
  }

  /// Sets are EF10's, and no capability tells of them.
  @Test(arguments: subjects) func sets(_ subject: Subject) throws {
    let domain = try subject.open("sets").allocateProtectionDomain(flags: subject.flags)
    #expect(
      Self.errno { _ = try domain.allocateVirtualInterfaceSet(count: 2) }
        == (subject.datapath == .ef10 ? 0 : EOPNOTSUPP))
  }

  @Test func flagsOfADatapathThatIsNotThereAreRefused() throws {
    for generation in Generation.emulated {
      let driver = try Driver.open("emu:cable:truth-flags-\(generation)/0,nic=\(generation)")
      let hasExpress = generation == .x4 || generation == .x4Express
      #expect(
        Self.errno { _ = try driver.capability(.receiveQueueSizes, flags: .express) } == (hasExpress ? 0 : ENODEV))
    }
  }

  /// What is refused is refused with the errno of the query: no question is left open.
  @Test(arguments: subjects) func refusals(_ subject: Subject) throws {
    let driver = try subject.open("refusals")
    for capability in Capability.allCases {
      let errno = Self.errno { _ = try driver.capability(capability, flags: subject.flags) }
      #expect(errno == 0 || errno == capability.refusal, "\(capability)")
    }
  }
}
