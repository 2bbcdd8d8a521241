import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Glibc
import Testing

/// Domains with physical addresses: where memory lies, and what descriptors with such addresses do.
@Suite struct PhysicalModeTests {
  private static let length = 1 << 16

  private static func domain(_ device: String, _ flags: DomainFlags = .physicalMode) throws -> ProtectionDomain {
    try Driver.open(device).allocateProtectionDomain(flags: flags)
  }

  @Test func pagesLieAnywhereAboveTheAddressesOfBufferMode() throws {
    let domain = try Self.domain("emu:cable:phys-pages/0,phys=on")
    let memory = try MemoryRegistration(domain, DMAMemory(byteCount: Self.length))
    let pages = (0..<16).map { memory.dmaAddress($0 * 4096).rawValue }
    #expect(Set(pages).count == 16 && memory.address.rawValue == pages[0])
    #expect(pages.allSatisfy { $0 & 0xfff == 0 && $0 >= 1 << 43 && $0 < 1 << 44 })
    #expect(zip(pages, pages.dropFirst()).allSatisfy { $1 != $0 + 4096 })
    #expect(memory.dmaAddress(4096 + 17).rawValue == pages[1] + 17)
    #expect(memory.dmaAddress(Self.length - 1).rawValue == pages[15] + 4095)
    // They are no pointers.
    #expect(pages.allSatisfy { $0 != UInt64(UInt(bitPattern: memory.base)) })
    // A normal domain has its pages in order.
    let plain = try MemoryRegistration(Self.domain("emu:cable:phys-pages/0", []), DMAMemory(byteCount: Self.length))
    #expect((0..<16).allSatisfy { plain.dmaAddress($0 * 4096).rawValue == plain.address.rawValue + UInt64($0) * 4096 })
    #expect(plain.address.rawValue < 1 << 43)
  }

  @Test func hugePagesAreWhole() throws {
    let domain = try Self.domain("emu:cable:phys-huge/0,phys=on")
    var base: UnsafeMutableRawPointer?
    #expect(posix_memalign(&base, 2 << 20, 6 << 20) == 0)
    let memory = base!
    defer { free(memory) }
    // A page before, two huge pages, two pages behind.
    let registration = try MemoryRegistration(domain, base: memory + (2 << 20) - 4096, count: (4 << 20) + 3 * 4096)
    let page = { registration.dmaAddress($0 * 4096).rawValue }
    #expect(page(1) & 0x1f_ffff == 0 && page(513) & 0x1f_ffff == 0)
    #expect((1..<512).allSatisfy { page($0 + 1) == page($0) + 4096 })
    for (before, after) in [(0, 1), (512, 513), (1024, 1025), (1025, 1026)] {
      #expect(page(after) != page(before) + 4096)
    }
  }

  @Test func framesGoBothWaysAndADescriptorMayCrossPages() throws {
    let left = try Self.domain("emu:cable:phys-send/0,phys=on")
    let right = try Self.domain("emu:cable:phys-send/1,phys=on")
    var base: UnsafeMutableRawPointer?
    #expect(posix_memalign(&base, 2 << 20, 2 << 20) == 0)
    let huge = base!
    defer { free(huge) }
    var sender = try left.allocateVirtualInterface()
    var receiver = try right.allocateVirtualInterface()
    #expect(sender.flags.isSuperset(of: [.transmitPhysicalAddresses, .receivePhysicalAddresses]))
    try receiver.addFilter(.unicastAll)
    let source = try MemoryRegistration(left, base: huge, count: 2 << 20)
    let target = try MemoryRegistration(right, DMAMemory(byteCount: Self.length))
    for index in 0..<8 { try receiver.receivePost(target.dmaAddress(index * 2048), id: RequestID(index)) }
    for index in 0..<1000 {
      huge.storeBytes(of: UInt8(truncatingIfNeeded: index), toByteOffset: 3600 + index, as: UInt8.self)
    }
    right.driver.identity.macAddress.store(to: huge + 3600)
    try sender.transmit(source.dmaAddress(3600), length: 1000, id: 7)
    #expect(sender.transmitFillLevel == 1, "one descriptor, over two pages")
    var events = EventBatch(capacity: 4)
    let count = receiver.poll(&events)
    try #require(count == 1)
    guard case .receive(let event) = events[0] else { throw Missing(what: "receive event") }
    #expect(event.bytes == 1000 && memcmp(target.base, huge + 3600, 1000) == 0)
  }

  @Test func whatIsNotInOnePieceIsADMAFault() throws {
    let domain = try Self.domain("emu:cable:phys-fault/0,phys=on")
    let memory = try MemoryRegistration(domain, DMAMemory(byteCount: Self.length))
    let plain = try MemoryRegistration(Self.domain("emu:cable:phys-fault/0", []), DMAMemory(byteCount: 4096))
    let cases: [(String, DMAAddress, Int)] = [
      ("across scattered pages", memory.dmaAddress(4000), 200),
      ("behind the memory", memory.dmaAddress(Self.length - 4096).advanced(by: 1 << 20), 60),
      ("of a buffer mode domain", plain.address, 60), ("nowhere", DMAAddress(rawValue: (1 << 48) - 4096), 60),
    ]
    for (name, address, length) in cases {
      var interface = try domain.allocateVirtualInterface()
      try interface.transmit(address, length: length, id: 1)
      var events = EventBatch(capacity: 4)
      interface.poll(&events)
      #expect(events.indices.contains { if case .transmitError = events[$0] { true } else { false } }, "\(name)")
    }
    // And the addresses are none for buffer mode.
    var interface = try Self.domain("emu:cable:phys-fault/0", []).allocateVirtualInterface()
    try interface.transmit(memory.address, length: 60, id: 1)
    var events = EventBatch(capacity: 4)
    interface.poll(&events)
    #expect(events.indices.contains { if case .transmitError = events[$0] { true } else { false } })
  }

  /// As on a bus: whoever has physical addresses reaches the memory of other such domains.
  @Test func otherPhysicalDomainsAreWithinReach() throws {
    let first = try Self.domain("emu:cable:phys-reach/0,phys=on")
    let second = try Self.domain("emu:cable:phys-reach/0")
    let memory = try MemoryRegistration(second, DMAMemory(byteCount: 4096))
    _ = try Driver.open("emu:cable:phys-reach/1")
    var interface = try first.allocateVirtualInterface()
    try interface.transmit(memory.address, length: 60, id: 1)
    var events = EventBatch(capacity: 4)
    let count = interface.poll(&events)
    try #require(count == 1)
    guard case .transmit = events[0] else { throw Missing(what: "completion") }
  }

  @Test func addressesComeBackWhenMemoryIsUnregistered() throws {
    let domain = try Self.domain("emu:cable:phys-free/0,phys=on")
    let memory = try DMAMemory(byteCount: Self.length)
    let first = try MemoryRegistration(domain, memory).address
    for _ in 0..<100 { #expect(try MemoryRegistration(domain, memory).address == first) }
  }

  @Test func permissionIsTheDrivers() throws {
    let off = try Driver.open("emu:cable:phys-off/0,phys=off")
    let error = #expect(throws: EtherFabricError.self) { _ = try off.allocateProtectionDomain(flags: .physicalMode) }
    #expect(error?.errno == EPERM && error?.remedy.contains("phys=on") == true)
    _ = try Driver.open("emu:cable:phys-on/0,phys=on").allocateProtectionDomain(flags: .physicalMode)
    // Without the option the group 0 may.
    let group = try Driver.open("emu:cable:phys-group/0")
    do {
      _ = try group.allocateProtectionDomain(flags: .physicalMode)
      #expect(getegid() == 0)
    } catch {
      #expect(getegid() != 0)
    }
    #expect(try group.capability(.physicalMode) == 1, "a capability is of the adapter, not of the program")
  }

  /// X3 and X4 express take the flag and do not change their ways.
  @Test(arguments: ["x3", "x4-express"]) func expressAdaptersHaveNoSuchMode(_ nic: String) throws {
    let domain = try Self.domain("emu:cable:phys-\(nic)/0,phys=on,nic=\(nic)")
    let error = #expect(throws: EtherFabricError.self) { _ = try domain.capability(.physicalMode) }
    #expect(error?.errno == EOPNOTSUPP)
    let memory = try MemoryRegistration(domain, DMAMemory(byteCount: Self.length))
    #expect(memory.dmaAddress(4096).rawValue == memory.address.rawValue + 4096)
    let options = InterfaceOptions(receiveCapacity: 1024, transmitCapacity: 512, flags: .transmitPhysicalAddresses)
    #expect(try domain.allocateVirtualInterface(options).flags.isDisjoint(with: .transmitPhysicalAddresses))
  }

  @Test func theCallersFlagsAreNotAsked() throws {
    let plain = try Self.domain("emu:cable:phys-flags/0,phys=on", [])
    let flags: InterfaceFlags = [.transmitPhysicalAddresses, .receivePhysicalAddresses]
    #expect(try plain.allocateVirtualInterface(InterfaceOptions(flags: flags)).flags.isDisjoint(with: flags))
  }
}
