import BuiltTool
import EmulatedAdapter
import EtherFabric
import Glibc
import NetworkLab
import Testing
import WireDriver

/// Of the two ends one is a process, which is killed while frames flow.
@Suite("A process is killed at full rate", .serialized, .tags(.network), .timeLimit(.minutes(2))) struct ProcessTests {
  @Test(arguments: Wire.betweenProcesses) func thePeers(_ wire: Wire) throws {
    try wire.run {
      let pair = wire.hasPair ? try VethPair() : nil
      let before = try Traces.now()
      do {
        var load = try Load(wire, pair: pair, hasPeer: false)
        for round in 0..<4 {
          let sockets = try Traces.now().packetSockets
          let child = try Tool([
            "send", load.peerDevice, "udp:192.0.2.2:5000", "--mac", "\(load.adapter.macAddress)", "--count", "1G",
            "--size", "\(round % 2 == 0 ? 8 : 900)",
          ])
          let start = load.port.received
          try load.run(.seconds(10)) { $0.port.received > start + 1000 }
          #expect(load.port.received > start + 1000, "round \(round)")
          try load.run(.microseconds(Int.random(in: 0...50_000)))
          child.send(SIGKILL)
          #expect(try child.wait().status == 128 + SIGKILL)
          try load.port.settle()
          let isUp = load.isLinkUp
          #expect(isUp == wire.isOfTheKernel)
          #expect(try Traces.now().packetSockets == sockets)
        }
        if wire.hasPair {
          let sent = Int(try InterfaceStatistics(of: "k0").sentPackets)
          #expect(load.port.account.arrived == sent)
        }
        try load.addPeer()
        let isFlowing = try load.flows()
        #expect(isFlowing)
        let (port, peer) = try load.settle()
        port.check()
        peer?.check()
      }
      let left = try Traces.now().additions(to: before)
      #expect(left == [], "\(left)")
    }
  }

  @Test(arguments: Wire.betweenProcesses) func thePorts(_ wire: Wire) throws {
    try wire.run {
      let pair = wire.hasPair ? try VethPair() : nil
      let before = try Traces.now()
      let devices = wire.devices("killed\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
      for _ in 0..<2 {
        let child = try Tool(["sink", devices.port, "udp:192.0.2.2:5000", "--seconds", "60"])
        #expect(try eventually { try Traces.now().ofTheKernel != before.ofTheKernel })
        let peer = try Peer(devices.peer, to: MACAddress(value: 0x0200_0000_0001))
        usleep(200_000)
        child.send(SIGKILL)
        #expect(try child.wait().status == 128 + SIGKILL)
        usleep(50_000)
        let account = try peer.finish()
        account.check()
        #expect(account.sent > 1000)
        #expect(try eventually { try Traces.now().ofTheKernel == before.ofTheKernel })
      }
      do {
        var load = try Load(wire, pair: pair)
        let isFlowing = try load.flows()
        #expect(isFlowing)
        _ = try load.settle()
      }
      let left = try Traces.now().additions(to: before)
      #expect(left == [], "\(left)")
    }
  }
}
