import EtherFabric
import Glibc
import NetworkLab
import Testing

@testable import EmulatedAdapter

/// One more interface is asked for while frames go both ways at full rate, and there is no memory for it. That is said,
/// nothing of it is left, and the traffic does not notice.
@Suite("No memory for one more interface at full rate", .serialized, .tags(.network), .timeLimit(.minutes(2)))
struct MemoryTests {
  static let call = "ProtectionDomain.allocateVirtualInterface"
  /// The largest there is: its parts are no crumbs that an allocator has lying about.
  static let large = InterfaceOptions(receiveCapacity: 4096, transmitCapacity: 2048)

  @Test(arguments: Wire.allCases) func theFaultPlanRefusesIt(_ wire: Wire) throws {
    try TroubleTests().underLoad(wire) { settings in
      settings.faults.failAllocations = [.virtualInterface: .only(2)]
    } _: { load in
      try Self.ask(&load, ENOMEM, Self.call) { domain in
        _ = try domain.allocateVirtualInterface()
      }
    }
  }

  /// In a process of its own: limits are of processes.
  @Test(arguments: Wire.allCases) func theKernelHasNone(_ wire: Wire) async throws {
    if wire.isOfTheKernel, let reason = Namespace.unavailableReason { try Test.cancel(Comment(rawValue: reason)) }
    await #expect(processExitsWith: .success) { [wire] in
      try TroubleTests().underLoad(wire) { load in
        try Self.ask(&load, ENOMEM, Self.call) { domain in
          try Limit.ofMemory.reached { _ = try domain.allocateVirtualInterface(Self.large) }
        }
        try Self.ask(&load, ENOMEM, "DMAMemory.init") { _ in
          try Limit.ofMemory.reached { _ = try DMAMemory(byteCount: 4 << 20) }
        }
      }
    }
  }

  /// There is an event queue already, and none for the rings. More refusals than an event queue has labels use up none.
  @Test(arguments: Wire.allCases) func theKernelHasNoneForTheRings(_ wire: Wire) async throws {
    if wire.isOfTheKernel, let reason = Namespace.unavailableReason { try Test.cancel(Comment(rawValue: reason)) }
    await #expect(processExitsWith: .success) { [wire] in
      try TroubleTests().underLoad(wire) { load in
        let domain = try load.port.driver.allocateProtectionDomain()
        let owner = try domain.allocateVirtualInterface()
        for _ in 0..<40 {
          #expect(throws: EtherFabricError.self) {
            try Limit.ofMemory.reached { _ = try domain.allocateVirtualInterface(Self.large, sharingEventsOf: owner) }
          }
        }
        try Self.ask(&load, ENOMEM, Self.call) { domain in
          try Limit.ofMemory.reached { _ = try domain.allocateVirtualInterface(Self.large, sharingEventsOf: owner) }
        }
        let next = try domain.allocateVirtualInterface(Self.large, sharingEventsOf: owner)
        #expect(next.instance == owner.instance + 1)
      }
    }
  }

  /// They have superbufs and streams in the place of rings.
  @Test(arguments: [Generation.x3, .x4Express]) func theKernelHasNoneForAnExpressInterface(
    _ generation: Generation
  ) async throws {
    await #expect(processExitsWith: .success) { [name = generation.rawValue as String] in
      try TroubleTests().underLoad(.cable) { settings in
        settings.generation = Generation(rawValue: name)!
      } _: { load in
        try Self.ask(&load, ENOMEM, Self.call) { domain in
          try Limit.ofMemory.reached { _ = try domain.allocateVirtualInterface() }
        }
      }
    }
  }

  /// An event queue has two: its signal, and what it waits on.
  @Test(arguments: Wire.allCases, [0, 1]) func thereIsNoDescriptor(_ wire: Wire, _ left: Int) async throws {
    if wire.isOfTheKernel, let reason = Namespace.unavailableReason { try Test.cancel(Comment(rawValue: reason)) }
    await #expect(processExitsWith: .success) { [wire, left] in
      try TroubleTests().underLoad(wire) { load in
        try Self.ask(&load, EMFILE, Self.call) { domain in
          try Limit.ofDescriptors(left: left).reached { _ = try domain.allocateVirtualInterface() }
        }
      }
    }
  }

  /// Asks for what is refused a few times while traffic flows, and then for an interface that there is memory for.
  static func ask(
    _ load: inout Load, _ code: Int32, _ operation: String, _ body: (ProtectionDomain) throws -> Void
  ) throws {
    let domain = try load.port.driver.allocateProtectionDomain()
    let adapter = load.adapter
    let interfaces = adapter.locked { $0.interfaces.count }
    let before = try Traces.now()
    let error = #expect(throws: EtherFabricError.self) { try body(domain) }
    #expect(error?.errno == code && error?.operation == operation, "\(error.map { "\($0)" } ?? "")")
    #expect(error?.remedy.isEmpty == false)
    let left = try Traces.now().additions(to: before)
    #expect(left == [], "\(left)")
    #expect(adapter.locked { $0.interfaces.count } == interfaces)
    let isFlowing = try load.flows()
    #expect(isFlowing)
    // The next has the number that the refused one would have had, and works.
    let next = try domain.allocateVirtualInterface(adapter.settings.generation.isEF10 ? large : InterfaceOptions())
    #expect(next.instance == UInt32(interfaces))
    #expect(adapter.locked { $0.interfaces.count } == interfaces + 1)
  }
}

/// A limit of this process, which is low while `body` runs.
struct Limit {
  let resource: __rlimit_resource_t
  let value: rlim_t

  /// RLIMIT_AS: no page more than there are.
  static let ofMemory = Limit(resource: __rlimit_resource_t(9), value: 1)

  /// RLIMIT_NOFILE: `left` descriptors, and no more.
  static func ofDescriptors(left: Int) -> Limit {
    var numbers: [Int32] = []
    while numbers.count <= left {
      let next = dup(0)
      precondition(next >= 0)
      numbers.append(next)
    }
    for number in numbers { close(number) }
    return Limit(resource: __rlimit_resource_t(7), value: rlim_t(numbers[left]))
  }

  func reached(_ body: () throws -> Void) throws {
    var before = rlimit()
    getrlimit(resource, &before)
    var low = before
    low.rlim_cur = value
    setrlimit(resource, &low)
    defer { setrlimit(resource, &before) }
    try body()
  }
}
