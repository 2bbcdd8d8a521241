import EmulatedAdapter
import EtherFabric
import Glibc
import NetworkLab
import Testing

/// What happens to each wire while frames go both ways as fast as they can. Afterwards they flow again, each is in one
/// counter of its sender and one of its receiver, no buffer is missing, and nothing is left in the kernel.
@Suite("Trouble at full rate", .serialized, .tags(.network), .timeLimit(.minutes(2))) struct TroubleTests {
  /// Runs a load, then `trouble` in it, and looks after the end.
  /// - Parameter loses: whether the kernel may lose frames between the ends: towards an interface that is down.
  func underLoad(
    _ wire: Wire, loses: Bool = false, _ changes: (inout AdapterSettings) -> Void = { _ in },
    _ trouble: (inout Load) throws -> Void
  ) throws {
    try wire.run {
      let pair = wire.hasPair ? try VethPair() : nil
      let before = try Traces.now()
      do {
        var load = try Load(wire, pair: pair, changes: changes)
        let isFlowing = try load.flows()
        #expect(isFlowing)
        try trouble(&load)
        let isFlowingAgain = try load.flows()
        #expect(isFlowingAgain, "\(load.adapter.statistics().nonzero)")
        let (port, peer) = try load.settle()
        port.check()
        let others = load.earlierPeers + (peer.map { [$0] } ?? [])
        for other in others { other.check() }
        let (left, arrived) = (others.reduce(0) { $0 + $1.left }, others.reduce(0) { $0 + $1.arrived })
        #expect(port.left == arrived, "\(port.statistics.nonzero) \(others.map(\.statistics.nonzero))")
        // Towards an interface that is down the kernel drops without a word, and counts it.
        let dropped = loses && wire.hasPair ? Int(try InterfaceStatistics(of: "k0").sendDrops) : 0
        #expect((0...dropped).contains(left - port.arrived), "\(left) left, \(port.arrived) arrived")
      }
      let left = try Traces.now().additions(to: before)
      #expect(left == [], "\(left)")
    }
  }

  /// The link is down, and what is sent is lost for that reason.
  private func expectNoLink(_ load: inout Load) throws {
    let isUp = load.isLinkUp
    #expect(!isUp)
    let before = load.counter("tx_link_down")
    try load.run(.milliseconds(50))
    let after = load.counter("tx_link_down")
    #expect(after > before)
  }

  @Test(arguments: Wire.allCases) func thePortGoesDownAndUp(_ wire: Wire) throws {
    try underLoad(wire, loses: true) { load in
      for _ in 0..<3 {
        try load.setPort(up: false)
        try expectNoLink(&load)
        try load.setPort(up: true)
        let isFlowing = try load.flows()
        #expect(isFlowing)
      }
    }
  }

  @Test(arguments: Wire.allCases) func itsMTUChanges(_ wire: Wire) throws {
    try underLoad(wire) { load in
      for mtu in [300, 9000, 1500] {
        try load.setMTU(mtu)
        let before = load.counter("tx_oversize")
        try load.run(.milliseconds(100))
        let after = load.counter("tx_oversize")
        // Frames have up to 559 bytes. On a TAP the peer alone is held to it.
        #expect((after > before) == (mtu == 300 && wire != .tap))
        let isFlowing = try load.flows()
        #expect(isFlowing, "mtu \(mtu)")
      }
    }
  }

  @Test(arguments: Wire.allCases) func theProgramStopsForASecond(_ wire: Wire) throws {
    try underLoad(wire) { load in
      let before = load.port.account
      usleep(1_000_000)
      let isFlowing = try load.flows()
      #expect(isFlowing)
      let after = load.port.account
      // Where the wire tells its sender that it is full, the sender has counted.
      if wire.isOfTheKernel { #expect(after.sum(Account.lostInFront) > before.sum(Account.lostInFront)) }
    }
  }

  @Test(arguments: Wire.allCases.filter { !$0.isOfTheKernel }) func theOtherEndLeavesAndAnotherComes(
    _ wire: Wire
  ) throws {
    try underLoad(wire) { load in
      for _ in 0..<3 {
        try load.dropPeer()
        try expectNoLink(&load)
        try load.addPeer()
        let isFlowing = try load.flows()
        #expect(isFlowing)
      }
    }
  }

  @Test(arguments: Wire.ofTheKernel) func itsInterfaceIsDeletedAndAnotherOfTheNameIsUsed(_ wire: Wire) throws {
    try wire.run {
      let before = try Traces.now()
      for _ in 0..<2 {
        let pair = wire.hasPair ? try VethPair() : nil
        var load = try Load(wire, pair: pair)
        let isFlowing = try load.flows()
        #expect(isFlowing)
        try IPTool.run("TroubleTests", "link delete \(wire == .tap ? "t0" : "a0")")
        let isUp = load.isLinkUp
        #expect(!isUp)
        try load.run(.milliseconds(20))
        let (down, left) = (load.counter("tx_link_down"), load.counter("tx_packets"))
        try load.run(.milliseconds(50))
        let (downAfter, leftAfter) = (load.counter("tx_link_down"), load.counter("tx_packets"))
        #expect(downAfter > down && leftAfter == left)
        let (port, peer) = try load.settle()
        port.check()
        peer?.check()
        // A sleeper is not kept awake by an interface that there is no more.
        let isAsleep = try load.port.sleeps(.milliseconds(100))
        #expect(isAsleep)
      }
      let left = try Traces.now().additions(to: before)
      #expect(left == [], "\(left)")
    }
  }
}

extension Testing.Tag {
  /// Some cases need a private network; they are skipped, with a reason that starts with `network`, where there is none.
  @Tag static var network: Self
}
