import CLinuxShims
import EmulatedAdapter
import EmulatedWires
import Glibc
import Testing
import WireDriver

@Suite("Receive on a packet wire", .needsNamespace, .timeLimit(.minutes(1)))
struct ReceiveTests {
  @Test("keeps bytes, order and lengths, runts too, round the ring")
  func order() throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va") { $0.receiveSlots = 64 }
      var last: UInt64 = 0
      for round in 0..<10 {
        let frames = (0..<30).map { Frame.incoming(round * 30 + $0, length: 14 + ($0 * 50) % 1501) }
        for frame in frames { try peer.send(frame) }
        let arrived = wire.take(frames.count)
        #expect(arrived.map(\.bytes) == frames)
        for frame in arrived {
          #expect(frame.timestamp >= last)
          last = frame.timestamp
        }
      }
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      let stamp = UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
      #expect(last <= stamp && stamp - last < 10_000_000_000)
      #expect(wire.counters().receiveDropped == 0)
    }
  }

  @Test("hands out the same frame until it is released")
  func release() throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va")
      let tag: [UInt8] = [0x81, 0x00, 0x60, 0x05]
      try peer.send(Frame.incoming(1, length: 64, tag: tag))
      try peer.send(Frame.incoming(2))
      #expect(wire.isReadable(1000))
      for _ in 0..<3 { #expect(wire.peek()?.bytes == Frame.incoming(1, length: 64, tag: tag)) }
      #expect(wire.take()?.bytes == Frame.incoming(1, length: 64, tag: tag))
      #expect(wire.take(1).map(\.bytes) == [Frame.incoming(2)])
      wire.operations.receiveRelease(wire.operations.context)
      #expect(wire.take() == nil)
      #expect(!wire.isReadable(0))
    }
  }

  @Test(
    "puts the VLAN tag back",
    arguments: [[0x81, 0, 0, 5], [0x81, 0, 0, 0], [0x81, 0, 0xef, 0xff], [0x88, 0xa8, 0, 7]] as [[UInt8]])
  func tags(tag: [UInt8]) throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va")
      let limit = tag[0] == 0x81 ? 1518 : 1514
      let frames = [Frame.incoming(1, length: 64, tag: tag), Frame.incoming(2, length: limit, tag: tag)]
      for frame in frames { #expect(try peer.send(frame) == frame.count) }
      #expect(wire.take(2).map(\.bytes) == frames)
    }
  }

  @Test("keeps both of two tags")
  func twoTags() throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va")
      let frame = Frame.incoming(1, length: 100, tag: [0x81, 0, 0, 5, 0x81, 0, 0, 6])
      try peer.send(frame)
      #expect(wire.take(1).map(\.bytes) == [frame])
    }
  }

  @Test("sees frames to other addresses, and groups")
  func addresses() throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va")
      let frames = [[2, 9, 9, 9, 9, 9], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [1, 0, 0x5e, 0, 0, 1]].map {
        Frame.make(1, to: $0, from: Veth.peerAddress)
      }
      for frame in frames { try peer.send(frame) }
      #expect(wire.take(3).map(\.bytes) == frames)
    }
  }

  @Test("drops and counts what the ring cannot hold, over every reading of the counters")
  func statistics() throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va") { $0.receiveSlots = 39 }
      var arrived = 0
      var last: UInt64 = 0
      for round in 1...5 {
        for i in 0..<100 { try peer.send(Frame.incoming(i)) }
        usleep(20_000)
        let frames = wire.drain()
        #expect(frames.map(\.bytes) == (0..<39).map { Frame.incoming($0) })
        arrived += frames.count
        let dropped = wire.counters().receiveDropped
        #expect(dropped >= last && wire.counters().receiveDropped == dropped)
        last = dropped
        #expect(Int(dropped) + arrived == round * 100)
      }
    }
  }

  @Test("takes frames larger than its slots when the MTU has grown")
  func grownMTU() throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va")
      try ip("link set va mtu 9000")
      try ip("link set vb mtu 9000")
      let tag: [UInt8] = [0x81, 0x00, 0x00, 0x05]
      let frames = (0..<20).map {
        Frame.incoming($0, length: [60, 9014, 1519, 9018][$0 % 4], tag: $0 % 4 == 3 ? tag : [])
      }
      for frame in frames { try peer.send(frame) }
      #expect(wire.take(20).map(\.bytes) == frames)
      #expect(wire.counters().receiveTruncated == 0)
    }
  }

  @Test("goes on when either end goes down and comes up", arguments: ["va", "vb"])
  func linkDown(end: String) throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va")
      for round in 0..<3 {
        for i in 0..<5 { try peer.send(Frame.incoming(round * 10 + i)) }
        _ = wire.isReadable(1000)
        try ip("link set \(end) down")
        // The kernel takes the carrier of the other end away a moment later.
        for _ in 0..<1000 where wire.isLinkUp { usleep(2000) }
        #expect(!wire.isLinkUp)
        // What had arrived before is still there; after it, the error of going down wakes nobody for ever.
        #expect(wire.take(5).map(\.bytes) == (0..<5).map { Frame.incoming(round * 10 + $0) })
        wire.operations.armWait(wire.operations.context)
        #expect(!wire.isReadable(20))
        try ip("link set \(end) up")
        #expect(Veth.waitUntilUp() && wire.isLinkUp)
        _ = peer.receive()
      }
      _ = Glibc.recv(peer.descriptor, nil, 0, Int32(MSG_DONTWAIT))
      try peer.send(Frame.incoming(99))
      #expect(wire.take(1).map(\.bytes) == [Frame.incoming(99)])
    }
  }

  @Test("survives an interface that is taken away")
  func removed() throws {
    try Namespace.run {
      try Veth.make()
      let wire = try PacketWire("va")
      try ip("link del va")
      #expect(!wire.isLinkUp)
      #expect(wire.take() == nil)
      #expect(wire.commit(Frame.make(1)) == .sent)
      #expect(wire.flush() == 1)
      #expect(wire.commit(Frame.make(1)) == .linkDown)
      try Veth.make()
      #expect(!wire.isLinkUp)
    }
  }
}
