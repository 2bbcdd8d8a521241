import EtherFabric
import EtherFabricEmulator
import EtherFabricFormats
import Testing

/// `ef_vi_filter_query`: the hardware's number of a filter, and the receive queue that it feeds.
@Suite struct FilterQueryTests {
  private static func interface(_ generation: String) throws -> VirtualInterface {
    try Driver.open("emu:cable:query-\(generation)/0,nic=\(generation)").allocateProtectionDomain()
      .allocateVirtualInterface(InterfaceOptions(receiveCapacity: 1024))
  }

  @Test(arguments: ["8000", "x2", "x3", "x4", "x4-express"])
  func aQueryNamesTheFilterAndItsQueue(_ generation: String) throws {
    let interface = try Self.interface(generation)
    let cookies = try (5000..<5002).map { try interface.addFilter(.udp(local: IPEndpoint("10.0.0.1:\($0)")!)) }
    let found = try cookies.map { try interface.queryFilter($0) }
    #expect(found[0].hardwareFilterID != found[1].hardwareFilterID)
    let queues = interface.receiveQueues.map { Int($0.queue) }
    for info in found {
      // EF10 has one receive queue for an interface, and does not say which.
      #expect(info.validFields == (queues.isEmpty ? .filterID : [.filterID, .receiveQueue]))
      #expect(queues.isEmpty || queues.contains(Int(info.receiveQueue)))
    }
    try interface.removeFilter(cookies[0])
    let error = #expect(throws: EtherFabricError.self) { _ = try interface.queryFilter(cookies[0]) }
    #expect(error?.errno == 22)
    #expect(try interface.queryFilter(cookies[1]) == found[1])
  }

  @Test func whatKeepsFramesFromTheKernelIsNoFilterOfTheHardwares() throws {
    let interface = try Self.interface("x2")
    #expect(try interface.queryFilter(interface.addFilter(.blockKernel)).validFields == [])
  }
}
