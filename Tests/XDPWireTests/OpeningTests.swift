import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import NetworkLab
import Testing
import WireDriver

@Suite("Opening an XDP wire", .needsXDP, .timeLimit(.minutes(1)))
struct OpeningTests {
  private func error(_ interface: String, _ change: (inout XDPWireOptions) -> Void = { _ in }) -> Int32 {
    var options = XDPWireOptions()
    change(&options)
    do throws(EtherFabricError) {
      _ = try XDPWire(interface: interface, options: options)
      return 0
    } catch {
      #expect(!error.remedy.isEmpty && !error.reason.isEmpty)
      return error.errno
    }
  }

  @Test("is refused with the errno of the reason") func refusals() throws {
    try Namespace.run {
      let pair = try VethPair()
      #expect(error("nothing0") == ENODEV)
      #expect(error("lo") == EOPNOTSUPP)
      #expect(error("a0") { $0.queues = 0 } == EINVAL)
      #expect(error("a0") { $0.queues = 2 } == EINVAL)
      #expect(error("a0") { $0.receiveSlots = 100 } == EINVAL)
      #expect(error("a0") { $0.transmitSlots = 1 << 20 } == EINVAL)
      try pair.setLink(.adapter, up: false)
      #expect(error("a0") == ENETDOWN)
      #expect(error("a0") { $0.allowDown = true } == 0)
    }
  }

  @Test("where another program is says so, and leaves that alone", arguments: ["native", "generic"])
  func occupied(_ mode: String) throws {
    try Namespace.run {
      let pair = try VethPair()
      let peer = try Peer()
      let wire = try XDPWire { $0.attach = mode == "native" ? .native : .generic }
      for attach in XDPWireOptions.Attach.allCases {
        #expect([EBUSY, EEXIST].contains(error("a0") { $0.attach = attach }))
      }
      #expect(peer.send(pair.incoming(1)))
      #expect(wire.take(1).map(\.bytes) == [pair.incoming(1)])
    }
  }

  @Test(
    "prints what was obtained, and what was refused before it",
    arguments: [
      (.best, "native, copy (zero-copy refused: EOPNOTSUPP)"),
      (.zerocopy, "native, copy (zero-copy refused: EOPNOTSUPP)"),
      (.native, "native, copy"), (.generic, "generic, copy"),
    ] as [(XDPWireOptions.Attach, String)])
  func configuration(_ attach: XDPWireOptions.Attach, _ words: String) throws {
    try Namespace.run {
      _ = try VethPair()
      let wire = try XDPWire { $0.attach = attach }
      #expect(wire.name == "xdp:a0")
      #expect(wire.line("attach") == words)
      #expect(wire.line("queues") == "1 of 1, sent on queue 0")
      #expect(wire.line("need wakeup") == "yes")
      #expect(wire.line("promiscuous") == "yes")
      #expect(wire.line("redirected") == "every frame")
      #expect(try VethPair.ip("-details link show dev a0").contains(attach == .generic ? "xdpgeneric" : "xdp "))
    }
  }

  @Test("falls back to the kernel's program where the driver takes none, and prints why") func fallback() throws {
    try Namespace.run {
      try VethPair.ip("link add k0 numtxqueues 4 type veth peer name a0 numrxqueues 1 numtxqueues 1")
      for end in ["k0", "a0"] { try VethPair.ip("link set \(end) up") }
      let wire = try XDPWire { $0.allowDown = true }
      #expect(wire.line("attach") == "generic, copy (native refused: ENOSPC)")
    }
  }

  @Test("again and again leaves nothing behind") func nothingLeft() throws {
    try Namespace.run {
      _ = try VethPair()
      let before = try VethPair.ip("-details link show")
      for round in 0..<10 {
        let wire = try XDPWire { $0.attach = round % 2 == 0 ? .native : .generic }
        #expect(try VethPair.ip("-details link show dev a0").contains("promiscuity 1"))
        _ = wire.want(.everything)
      }
      #expect(try VethPair.ip("-details link show") == before)
    }
  }
}
