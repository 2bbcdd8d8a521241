import EmulatedAdapter
import EmulatedWires
import EtherFabric
import EtherFabricEmulator
import Glibc
import Testing

/// PIO, cut-through and alternatives where there are none, and rings, registers and apertures full of nonsense.
@Suite struct SendingTests {
  private static func device(_ options: String = "") -> String {
    "emu:cable:sending-\(UInt64.random(in: 0 ... .max))/0" + options
  }

  @Test(arguments: ["x3", "x4-express"])
  func anAdapterWithoutDescriptorsHasNoneOfIt(_ generation: String) throws {
    let driver = try Driver.open(Self.device(",nic=\(generation)"))
    let domain = try driver.allocateProtectionDomain()
    expectRefusal(EOPNOTSUPP, of: "ProtectionDomain.allocatePIO", naming: "PIO") { _ = try domain.allocatePIO() }
    expectRefusal(EOPNOTSUPP, of: "ProtectionDomain.allocateVirtualInterface", naming: "400000") {
      _ = try domain.allocateVirtualInterface(InterfaceOptions(flags: .transmitAlternatives))
    }
    for capability in [Capability.pio, .pioBufferSize, .transmitAlternatives, .transmitAlternativesFIFOs] {
      expectRefusal(EOPNOTSUPP, of: "Driver.capability", naming: "") { _ = try driver.capability(capability) }
    }
  }

  @Test func aPIOBufferOfAnotherAdapterIsRefused() throws {
    let domain = try Driver.open(Self.device()).allocateProtectionDomain()
    let other = try Driver.open(Self.device()).allocateProtectionDomain()
    let foreign = try other.allocatePIO()
    var interface = try domain.allocateVirtualInterface()
    do {
      try interface.linkPIO(foreign)
      Issue.record("nothing was refused")
    } catch {
      #expect(error.errno == EINVAL && error.reason.contains("belongs to"))
    }
    var receiveOnly = try domain.allocateVirtualInterface(InterfaceOptions(transmitCapacity: 0))
    do {
      try receiveOnly.linkPIO(domain.allocatePIO())
      Issue.record("nothing was refused")
    } catch {
      #expect(error.errno == EINVAL && error.reason.contains("transmit ring"))
    }
    // What was refused is free for its own.
    var own = try other.allocateVirtualInterface()
    try own.linkPIO(foreign)
    #expect(own.pioSize == 2048)
  }

  @Test func seventeenPIOBuffersAreOneTooMany() throws {
    let domain = try Driver.open(Self.device()).allocateProtectionDomain()
    var buffers = try (0..<16).map { _ in try domain.allocatePIO() }
    expectRefusal(ENOSPC, of: "ProtectionDomain.allocatePIO", naming: "16") { _ = try domain.allocatePIO() }
    buffers.removeLast()
    _ = try domain.allocatePIO()
  }

  @Test func closedDriversHaveNoBuffers() throws {
    let driver = try Driver.open(Self.device())
    let domain = try driver.allocateProtectionDomain()
    driver.close()
    expectRefusal(EBADF, of: "ProtectionDomain.allocatePIO", naming: "closed") { _ = try domain.allocatePIO() }
  }

  /// Words, doorbells, commands and aperture contents by chance: the ring stops and starts again, nothing else happens.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func nonsenseStopsTheRingAtMost(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let segment = Segment(kind: .cable, name: "nonsense", portCount: 2, mtu: 1500)
    let adapter = try EmulatedAdapter(wire: segment.plug(into: 0))
    let far = try EmulatedAdapter(wire: segment.plug(into: 1))
    let domain = try adapter.allocateDomain(flags: [])
    let memory = try DMAMemory(byteCount: 1 << 16)
    let address = try adapter.register(memory.base, byteCount: memory.count, domain: domain)
    let options = InterfaceOptions(flags: [.cutThrough, .transmitAlternatives])
    let grant = try adapter.allocateInterface(InterfaceRequest(domain: domain, options: options))
    _ = try adapter.linkPIO(adapter.allocatePIO(domain: domain), interface: grant.resource)
    let fifos = try adapter.allocateAlternatives(4, bytes: 8192, interface: grant.resource)
    let aperture = try #require(grant.cutThroughAperture)
    let command = try #require(grant.command)
    let service = try #require(grant.service)
    for _ in 0..<20_000 {
      let draw = random.next()
      let slot = Int(random.next() & 511)
      switch draw % 8 {
      case 0: grant.transmitRing[slot] = random.next()
      case 1: grant.transmitRing[slot] = 0x9000_0000_0000_0000 | random.next() & 0x0bff_0fff_0000_0fff
      case 2: grant.transmitRing[slot] = 0xa800_0000_0000_0000 | (random.next() & 0x1f) << 48
      case 3:
        grant.transmitRing[slot] =
          address.rawValue + random.next() % 60000 | (random.next() % 3000) << 48
          | (random.next() & 1) << 62
      case 4:
        grant.doorbells.storeBytes(of: UInt32(slot), toByteOffset: 0xa18, as: UInt32.self)
        service(grant.serviceContext, InterfaceGrant.Reason.transmitDoorbell)
      case 5: command(grant.serviceContext, 0xa18, 0xa00 | random.next() & 0x1ff)
      case 6:
        aperture.storeBytes(of: UInt32(truncatingIfNeeded: random.next()), as: UInt32.self)
        command(grant.serviceContext, 0x3000, random.next() % 80 * 64)
      default:
        command(grant.serviceContext, Int(random.next() % 0x4000), random.next())
        if random.next() % 8 == 0 {
          try adapter.restartTransmit(interface: grant.resource)
          try adapter.restartEvents(interface: grant.resource)
        }
      }
    }
    // It sends as before.
    try adapter.freeAlternatives(interface: grant.resource)
    try adapter.restartTransmit(interface: grant.resource)
    try adapter.restartEvents(interface: grant.resource)
    let sent = adapter.statistics()["tx_packets"] ?? 0
    grant.transmitRing[0] = address.rawValue | 60 << 48
    grant.doorbells.storeBytes(of: 1, toByteOffset: 0xa18, as: UInt32.self)
    service(grant.serviceContext, InterfaceGrant.Reason.transmitDoorbell)
    #expect(adapter.statistics()["tx_packets"] == sent + 1)
    #expect(grant.eventQueue.load(as: UInt64.self) == 0x2000_0000_0000_0000 && fifos.count == 4)
    withExtendedLifetime((far, memory)) {}
  }
}
