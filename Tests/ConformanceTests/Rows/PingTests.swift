import EtherFabric
import EtherFabricFrames
import NetworkLab
import Testing

@Suite("The peer's stack pings the adapter", .tags(.network), .timeLimit(.minutes(1)))
struct PingTests {
  @Test(arguments: BenchKind.allCases) func everyRequestIsAnswered(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      try station.interface.addFilter(.ethernet(.broadcast))
      let responder = HostResponder(mac: bench.portMAC, ipv4: IPv4Address("10.9.0.2"))
      var sent = 0
      let answers = try bench.ping("10.9.0.2", count: 20) {
        station.poll()
        for arrival in station.arrivals {
          var reply = [UInt8](repeating: 0, count: 2048)
          let length = arrival.bytes.withUnsafeBytes { question in
            reply.withUnsafeMutableBytes { responder.respond(to: question, into: $0) }
          }
          guard let length else { continue }
          try station.transmit(Array(reply[..<length]), id: sent)
          sent += 1
        }
        station.arrivals = []
      }
      #expect(answers == 20)
      if !kind.hasKernel { #expect(sent == 21) }
    }
  }
}
