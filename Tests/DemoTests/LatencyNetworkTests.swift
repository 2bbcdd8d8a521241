import Glibc
import NetworkLab
import Testing

@Suite(.serialized, .timeLimit(.minutes(1)), .privateNetwork) struct LatencyNetworkTests {
  private static let brief = ["--sizes", "1,1024", "--minms", "0", "--maxms", "20000", "--miniter", "200"]

  @Test func bothEndsOfAPrivatePair() throws {
    let ended = try Tool(["latency", "--private-network"] + Self.brief).end()
    #expect(ended.status == 0, "\(ended.errors)")
    let table = try Table(ended.output)
    table.check()
    #expect(table.rows.map(\.size) == [1, 1024])
    #expect(table.comments.contains("# wire: afpacket:k0 - afpacket:a0"))
  }

  @Test func twoProcesses() throws {
    try Namespace.run {
      let pair = try VethPair()
      let pong = try Tool(["latency", "emu:afpacket:\(pair.adapterEnd)", "--role", "pong", "--local", "10.9.0.2"])
      #expect(pong.wait(for: "# pinning"))
      let ping = try Tool(
        ["latency", "emu:afpacket:\(pair.kernelEnd)", "--role", "ping", "--local", "10.9.0.3", "--peer", "10.9.0.2"]
          + Self.brief
      ).end()
      #expect(ping.status == 0, "\(ping.errors)")
      #expect(try Table(ping.output).rows.map(\.size) == [1, 1024])
      pong.send(SIGINT)
      let ended = try pong.end()
      #expect(ended.status == 0 && ended.output.contains(/# echoed: [1-9][0-9]{3}/), "\(ended.output)")
    }
  }

  @Test func nobodyAnswers() throws {
    try Namespace.run {
      let pair = try VethPair()
      let ping = try Tool.run("latency", "emu:afpacket:\(pair.adapterEnd)", "--role", "ping", "--peer", "10.9.0.77")
      #expect(ping.status == 1 && ping.errors.contains("nobody answered who has 10.9.0.77"))
    }
  }
}
