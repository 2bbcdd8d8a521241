import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import Testing

/// The receive error counters: layout, reading, reset.
@Suite struct ReceiveErrorTests {
  private func read(_ interface: borrowing VirtualInterface, reset: Bool = false) throws -> [UInt32] {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 8)
    defer { bytes.deallocate() }
    try interface.queryStatistics(into: bytes, reset: reset)
    return (0..<4).map { bytes.load(fromByteOffset: $0 * 4, as: UInt32.self) }
  }

  @Test func theLayoutIsTheLibrarys() throws {
    let interface = try Driver.open("emu:cable:errors-layout/0").allocateProtectionDomain().allocateVirtualInterface()
    let layout = try interface.statisticsLayout
    #expect(layout.byteCount == 16)
    #expect(
      layout.fields.map(\.name) == [
        "RX CRC errors", "RX trunk errors", "RX no descriptor errors", "RX abort errors",
      ])
    #expect(layout.fields.map(\.offset) == [0, 4, 8, 12] && layout.fields.allSatisfy { $0.size == 4 })
    #expect(try read(interface) == [0, 0, 0, 0])
  }

  /// A sender to a receiver with some descriptors.
  private final class Pair {
    var sender: VirtualInterface
    var receiver: VirtualInterface
    private let memory: (MemoryRegistration, MemoryRegistration)
    var events = EventBatch(capacity: 64)
    private var ids = [RequestID](repeating: .none, count: 64)

    init(_ name: String, posted: Int, options: String = "") throws {
      let drivers = [try Driver.open("emu:cable:\(name)/0"), try Driver.open("emu:cable:\(name)/1\(options)")]
      let domains = try drivers.map { try $0.allocateProtectionDomain() }
      memory = (
        try MemoryRegistration(domains[0], DMAMemory(byteCount: 1 << 16)),
        try MemoryRegistration(domains[1], DMAMemory(byteCount: 1 << 20))
      )
      sender = try domains[0].allocateVirtualInterface()
      receiver = try domains[1].allocateVirtualInterface()
      try receiver.addFilter(.unicastAll)
      for index in 0..<posted { try receiver.receiveInit(memory.1.dmaAddress(index * 2048), id: RequestID(index)) }
      receiver.receivePush()
      memory.0.base.storeBytes(of: 0x02, as: UInt8.self)
    }

    func send(_ length: Int) throws {
      try sender.transmit(memory.0.dmaAddress(0), length: length, id: 1)
      sender.poll(&events)
      guard events.count == 1, case .transmit(let event) = events[0] else { return }
      _ = ids.withUnsafeMutableBufferPointer { sender.unbundle(event, into: $0) }
    }
  }

  @Test func damageIsCountedByItsKind() throws {
    let pair = try Pair("errors", posted: 504, options: ",seed=5,rx-corrupt=20%,rx-truncate=20%")
    for _ in 0..<400 { try pair.send(1000) }
    var marked = 0
    while pair.receiver.poll(&pair.events) > 0 {
      for index in pair.events.indices {
        if case .receiveDiscard(let discard) = pair.events[index], discard.reason == .frameCheckBad { marked += 1 }
      }
    }
    let errors = try read(pair.receiver)
    #expect(errors[0] > 20 && errors[1] > 20 && Int(errors[0] + errors[1]) == marked)
    #expect(errors[2] == 0 && errors[3] == 0)
    #expect(try read(pair.receiver, reset: true) == errors)
    #expect(try read(pair.receiver) == [0, 0, 0, 0])
    // A reset does not touch the counters by name.
    #expect(pair.receiver.statistics()["rx_fcs_errors"] == UInt64(errors[0]))
    #expect(pair.receiver.statistics()["rx_cut"] == UInt64(errors[1]))
  }

  @Test func missingDescriptorsAreCountedByWhatTheyDid() throws {
    let pair = try Pair("errors-ring", posted: 8)
    for _ in 0..<5 { try pair.send(60) }
    // Five buffers for it, and three are left.
    try pair.send(8000)
    for _ in 0..<7 { try pair.send(60) }
    while pair.receiver.poll(&pair.events) > 0 {}
    #expect(try read(pair.receiver, reset: true) == [0, 0, 7, 1])
    for _ in 0..<3 { try pair.send(60) }
    while pair.receiver.poll(&pair.events) > 0 {}
    #expect(try read(pair.receiver) == [0, 0, 3, 0])
  }

  @Test func anotherRoomIsRefused() throws {
    let interface = try Driver.open("emu:cable:errors-room/0").allocateProtectionDomain().allocateVirtualInterface()
    for count in [0, 8, 15, 17, 32] {
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 8)
      defer { bytes.deallocate() }
      let error = #expect(throws: EtherFabricError.self) { try interface.queryStatistics(into: bytes, reset: true) }
      #expect(error?.errno == 22)
    }
  }

  @Test(arguments: ["x3", "x4-express"]) func onlyEF10HasThem(_ generation: String) throws {
    let driver = try Driver.open("emu:cable:errors-\(generation)/0,nic=\(generation)")
    let domain = try driver.allocateProtectionDomain(flags: generation == "x3" ? [] : .express)
    let interface = try domain.allocateVirtualInterface(InterfaceOptions(receiveCapacity: 1024))
    #expect(throws: EtherFabricError.self) { try interface.statisticsLayout }
    let error = #expect(throws: EtherFabricError.self) { _ = try read(interface) }
    #expect(error?.errno == 22)
  }

  @Test func noAdapterPaces() throws {
    var interface = try Driver.open("emu:cable:pace/0").allocateProtectionDomain().allocateVirtualInterface()
    let error = #expect(throws: EtherFabricError.self) { try interface.setPace(1) }
    #expect(error?.errno == 95)
    #expect(interface.mtu == 9000)
  }
}
