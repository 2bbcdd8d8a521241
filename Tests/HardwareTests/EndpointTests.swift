import EtherFabric
import Glibc
import Testing

/// The owning level over libciul.
@Suite(.serialized, .timeLimit(.minutes(1))) struct EndpointTests {
  static let generations: [Generation] = [.x2, .x3, .x4Express]

  @Test(arguments: generations) func framesComeOverAndBuffersComeBack(_ generation: Generation) throws {
    let cable = try LibraryCable(generation)
    var sender = try cable.endpoint(.left)
    var receiver = try cable.endpoint(.right)
    let mac = cable.right.identity.macAddress
    try receiver.addFilter(.ethernet(mac))
    for number in 0..<1000 {
      let bytes = cable.frame(number, to: mac, length: 60 + number)
      try sender.send(bytes)
      #expect(receiver.bytes() == bytes)
      while case .sent? = sender.next() {}
    }
    #expect(sender.counters.packetsSent == 1000)
    #expect(receiver.counters.framesReceived == 1000)
    #expect(sender.interface.transmitFillLevel == 0)
  }

  @Test(arguments: generations) func aPoolIsWholeWhenItsEndpointHasGone(_ generation: Generation) throws {
    let cable = try LibraryCable(generation)
    let pool = try cable.at(.left) { driver in
      let domain = try driver.allocateProtectionDomain()
      let pool = try PacketPool(domain, count: 128)
      var endpoint = try Endpoint(domain, pool: pool)
      try endpoint.send(cable.frame(1, to: .broadcast))
      try endpoint.send(cable.frame(2, to: .broadcast))
      if generation == .x2 { #expect(pool.available < 128 - 8) }
      return pool
    }
    #expect(pool.available == 128)
  }

  @Test(arguments: [Generation.x3, .x4Express]) func framesOutliveTheirInterface(_ generation: Generation) throws {
    let cable = try LibraryCable(generation)
    var sender = try cable.endpoint(.left)
    let mac = cable.right.identity.macAddress
    let bytes = cable.frame(7, to: mac, length: 700)
    func receive() throws -> ReceivedFrame {
      var receiver = try cable.endpoint(.right)
      try receiver.addFilter(.ethernet(mac))
      try sender.send(bytes)
      let end = ContinuousClock.now + .seconds(2)
      while ContinuousClock.now < end {
        if let frame = receiver.receive() { return frame }
      }
      throw QueueError(.poolEmpty)
    }
    let frame = try receive()
    let kept = frame.bytes.withUnsafeBytes { Array($0) }
    #expect(kept == bytes)
  }

  @Test(arguments: generations) func aSleeperIsWoken(_ generation: Generation) throws {
    let cable = try LibraryCable(generation)
    var sender = try cable.endpoint(.left)
    var receiver = try cable.endpoint(.right)
    let mac = cable.right.identity.macAddress
    #expect(try !receiver.wait(timeout: .milliseconds(20)))
    try receiver.addFilter(.ethernet(mac))
    try sender.send(cable.frame(3, to: mac))
    #expect(try receiver.wait(timeout: .seconds(2)))
    #expect(receiver.bytes() == cable.frame(3, to: mac))
  }
}
