import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import Glibc
import Testing

/// Event merge and packed stream where they cannot be had, or not like that.
@Suite struct ReceptionTests {
  static let allocate = "ProtectionDomain.allocateVirtualInterface"

  private func open(_ options: String = "") throws -> Driver {
    try Driver.open("emu:cable:reception-\(UInt64.random(in: 0 ... .max))/0\(options)")
  }

  private func packed(_ options: InterfaceOptions) -> InterfaceOptions {
    var options = options
    options.flags.insert(.receivePackedStream)
    return options
  }

  @Test func packedStreamWantsADomainOfItsKind() throws {
    let driver = try open()
    let plain = try driver.allocateProtectionDomain()
    expectRefusal(EINVAL, of: Self.allocate, naming: "domain") {
      _ = try plain.allocateVirtualInterface(packed(InterfaceOptions()))
    }
    // The two flags are one to the driver.
    for flag in [DomainFlags.receivePackedStream, .registration64KiB] {
      let interface = try driver.allocateProtectionDomain(flags: flag)
        .allocateVirtualInterface(packed(InterfaceOptions()))
      #expect(interface.eventCapacity == 32767)
    }
  }

  @Test func sizesThatPackedStreamLacksAreRefused() throws {
    let domain = try open().allocateProtectionDomain(flags: .receivePackedStream)
    expectRefusal(EINVAL, of: Self.allocate, naming: "4096") {
      _ = try domain.allocateVirtualInterface(packed(InterfaceOptions(receiveCapacity: 4096)))
    }
    // 512 events less 511 transmits are none for a credit.
    expectRefusal(ENOSPC, of: Self.allocate, naming: "512") {
      _ = try domain.allocateVirtualInterface(packed(InterfaceOptions(eventCapacity: 512)))
    }
    _ = try domain.allocateVirtualInterface(packed(InterfaceOptions(transmitCapacity: 0, eventCapacity: 512)))
    let owner = try domain.allocateVirtualInterface()
    expectRefusal(EINVAL, of: Self.allocate, naming: "event queue") {
      _ = try domain.allocateVirtualInterface(packed(InterfaceOptions()), sharingEventsOf: owner)
    }
  }

  @Test(arguments: ["x3", "x4-express"])
  func adaptersOfSuperbufsHaveNeither(_ generation: String) throws {
    let driver = try open(",nic=\(generation)")
    for flag in [DomainFlags.receivePackedStream, .registration64KiB] {
      expectRefusal(
        EOPNOTSUPP, of: "Driver.allocateProtectionDomain", naming: String(flag.rawValue, radix: 16)
      ) { _ = try driver.allocateProtectionDomain(flags: flag) }
    }
    let domain = try driver.allocateProtectionDomain()
    for flag in [InterfaceFlags.receiveEventMerge, .receivePackedStream] {
      expectRefusal(EOPNOTSUPP, of: Self.allocate, naming: String(flag.rawValue, radix: 16)) {
        _ = try domain.allocateVirtualInterface(InterfaceOptions(flags: flag))
      }
    }
    for capability in [Capability.receiveMerge, .packedStream, .packedStreamBufferSizes] {
      #expect(throws: EtherFabricError.self) { try driver.capability(capability) }
    }
  }

  @Test func theExpressFunctionHasNoPackedStreamBesideAnAdapterThatHas() throws {
    let driver = try open(",nic=x4")
    _ = try driver.allocateProtectionDomain(flags: .receivePackedStream)
    expectRefusal(EOPNOTSUPP, of: "Driver.allocateProtectionDomain", naming: "4") {
      _ = try driver.allocateProtectionDomain(flags: [.express, .receivePackedStream])
    }
  }

  @Test func ownersRefuseWhatIsNotTheirs() throws {
    let domain = try open().allocateProtectionDomain(flags: .receivePackedStream)
    let pool = try PacketPool(domain, count: 16)
    expectRefusal(EINVAL, of: "Endpoint", naming: "packed stream") {
      _ = try Endpoint(domain, pool: pool, options: InterfaceOptions(flags: .receivePackedStream))
    }
    #expect(pool.available == 16)
    expectRefusal(EINVAL, of: "PackedStreamReceiver", naming: "0 descriptors") {
      _ = try PackedStreamReceiver(domain, options: InterfaceOptions(receiveCapacity: 0))
    }
    // As many as the ring holds, and never fewer than the stream needs.
    let small = try PackedStreamReceiver(
      domain, bufferCount: 1, options: InterfaceOptions(flags: .packedStream64K), hugePages: .never)
    #expect(small.bufferCount == 16)
  }

  @Test func memoryOfAPackedDomainKeepsItsAlignment() throws {
    let driver = try open()
    let domain = try driver.allocateProtectionDomain(flags: .receivePackedStream)
    var registrations: [MemoryRegistration] = []
    for pages in [1, 300, 7, 256, 513] {
      registrations.append(try MemoryRegistration(domain, DMAMemory(byteCount: pages * 4096)))
    }
    for registration in registrations {
      #expect(
        registration.address.rawValue % (1 << 20) == UInt64(UInt(bitPattern: registration.base) % (1 << 20)))
    }
    // What lies between is not lost: the table is whole again when all are gone.
    registrations.removeAll()
    let first = try MemoryRegistration(try driver.allocateProtectionDomain(), DMAMemory(byteCount: 4096))
    #expect(first.address.rawValue == 0x10_0000)
  }
}
