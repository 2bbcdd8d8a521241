import EtherFabric
import Glibc
import Testing

/// Where libciul does harm, or does not check.
@Suite(.timeLimit(.minutes(1)), .serialized) struct QuirkTests {
  @Test(arguments: EndpointTests.generations) func packetsThatAreNotOutAreRefused(_ generation: Generation) throws {
    let cable = try LibraryCable(generation)
    var interface = try cable.at(.left) { try $0.allocateProtectionDomain().allocateVirtualInterface() }
    for id in [0, 1, 0x0001_0000, 0x3fff_ffff, UInt32.max] {
      let error = #expect(throws: QueueError.self) { try interface.release(packet: id) }
      #expect(error?.kind == .unknownPacket)
      #expect(throws: TimestampError.self) { try interface.timestamp(ofPacket: id) }
    }
    #expect(interface.peekFuture() == nil)
  }

  @Test func aPacketIsReleasedOnce() throws {
    let cable = try LibraryCable(.x3)
    var sender = try cable.endpoint(.left)
    let mac = cable.right.identity.macAddress
    var interface = try cable.at(.right) { try $0.allocateProtectionDomain().allocateVirtualInterface() }
    try interface.addFilter(.ethernet(mac))
    try sender.send(cable.frame(1, to: mac))
    var events = EventBatch(capacity: 8)
    while interface.poll(&events) == 0 {}
    guard case .receiveReference(let packet) = events[0] else {
      Issue.record("\(events[0])")
      return
    }
    #expect(interface.packet(packet.packet).loadUnaligned(as: UInt8.self) == mac.byte(0))
    try interface.release(packet: packet.packet)
    let error = #expect(throws: QueueError.self) { try interface.release(packet: packet.packet) }
    #expect(error?.kind == .unknownPacket)
  }

  @Test(arguments: EndpointTests.generations) func timersDivideByNothing(_ generation: Generation) throws {
    let cable = try LibraryCable(generation)
    var interface = try cable.at(.left) {
      try $0.allocateProtectionDomain().allocateVirtualInterface(
        InterfaceOptions(flags: generation == .x2 ? .eventTimer : []))
    }
    interface.primeEventTimer(.microseconds(20))
    interface.runEventTimer(.seconds(1_000_000_000))
    interface.runEventTimer(.zero)
    interface.clearEventTimer()
    interface.zeroEventTimer()
  }

  @Test(arguments: EndpointTests.generations) func whatIsEF10sIsRefusedElsewhere(_ generation: Generation) throws {
    let cable = try LibraryCable(generation)
    var interface = try cable.at(.left) { try $0.allocateProtectionDomain().allocateVirtualInterface() }
    let isEF10 = generation == .x2
    var events = [Event](repeating: .none, count: 4)
    if isEF10 {
      #expect(throws: QueueError.self) {
        try events.withUnsafeMutableBufferPointer { try interface.receivePoll(into: $0) }
      }
      #expect(try interface.statisticsLayout == .receiveErrors)
      #expect(try interface.receiveLayout.map(\.kind) == [.frame])
      try interface.putSoftwareEvent(0xabc)
      var batch = EventBatch(capacity: 4)
      #expect(interface.poll(&batch) == 1 && batch[0] == .software(data: 0xabc))
    } else {
      #expect(try events.withUnsafeMutableBufferPointer { try interface.receivePoll(into: $0) } == 0)
      #expect(throws: EtherFabricError.self) { try interface.statisticsLayout }
      #expect(throws: EtherFabricError.self) { try interface.receiveLayout }
      let error = #expect(throws: QueueError.self) { try interface.receiveInit(DMAAddress(rawValue: 4096), id: 1) }
      #expect(error?.kind == .notImplemented)
    }
    #expect(interface.receiveDiscards.contains(.l4ChecksumError))
    interface.receiveDiscards = .frameCheckError
    #expect(interface.receiveDiscards.contains(.frameCheckError))
    #expect(!interface.receiveDiscards.contains(.l4ChecksumError))
    #expect(throws: EtherFabricError.self) { try interface.reinitializeEventQueue() }
    #expect(throws: EtherFabricError.self) { try interface.setPace(1) }
  }

  @Test func errorsOfTheLibraryAreTyped() throws {
    let cable = try LibraryCable(.x2)
    try cable.at(.left) { driver in
      let domain = try driver.allocateProtectionDomain()
      let flags = #expect(throws: EtherFabricError.self) {
        _ = try domain.allocateVirtualInterface(
          InterfaceOptions(flags: [.transmitAlternatives, .transmitTimestamps]))
      }
      #expect(flags?.errno == EOPNOTSUPP && flags?.reason.contains("ef_vi_alloc_from_pd") == true)
      var interface = try domain.allocateVirtualInterface()
      let cookie = try interface.addFilter(.ethernet(cable.right.identity.macAddress))
      let twice = #expect(throws: EtherFabricError.self) {
        try interface.addFilter(.ethernet(cable.right.identity.macAddress))
      }
      #expect(twice?.errno == EEXIST)
      #expect(try interface.queryFilter(cookie).validFields == .filterID)
      try interface.removeFilter(cookie)
      let gone = #expect(throws: EtherFabricError.self) { try interface.removeFilter(cookie) }
      #expect(gone?.errno == EINVAL)
      let none = #expect(throws: EtherFabricError.self) { try driver.capability(.receiveFilterSniff) }
      #expect(none?.errno == ENOSYS)
      try interface.flush()
    }
  }
}
