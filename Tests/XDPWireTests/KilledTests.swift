import BuiltTool
import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import NetworkLab
import Testing
import WireDriver

@Suite("An XDP wire whose process is killed", .needsXDP, .timeLimit(.minutes(1)))
struct KilledTests {
  @Test("leaves no program, and its queue can be bound again", arguments: ["native", "generic"], ["own", "user"])
  func killed(_ attach: String, _ memory: String) throws {
    try Namespace.run {
      let pair = try VethPair(queues: 2)
      let before = try VethPair.ip("-details link show")
      for signal in [SIGKILL, SIGKILL] {
        let child = try Tool([
          "sink", "emu:xdp:a0,attach=\(attach),queues=1,memory=\(memory)", "udp:10.9.0.2:7000", "--seconds", "60",
        ])
        #expect(try eventually { try VethPair.ip("-details link show dev a0").contains("prog/xdp") })
        child.send(signal)
        #expect(try child.wait().status == 128 + signal)
        #expect(try eventually { try VethPair.ip("-details link show") == before })
        let wire = try XDPWire { $0.attach = attach == "native" ? .native : .generic }
        #expect(wire.line("queues") == "2 of 2, sent on queue 0")
        let peer = try Peer()
        #expect(peer.send(pair.incoming(1)))
        #expect(wire.take(1).map(\.bytes) == [pair.incoming(1)])
        #expect(wire.commit(pair.outgoing(2)) == .sent && wire.flush() == 0)
        #expect(peer.receive() == pair.outgoing(2))
      }
    }
  }
}
