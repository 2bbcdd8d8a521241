import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import NetworkLab
import Testing

/// While the kernel sends at full rate and the adapter answers, the interface changes.
@Suite("Trouble on a TAP at full rate", .serialized, .tags(.network), .timeLimit(.minutes(1))) struct TroubleTests {
  @Test func downAndUp() throws {
    try run { station in
      for _ in 0..<5 {
        let isFlowing = try station.flows()
        #expect(isFlowing)
        try Network.ip("link set t0 down")
        let isUp = station.isLinkUp
        #expect(!isUp)
        let down = station.counter("tx_link_down")
        try station.work(.milliseconds(50))
        let after = station.counter("tx_link_down")
        #expect(after > down)
        try Network.ip("link set t0 up")
        try station.restore()
      }
      let isFlowing = try station.flows()
      #expect(isFlowing)
    }
  }

  @Test func theMTUChanges() throws {
    try run { station in
      for mtu in [576, 1500, 9000, 68, 1500] {
        try Network.ip("link set t0 mtu \(mtu)")
        try station.restore()
        try station.work(.milliseconds(50))
        let isFlowing = try station.flows()
        #expect(isFlowing, "mtu \(mtu)")
        let isUp = station.isLinkUp
        #expect(isUp)
      }
    }
  }

  @Test func itIsDeleted() throws {
    try run { station in
      let isFlowing = try station.flows()
      #expect(isFlowing)
      try Network.ip("link delete t0")
      let isUp = station.isLinkUp
      #expect(!isUp)
      let sent = station.counter("tx_packets")
      let down = station.counter("tx_link_down")
      try station.work(.milliseconds(50))
      let (sentAfter, downAfter) = (station.counter("tx_packets"), station.counter("tx_link_down"))
      #expect(sentAfter == sent && downAfter > down)
      // A sleeper is not kept awake by an interface that there is no more.
      let start = ContinuousClock.now
      let isWoken = try station.sleeps(.milliseconds(200))
      #expect(!isWoken)
      #expect(ContinuousClock.now - start >= .milliseconds(190))
      station.isGone = true
    }
  }

  @Test func theReceiverStopsForASecond() throws {
    try run { station in
      let isFlowing = try station.flows()
      #expect(isFlowing)
      usleep(1_000_000)
      let isStillFlowing = try station.flows()
      #expect(isStillFlowing)
      let dropped = station.counter("rx_wire_dropped")
      #expect(dropped > 100)
    }
  }

  @Test func theNameIsFreeAgainAfterADeletion() throws {
    try Network.run {
      let wire = try TAPWire("t0")
      try Network.ip("link delete t0")
      #expect(wire.take() == nil)
      // Nobody is woken by what there is no more.
      #expect(!wire.isReadable(50))
      let next = try TAPWire("t0")
      #expect(next.isLinkUp && !wire.isLinkUp)
      #expect(wire.send([UInt8](repeating: 1, count: 60)) == .linkDown)
      #expect(next.send([UInt8](repeating: 1, count: 60)) == .sent)
    }
  }

  /// A station, and a thread of the kernel's side that sends without end.
  private func run(_ body: (inout Station) throws -> Void) throws {
    try Network.run {
      let before = openDescriptors()
      do {
        var station = try Station()
        try body(&station)
        try station.settle()
      }
      #expect(!InterfaceState.names.contains("t0"))
      // Those of an earlier test may have gone in between.
      #expect(openDescriptors() <= before)
    }
  }
}
