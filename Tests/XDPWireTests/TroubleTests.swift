import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import NetworkLab
import Synchronization
import Testing
import WireDriver

/// A peer that sends numbered frames as fast as it can until it is told to stop.
private final class Flood: Sendable {
  private let box: (over: Box, sent: Box)
  private let thread: LabThread<Void>

  init(_ pair: VethPair) throws {
    let (isOver, sent) = (Box(), Box())
    box = (isOver, sent)
    thread = try LabThread {
      let peer = try Peer()
      var frame = pair.incoming(0)
      while isOver.value.load(ordering: .acquiring) == 0 {
        let number = sent.value.load(ordering: .relaxed)
        for (place, shift) in [(14, 24), (15, 16), (16, 8), (17, 0)] { frame[place] = UInt8(number >> shift & 255) }
        if peer.send(frame) { sent.value.store(number + 1, ordering: .releasing) } else { usleep(100) }
      }
    }
  }

  /// Frames that the kernel took.
  var count: Int { box.sent.value.load(ordering: .acquiring) }

  /// Ends it; the number of frames that were sent.
  func stop() throws -> Int {
    box.over.value.store(1, ordering: .releasing)
    try thread.join()
    return count
  }

  private final class Box: Sendable {
    let value = Atomic(0)
  }
}

@Suite("Trouble at full rate on an XDP wire", .needsXDP, .timeLimit(.minutes(1)))
struct TroubleTests {
  static let modes: [XDPWireOptions.Attach] = [.native, .generic]

  /// Both ways at full rate: counts what comes and what leaves.
  private struct Traffic {
    let pair: VethPair
    let wire: XDPWire
    var received = 0
    var last = -1
    var committed = 0
    var left = 0
    var refused = 0

    /// Takes and sends for a while, or until a condition holds.
    mutating func run(_ duration: Duration, until condition: (Traffic) -> Bool = { _ in false }) {
      let end = ContinuousClock.now + duration
      while ContinuousClock.now < end, !condition(self) {
        for _ in 0..<64 {
          guard let frame = wire.take() else { break }
          let number = number(frame.bytes)!
          #expect(number > last, "out of order")
          last = number
          received += 1
        }
        var taken = 0
        for _ in 0..<32 {
          committed += 1
          if wire.commit(pair.outgoing(committed)) == .sent { taken += 1 } else { refused += 1 }
        }
        let lost = wire.flush()
        left += taken - lost
        refused += lost
      }
    }
  }

  private func run(
    _ attach: XDPWireOptions.Attach, _ trouble: (inout Traffic) throws -> Void
  ) throws {
    try Namespace.run {
      let pair = try VethPair()
      var traffic = Traffic(pair: pair, wire: try XDPWire { $0.attach = attach })
      let flood = try Flood(pair)
      traffic.run(.seconds(2)) { $0.received > 1000 }
      #expect(traffic.received > 1000)
      try trouble(&traffic)
      let before = traffic.received
      traffic.run(.seconds(5)) { $0.received > before + 1000 }
      #expect(traffic.received > before + 1000, "traffic flows again by itself")
      let sent = try flood.stop()
      traffic.run(.milliseconds(200))
      // What the kernel took and nobody counts was lost in front of the program: queued at a link that went down, or
      // in the driver. Nothing is counted twice.
      let counters = traffic.wire.counters()
      #expect(traffic.received + Int(counters.receiveDropped + counters.receiveLeft) <= sent)
      #expect(traffic.left + traffic.refused == traffic.committed)
      #expect(Int(counters.transmitDropped) == traffic.refused)
      // No chunk is lost: rings can be filled to the brim, both ways.
      let peer = try Peer()
      for index in 0..<2048 { #expect(peer.send(pair.incoming(1 << 28 + index))) }
      #expect(traffic.wire.take(2048).count == 2048)
      for index in 0..<1024 { #expect(traffic.wire.commit(pair.outgoing(index)) == .sent) }
      #expect(traffic.wire.flush() == 0)
    }
  }

  @Test("the interface goes down and up", arguments: modes)
  func downAndUp(_ attach: XDPWireOptions.Attach) throws {
    try run(attach) { traffic in
      for _ in 0..<3 {
        try traffic.pair.setLink(.adapter, up: false)
        traffic.run(.milliseconds(50))
        #expect(!traffic.wire.isLinkUp && traffic.refused > 0)
        try traffic.pair.setLink(.adapter, up: true)
        traffic.run(.seconds(2)) { $0.wire.isLinkUp }
      }
    }
  }

  @Test("its MTU changes", arguments: modes)
  func changingMTU(_ attach: XDPWireOptions.Attach) throws {
    try run(attach) { traffic in
      for mtu in [1400, 9000, 1500] {
        for end in VethPair.End.allCases { try traffic.pair.setMTU(end, mtu) }
        traffic.run(.milliseconds(50))
        #expect(traffic.wire.mtu == mtu)
      }
    }
  }

  @Test("the receiver stops for a second", arguments: modes)
  func stopped(_ attach: XDPWireOptions.Attach) throws {
    try run(attach) { traffic in
      usleep(1_000_000)
      #expect(traffic.wire.counters().receiveDropped > 0)
    }
  }

  @Test("with a peer that stops, each frame is delivered or counted", arguments: [XDPWireOptions.Attach.generic])
  func counted(_ attach: XDPWireOptions.Attach) throws {
    try Namespace.run {
      let pair = try VethPair()
      let wire = try XDPWire { $0.attach = attach }
      let peer = try Peer()
      var received = 0
      for round in 0..<20 {
        for index in 0..<500 { #expect(peer.send(pair.incoming(round * 500 + index))) }
        if round % 7 == 6 { received += wire.drain().count }
      }
      received += wire.drain().count
      #expect(received + Int(wire.counters().receiveDropped) == 10_000)
      #expect(wire.counters().receiveDropped > 0)
    }
  }

  @Test("its interface is deleted: that is said, and nothing hangs", arguments: modes)
  func deleted(_ attach: XDPWireOptions.Attach) throws {
    try Namespace.run {
      let pair = try VethPair()
      var traffic = Traffic(pair: pair, wire: try XDPWire { $0.attach = attach })
      let flood = try Flood(pair)
      traffic.run(.seconds(2)) { $0.received > 1000 }
      try pair.delete()
      traffic.run(.milliseconds(100))
      #expect(!traffic.wire.isLinkUp)
      #expect(traffic.wire.commit(pair.outgoing(1)) == .linkDown)
      _ = try? flood.stop()
      #expect(traffic.left + traffic.refused == traffic.committed)
      // Another of the same name is another interface.
      _ = try VethPair()
      #expect(!traffic.wire.isLinkUp)
      let wire = try XDPWire { $0.attach = attach }
      #expect(wire.commit(pair.outgoing(1)) == .sent && wire.flush() == 0)
    }
  }
}
