import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import NetworkLab
import Testing
import WireDriver

@Suite("Queues of an XDP wire", .needsXDP, .timeLimit(.minutes(1)))
struct QueueTests {
  /// Many flows, which the kernel spreads over its transmit queues.
  private func flows(_ pair: VethPair, _ count: Int) -> [[UInt8]] {
    (0..<count).map { flow in
      let ip: [UInt8] = [0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 10, 9, 0, 1, 10, 9, 0, 2]
      return pair.adapterMAC.bytes + pair.kernelMAC.bytes + [8, 0] + ip
        + [UInt8(flow >> 8), UInt8(flow & 255), 0x1b, 0x58, 0, 12, 0, 0, 1, 2, 3, 4]
    }
  }

  @Test("all are bound, and frames of all arrive", arguments: [XDPWireOptions.Attach.native, .generic])
  func all(_ attach: XDPWireOptions.Attach) throws {
    try Namespace.run {
      let pair = try VethPair(queues: 4)
      let peer = try Peer()
      let wire = try XDPWire { $0.attach = attach }
      #expect(wire.line("queues") == "4 of 4, sent on queue 0")
      #expect(wire.line("receive ring").hasPrefix("2048 frames for each queue"))
      let frames = flows(pair, 400)
      for frame in frames { #expect(peer.send(frame)) }
      let arrived = wire.take(400).map(\.bytes)
      #expect(Set(arrived) == Set(frames) && arrived.count == 400)
      #expect(!wire.isReadable(0))
      #expect(peer.send(frames[7]))
      #expect(wire.isReadable(1000))
      #expect(wire.take(1).map(\.bytes) == [frames[7]])
    }
  }

  @Test("frames of a queue that is not bound are left to the kernel") func some() throws {
    try Namespace.run {
      let pair = try VethPair(queues: 4)
      let peer = try Peer()
      let kernel = try Peer("a0")
      let wire = try XDPWire { $0.queues = 1 }
      #expect(wire.line("queues") == "1 of 4, sent on queue 0")
      let frames = flows(pair, 400)
      for frame in frames { #expect(peer.send(frame)) }
      let arrived = wire.take(400).map(\.bytes)
      let left = kernel.drain()
      #expect(Set(arrived + left) == Set(frames) && arrived.count + left.count == 400)
    }
  }

  @Test("receiving needs no call") func noCalls() throws {
    try Namespace.run {
      let pair = try VethPair()
      let peer = try Peer()
      let wire = try XDPWire()
      let before = wire.counters().systemCalls
      var received = 0
      for round in 0..<20 {
        for index in 0..<50 { #expect(peer.send(pair.incoming(round * 50 + index))) }
        for _ in 0..<100 where received < (round + 1) * 50 {
          received += wire.drain().count
          usleep(100)
        }
      }
      #expect(received == 1000)
      #expect(wire.counters().systemCalls == before)
    }
  }

  @Test("without need-wakeup frames pass both ways") func noWakeup() throws {
    try Namespace.run {
      let pair = try VethPair()
      let peer = try Peer()
      let wire = try XDPWire { $0.needWakeup = false }
      #expect(wire.line("need wakeup") == "no")
      for index in 0..<100 {
        #expect(wire.commit(pair.outgoing(index)) == .sent && wire.flush() == 0)
        #expect(peer.receive() == pair.outgoing(index))
        #expect(peer.send(pair.incoming(index)))
        #expect(wire.take(1).map(\.bytes) == [pair.incoming(index)])
      }
    }
  }
}
