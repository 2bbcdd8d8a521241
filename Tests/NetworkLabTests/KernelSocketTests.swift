import EtherFabric
import Glibc
import NetworkLab
import Testing

@Suite(.timeLimit(.minutes(1)), .privateNetwork) struct KernelSocketTests {
  private let here: HostAddress = "10.9.0.1"
  private let silent: HostAddress = "10.9.0.2"

  /// Runs `body` beside a neighbour that never answers.
  private func inside(_ body: (VethPair) throws -> Void) throws {
    try Namespace.run {
      let pair = try VethPair()
      try pair.addNeighbour(silent, pair.adapterMAC)
      try body(pair)
    }
  }

  @Test func datagramsArrive() throws {
    try inside { _ in
      let server = try KernelUDPSocket(bind: HostEndpoint(here, 0))
      let client = try KernelUDPSocket(bind: HostEndpoint(here, 0))
      try client.send([1, 2, 3], to: server.localEndpoint)
      let datagram = try #require(try server.receive(timeout: patience))
      #expect(datagram == KernelUDPSocket.Datagram(bytes: [1, 2, 3], source: client.localEndpoint))
      #expect(try server.receive(timeout: moment) == nil)
    }
  }

  @Test func emptyAndCutDatagrams() throws {
    try inside { _ in
      let server = try KernelUDPSocket(bind: HostEndpoint(here, 0))
      let client = try KernelUDPSocket()
      try client.send([], to: server.localEndpoint)
      try client.send([9, 8, 7], to: server.localEndpoint)
      #expect(try server.receive(timeout: patience)?.bytes == [])
      #expect(try server.receive(timeout: patience, maximum: 2)?.bytes == [9, 8])
    }
  }

  @Test func burstsArriveInOrder() throws {
    try inside { _ in
      let server = try KernelUDPSocket(bind: HostEndpoint(here, 0), receiveBuffer: 256 << 10)
      #expect(server.receiveBuffer >= 256 << 10)
      let client = try KernelUDPSocket()
      try client.connect(to: server.localEndpoint)
      let bytes: [UInt8] = (0..<200).flatMap { number -> [UInt8] in [UInt8(number), 1, 2, 3] }
      let sent = try bytes.withUnsafeBytes { try client.sendBurst($0, size: 4) }
      #expect(sent == 200)
      for number in 0..<200 {
        #expect(try server.receive(timeout: patience)?.bytes == [UInt8(number), 1, 2, 3])
      }
      #expect(server.drops == 0)
    }
  }

  @Test func aFullBufferCountsDrops() throws {
    try inside { _ in
      let server = try KernelUDPSocket(bind: HostEndpoint(here, 0), receiveBuffer: 4096)
      let client = try KernelUDPSocket()
      try client.connect(to: server.localEndpoint)
      let bytes = [UInt8](repeating: 5, count: 64 * 500)
      _ = try bytes.withUnsafeBytes { try client.sendBurst($0, size: 500) }
      var received = 0
      while try server.receive(timeout: moment) != nil { received += 1 }
      #expect(received > 0)
      #expect(server.drops == 64 - received)
      #expect(ProtocolCounters()["Udp.RcvbufErrors"] == Int64(64 - received))
    }
  }

  @Test func pollingDoesNotWait() throws {
    try inside { _ in
      let server = try KernelUDPSocket(bind: HostEndpoint(here, 0))
      let client = try KernelUDPSocket()
      try client.connect(to: server.localEndpoint)
      var buffer = [UInt8](repeating: 0, count: 64)
      #expect(buffer.withUnsafeMutableBytes { server.poll(into: $0) } == -1)
      #expect([UInt8](repeating: 3, count: 10).withUnsafeBytes { client.send($0) })
      let end = ContinuousClock.now + patience
      var length = -1
      while length < 0 && ContinuousClock.now < end { length = buffer.withUnsafeMutableBytes { server.poll(into: $0) } }
      #expect(length == 10)
    }
  }

  @Test func aClosedPortAnswers() throws {
    try inside { _ in
      let client = try KernelUDPSocket()
      try client.connect(to: HostEndpoint(here, 9))
      try client.send([1])
      let error = #expect(throws: EtherFabricError.self) { _ = try client.receive(timeout: patience) }
      #expect(error?.errno == ECONNREFUSED)
      #expect(ProtocolCounters()["Udp.NoPorts"] == 1)
    }
  }

  @Test func pingCountsAnswers() throws {
    try inside { _ in
      let answered = try KernelPing(here, payload: 1000).run(count: 3, timeout: patience)
      #expect(answered.received == 3 && answered.roundTrips.count == 3)
      #expect(answered.damaged == 0 && answered.duplicates == 0)
      let lost = try KernelPing(silent).run(count: 2, timeout: moment)
      #expect(lost.sent == 2 && lost.received == 0)
    }
  }

  @Test func connectionAttempts() throws {
    try inside { pair in
      let listener = try KernelTCPListener(bind: HostEndpoint(here, 0))
      #expect(try KernelTCP.connect(to: listener.localEndpoint, timeout: patience) == .connected)
      #expect(listener.accept(timeout: patience)?.address == here)
      #expect(try KernelTCP.connect(to: HostEndpoint(here, 9), timeout: patience) == .refused)
      #expect(try KernelTCP.connect(to: HostEndpoint(silent, 80), timeout: moment) == .timedOut)
      #expect(
        try KernelTCP.connect(to: HostEndpoint("192.0.2.1", 80), timeout: moment) == .failed(errno: ENETUNREACH))
    }
  }
}
