import EmulatedAdapter
import EmulatedWires
import EtherFabric
import EtherFabricEmulator
import EtherFabricFrames
import Glibc
import NetworkLab
import Synchronization
import Testing

@Suite("The kernel's stack behind a TAP", .tags(.network), .timeLimit(.minutes(1))) struct StackTests {
  final class Done: Sendable {
    let flag = Atomic(false)
  }

  @Test(arguments: ["x2", "x3", "x4-express"]) func pingsTheVirtualInterface(_ nic: String) throws {
    try Network.run {
      let driver = try Driver.open("emu:tap:t0,address=10.7.0.1/24,nic=\(nic)")
      let domain = try driver.allocateProtectionDomain()
      var endpoint = try Endpoint(domain, pool: try PacketPool(domain, count: 256))
      try endpoint.addFilter(.ethernet(driver.identity.macAddress))
      try endpoint.addFilter(.ethernet(.broadcast))
      let responder = HostResponder(mac: driver.identity.macAddress, ipv4: IPv4Address("10.7.0.2"))
      let done = Done()
      let ping = try LabThread {
        defer { done.flag.store(true, ordering: .releasing) }
        return try KernelPing("10.7.0.2", payload: 1400).run(count: 50)
      }
      while !done.flag.load(ordering: .acquiring) {
        guard let occurrence = endpoint.next() else { continue }
        guard case .received(let frame) = consume occurrence else { continue }
        let question = Self.copy(frame)
        frame.release()
        guard var buffer = endpoint.allocate() else { continue }
        let length = question.withUnsafeBytes { question in
          buffer.withUnsafeMutableBytes { responder.respond(to: question, into: $0) }
        }
        guard let length else { continue }
        buffer.count = length
        try endpoint.transmit(buffer)
      }
      let outcome = try ping.join()
      #expect(outcome.received == 50)
      #expect(outcome.damaged == 0 && outcome.duplicates == 0)
    }
  }

  private static func copy(_ frame: borrowing ReceivedFrame) -> [UInt8] { frame.bytes.withUnsafeBytes { Array($0) } }

  @Test func aFrameGoesByteForByte() throws {
    try Network.run {
      let wire = try TAPWire("t0") { $0.address = "10.7.0.1/24" }
      try Network.ip("neighbour replace 10.7.0.2 lladdr 02:00:00:00:00:02 dev t0 nud permanent")
      let socket = try KernelUDPSocket(bind: HostEndpoint("10.7.0.1", 4000))
      try socket.send([1, 2, 3], to: HostEndpoint("10.7.0.2", 5000))
      let arrival = try #require(wire.take())
      #expect(wire.take() == nil)
      #expect(Array(arrival[..<6]) == [2, 0, 0, 0, 0, 2] && Array(arrival[12..<14]) == [8, 0])
      #expect(Array(arrival[42..<45]) == [1, 2, 3] && arrival.count == 45)
      // And back, with the ends exchanged.
      var answer = arrival
      answer.replaceSubrange(0..<6, with: arrival[6..<12])
      answer.replaceSubrange(6..<12, with: arrival[0..<6])
      answer.replaceSubrange(26..<30, with: arrival[30..<34])
      answer.replaceSubrange(30..<34, with: arrival[26..<30])
      answer.replaceSubrange(34..<36, with: arrival[36..<38])
      answer.replaceSubrange(36..<38, with: arrival[34..<36])
      #expect(wire.send(answer) == .sent)
      let datagram = try socket.receive(timeout: .seconds(1))
      #expect(datagram?.bytes == [1, 2, 3])
      #expect(datagram?.source == HostEndpoint("10.7.0.2", 5000))
    }
  }

  @Test func aSleeperIsWokenByTheStack() throws {
    try Network.run {
      let wire = try TAPWire("t0") { $0.address = "10.7.0.1/24" }
      try Network.ip("neighbour replace 10.7.0.2 lladdr 02:00:00:00:00:02 dev t0 nud permanent")
      #expect(!wire.isReadable(20))
      let socket = try KernelUDPSocket(bind: HostEndpoint("10.7.0.1", 4000))
      try socket.send([1], to: HostEndpoint("10.7.0.2", 5000))
      #expect(wire.isReadable(1000))
      #expect(wire.take()?.count == 43)
      #expect(!wire.isReadable(20))
    }
  }

  @Test func whatTheQueueDoesNotHoldIsCounted() throws {
    try Network.run {
      let wire = try TAPWire("t0") {
        $0.address = "10.7.0.1/24"
        $0.queueLength = 16
      }
      try Network.ip("neighbour replace 10.7.0.2 lladdr 02:00:00:00:00:02 dev t0 nud permanent")
      let socket = try KernelUDPSocket(bind: HostEndpoint("10.7.0.1", 4000))
      for _ in 0..<100 { try? socket.send([1], to: HostEndpoint("10.7.0.2", 5000)) }
      var came = 0
      while wire.take() != nil { came += 1 }
      #expect(came >= 16 && came < 100)
      #expect(wire.counters().receiveDropped == UInt64(100 - came))
    }
  }
}
