import EmulatedAdapter
import EtherFabric
import Glibc
import Testing

/// Interfaces, memory and filters that cannot be had. What was there before goes on.
@Suite struct InterfaceTests {
  static let allocate = "ProtectionDomain.allocateVirtualInterface"
  let driver: Driver
  let domain: ProtectionDomain

  init() throws {
    driver = try Driver.open("emu:cable:bad-\(UInt64.random(in: 0 ... .max))/0")
    domain = try driver.allocateProtectionDomain()
  }

  @Test func ringSizesThatTheAdapterLacksAreRefused() {
    let sizes: [(InterfaceOptions, String)] = [
      (InterfaceOptions(receiveCapacity: 8192), "8192"), (InterfaceOptions(receiveCapacity: 4097), "4097"),
      (InterfaceOptions(receiveCapacity: -2), "-2"), (InterfaceOptions(receiveCapacity: .max), "\(Int.max)"),
      (InterfaceOptions(transmitCapacity: 4096), "4096"), (InterfaceOptions(transmitCapacity: .min), "\(Int.min)"),
      (InterfaceOptions(eventCapacity: 65536), "65536"), (InterfaceOptions(eventCapacity: 0), "0"),
    ]
    for (options, value) in sizes {
      expectRefusal(EINVAL, of: Self.allocate, naming: value) { _ = try domain.allocateVirtualInterface(options) }
    }
  }

  @Test func otherRingSizesAreRoundedUp() throws {
    let interface = try domain.allocateVirtualInterface(
      InterfaceOptions(receiveCapacity: 513, transmitCapacity: 1, eventCapacity: 1000))
    #expect(interface.receiveCapacity == 1023 && interface.transmitCapacity == 511)
    #expect(interface.eventCapacity == 1023)
  }

  @Test func flagsOfOtherAdaptersAreRefused() throws {
    let older = try Driver.open("emu:cable:bad-\(UInt64.random(in: 0 ... .max))/0,nic=8000")
    let olderDomain = try older.allocateProtectionDomain()
    expectRefusal(EOPNOTSUPP, of: Self.allocate, naming: "1000000") {
      _ = try olderDomain.allocateVirtualInterface(InterfaceOptions(flags: .cutThrough))
    }
    expectRefusal(EOPNOTSUPP, of: Self.allocate, naming: "alternatives") {
      _ = try domain.allocateVirtualInterface(
        InterfaceOptions(flags: [.transmitAlternatives, .transmitTimestamps]))
    }
    for flag in [InterfaceFlags.processingHints, .steeringTags] {
      expectRefusal(EINVAL, of: Self.allocate, naming: String(flag.rawValue, radix: 16)) {
        _ = try domain.allocateVirtualInterface(InterfaceOptions(flags: flag))
      }
    }
    for (flags, code, word) in [
      (.virtualFunction, ENODEV, "virtual functions"), (.express, ENODEV, "express"),
      (DomainFlags(rawValue: 0x100), EOPNOTSUPP, "100"),
    ] as [(DomainFlags, Int32, String)] {
      expectRefusal(code, of: "Driver.allocateProtectionDomain", naming: word) {
        _ = try driver.allocateProtectionDomain(flags: flags)
      }
    }
  }

  @Test func domainsOfNamesThatAreNotThePortsAreRefused() throws {
    // A name may be that of a cluster, with an index in front; there is no daemon to ask.
    for name in ["feed", "0@feed", "eth99", ""] {
      expectRefusal(ENODEV, of: "Driver.allocateProtectionDomain", naming: "'\(name)'") {
        _ = try driver.allocateProtectionDomain(named: name)
      }
    }
    #expect(try driver.allocateProtectionDomain(named: driver.identity.interface).interfaceName.hasPrefix("cable:"))
  }

  @Test func theThirtyThirdQueueIsRefused() throws {
    let owner = try domain.allocateVirtualInterface(InterfaceOptions(eventCapacity: 4096))
    var memory: [MemoryRegistration] = []
    func share(_ left: Int) throws {
      guard left > 0 else {
        expectRefusal(EBUSY, of: Self.allocate, naming: "32") {
          _ = try domain.allocateVirtualInterface(InterfaceOptions(), sharingEventsOf: owner)
        }
        return
      }
      let other = try domain.allocateVirtualInterface(InterfaceOptions(), sharingEventsOf: owner)
      #expect(other.label == UInt8(32 - left))
      try share(left - 1)
    }
    try share(31)
    memory.removeAll()
  }

  @Test func memoryThatIsNotPageAlignedIsRefused() throws {
    let memory = try DMAMemory(byteCount: 8192)
    expectRefusal(EINVAL, of: "MemoryRegistration", naming: "not aligned") {
      _ = try MemoryRegistration(domain, base: memory.base + 64, count: 4096)
    }
    expectRefusal(EINVAL, of: "MemoryRegistration", naming: "0 bytes") {
      _ = try MemoryRegistration(domain, base: memory.base, count: 0)
    }
  }

  @Test func memoryBeyondTheLimitOfLockedPagesIsRefused() throws {
    var limit = rlimit()
    let memoryLock = __rlimit_resource_t(8)
    getrlimit(memoryLock, &limit)
    guard limit.rlim_cur != rlim_t.max, limit.rlim_cur < 1 << 30, geteuid() != 0 else { return }
    expectRefusal(ENOMEM, of: "DMAMemory.init", naming: "\(limit.rlim_cur)") {
      _ = try DMAMemory(byteCount: Int(limit.rlim_cur) + 4096, locked: true)
    }
  }

  @Test func impossibleAndDoubleFiltersAreRefused() throws {
    let interface = try domain.allocateVirtualInterface()
    let filter = FilterSpecification.udp(local: IPEndpoint("10.0.0.1:5000")!)
    let cookie = try interface.addFilter(filter)
    for (specification, code) in [
      (filter, EEXIST), (FilterSpecification(), EINVAL), (filter.flags([.exclusive, .shared]), EINVAL),
    ] as [(FilterSpecification, Int32)] {
      do {
        try interface.addFilter(specification)
        Issue.record("nothing was refused")
      } catch {
        #expect(error.errno == code && !error.remedy.isEmpty, "\(error)")
      }
    }
    // The filter that was there is there still, and goes once.
    _ = try interface.queryFilter(cookie)
    try interface.removeFilter(cookie)
    #expect(throws: EtherFabricError.self) { try interface.removeFilter(cookie) }
  }

  @Test func aFullFilterTableIsRefused() throws {
    let interface = try domain.allocateVirtualInterface()
    for number in 0..<8192 {
      try interface.addFilter(
        .udp(local: IPEndpoint(IPAddress(ipv4: 0x0a00_0000 + UInt32(number)), port: 5000)))
    }
    do {
      try interface.addFilter(.unicastAll)
      Issue.record("nothing was refused")
    } catch {
      #expect(error.errno == EBUSY && !error.remedy.isEmpty, "\(error)")
    }
  }
}
