import EtherFabric
import Glibc
import Testing

/// Sets by the API: interfaces and endpoints as members.
@Suite struct SetEndpointTests {
  @Test func endpointsShareTheFlowsOfASet() throws {
    let left = try Driver.open("emu:cable:set-endpoint/0")
    let right = try Driver.open("emu:cable:set-endpoint/1")
    let leftDomain = try left.allocateProtectionDomain()
    let rightDomain = try right.allocateProtectionDomain()
    let leftPool = try PacketPool(leftDomain, count: 64)
    let pools = [try PacketPool(rightDomain, count: 256), try PacketPool(rightDomain, count: 256)]
    var sender = try Endpoint(leftDomain, pool: leftPool)
    let set = try rightDomain.allocateVirtualInterfaceSet(count: 2)
    #expect(set.count == 2 && set.domain === rightDomain)
    var first = try Endpoint(set, pool: pools[0])
    var second = try Endpoint(set, index: 1, pool: pools[1])
    let cookie = try set.addFilter(.ethernet(right.identity.macAddress))
    func send(_ count: UInt32) throws {
      for host in 1...count {
        var buffer = try unwrap(leftPool.allocate())
        let bytes = FlowFrame(to: right.identity.macAddress, host: host).bytes
        buffer.count = bytes.count
        buffer.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
        try sender.transmit(buffer)
        _ = EndpointTests.hasNothing(&sender)
      }
    }
    func drain(_ endpoint: inout Endpoint) -> Int {
      var count = 0
      while let frame = endpoint.receive() {
        count += 1
        frame.release()
      }
      return count
    }
    try send(50)
    let counts = (drain(&first), drain(&second))
    #expect(counts.0 + counts.1 == 50 && counts.0 > 5 && counts.1 > 5)
    try set.removeFilter(cookie)
    #expect(throws: EtherFabricError.self) { try set.removeFilter(cookie) }
    try send(10)
    #expect(drain(&first) + drain(&second) == 0)
  }

  @Test func aMemberKeepsItsPlaceUntilItGoes() throws {
    let domain = try Driver.open("emu:cable:set-place/0").allocateProtectionDomain()
    let set = try domain.allocateVirtualInterfaceSet(count: 2)
    do {
      let member = try set.allocateVirtualInterface(index: 1)
      let owner = try set.allocateVirtualInterface()
      #expect(member.label == 0 && owner.label == 0)
      let error = #expect(throws: EtherFabricError.self) { _ = try set.allocateVirtualInterface(index: 1) }
      #expect(error?.errno == EEXIST)
    }
    let owner = try set.allocateVirtualInterface(index: 1, InterfaceOptions(eventCapacity: 4096))
    let sharer = try set.allocateVirtualInterface(sharingEventsOf: owner)
    #expect(sharer.label == 1)
  }

  @Test func aPoolOfAnotherDomainIsRefused() throws {
    let driver = try Driver.open("emu:cable:set-pool/0")
    let set = try driver.allocateProtectionDomain().allocateVirtualInterfaceSet(count: 1)
    let pool = try PacketPool(driver.allocateProtectionDomain(), count: 16)
    let error = #expect(throws: EtherFabricError.self) { _ = try Endpoint(set, pool: pool) }
    #expect(error?.errno == EINVAL)
    // Nothing was taken.
    _ = try set.allocateVirtualInterface(index: 0)
  }
}
