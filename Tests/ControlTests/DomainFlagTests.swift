import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Testing

/// The flags of a protection domain: their numbers, and the one that has no effect.
@Suite struct DomainFlagTests {
  /// `enum ef_pd_flags`, in its order.
  static let numbers: [(DomainFlags, UInt32)] = [
    (.standard, 0), (.virtualFunction, 0x1), (.physicalMode, 0x2), (.receivePackedStream, 0x4), (.virtualPort, 0x8),
    (.multicastLoopback, 0x10), (.registration64KiB, 0x20), (.ignoreBlacklist, 0x40), (.express, 0x80),
  ]

  @Test func allNineHaveTheirNumber() {
    #expect(Self.numbers.count == 9)
    for (flag, number) in Self.numbers { #expect(flag.rawValue == number) }
  }

  /// The list of ports that the driver is not to touch is the kernel's: no emulated port is on it.
  @Test(arguments: Generation.allCases) func theBlacklistMayBeIgnoredEverywhere(_ generation: Generation) throws {
    let segment = Segment(kind: .cable, name: "blacklist", portCount: 2, mtu: 1500)
    var settings = AdapterSettings()
    settings.generation = generation
    let adapter = try EmulatedAdapter(wire: segment.plug(into: 0), settings: settings)
    let domain = try adapter.allocateDomain(flags: .ignoreBlacklist)
    let options = InterfaceOptions(receiveCapacity: generation.isEF10 ? 512 : 1024)
    let grant = try adapter.allocateInterface(InterfaceRequest(domain: domain, options: options))
    #expect(grant.flags == (try adapter.allocateInterface(plain(adapter, options))).flags)
  }

  private func plain(_ adapter: EmulatedAdapter, _ options: InterfaceOptions) throws -> InterfaceRequest {
    InterfaceRequest(domain: try adapter.allocateDomain(flags: []), options: options)
  }
}
