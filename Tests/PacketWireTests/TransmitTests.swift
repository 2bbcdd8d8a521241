import CLinuxShims
import EmulatedAdapter
import EmulatedWires
import Glibc
import Testing
import WireDriver

@Suite("Transmit on a packet wire", .needsNamespace, .timeLimit(.minutes(1)))
struct TransmitTests {
  @Test("keeps bytes and order over batches", arguments: [1, 3, 4, 32])
  func order(batch: Int) throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va")
      let frames = (0..<200).map { Frame.make($0, length: 60 + $0 * 7) }
      for (i, frame) in frames.enumerated() {
        #expect(wire.commit(frame) == .sent)
        if i % batch == batch - 1 { #expect(wire.flush() == 0) }
      }
      #expect(wire.flush() == 0)
      for frame in frames { #expect(peer.receive(within: 1000) == frame) }
      #expect(peer.receive() == nil)
      #expect(wire.counters().transmitDropped == 0)
    }
  }

  @Test("leaves only at the flush, or when the batch is full")
  func batching() throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va") { $0.transmitBatch = 8 }
      for i in 0..<10 { #expect(wire.commit(Frame.make(i)) == .sent) }
      for i in 0..<8 { #expect(peer.receive(within: 1000) == Frame.make(i)) }
      #expect(peer.receive(within: 20) == nil)
      #expect(wire.flush() == 0)
      for i in 8..<10 { #expect(peer.receive(within: 1000) == Frame.make(i)) }
      #expect(wire.counters().systemCalls == 2)
    }
  }

  @Test("carries the MTU and four bytes more behind a tag, no more")
  func edges() throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va")
      let tag: [UInt8] = [0x81, 0x00, 0x00, 0x05]
      #expect(wire.commit(Array(Frame.make(1)[..<13])) == .failed)
      #expect(wire.commit(Frame.make(2, length: 14)) == .sent)
      #expect(wire.commit(Frame.make(3, length: 1514)) == .sent)
      #expect(wire.commit(Frame.make(4, length: 1515)) == .oversize)
      #expect(wire.commit(Frame.make(5, length: 1518, tag: tag)) == .sent)
      #expect(wire.commit(Frame.make(6, length: 1519, tag: tag)) == .oversize)
      #expect(wire.commit(Frame.make(7, length: 1518, tag: [0x88, 0xa8, 0, 5])) == .oversize)
      #expect(wire.commit(Frame.make(8, length: 40_000)) == .oversize)
      #expect(wire.commit(Frame.make(9, length: 200_000)) == nil)
      #expect(wire.flush() == 0)
      #expect(wire.counters().transmitDropped == 5)
      #expect(peer.receive(within: 1000) == Frame.make(2, length: 14))
      #expect(peer.receive(within: 1000) == Frame.make(3, length: 1514))
      // The kernel takes the tag off again at the other end.
      let untagged = try #require(peer.receive(within: 1000))
      #expect(untagged.count == 1514)
      #expect(Array(untagged[..<12]) + tag + untagged[12...] == Frame.make(5, length: 1518, tag: tag))
      #expect(peer.receive() == nil)
    }
  }

  @Test("follows an MTU that changes")
  func changingMTU() throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va")
      #expect(wire.commit(Frame.make(1, length: 20_014)) == .oversize)
      try ip("link set vb mtu 20000")
      try ip("link set va mtu 20000")
      #expect(wire.mtu == 20_000)
      #expect(wire.commit(Frame.make(2)) == .sent)
      #expect(wire.commit(Frame.make(3, length: 20_014)) == .sent)
      #expect(wire.flush() == 0)
      #expect(peer.receive(within: 1000) == Frame.make(2))
      #expect(peer.receive(within: 1000) == Frame.make(3, length: 20_014))
    }
  }

  @Test("loses one frame of a batch and sends the rest", arguments: [(1, 1), (5, 5), (0, 6), (6, 0)])
  func oneOfMany(before: Int, after: Int) throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va")
      for i in 0..<before { #expect(wire.commit(Frame.make(i)) == .sent) }
      #expect(wire.commit(Frame.make(99, length: 1514)) == .sent)
      for i in 0..<after { #expect(wire.commit(Frame.make(before + i)) == .sent) }
      try ip("link set va mtu 1000")
      #expect(wire.flush() == 1)
      #expect(wire.flush() == 0)
      #expect(wire.commit(Frame.make(100, length: 1514)) == .oversize)
      for i in 0..<(before + after) { #expect(peer.receive(within: 1000) == Frame.make(i)) }
      #expect(peer.receive() == nil)
      #expect(wire.counters().transmitDropped == 2)
    }
  }

  @Test("says at once that the link is down, and works again when it is up", arguments: [1, 20])
  func linkDown(burst: Int) throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va")
      for i in 0..<burst { #expect(wire.commit(Frame.make(i)) == .sent) }
      try ip("link set va down")
      #expect(wire.flush() == burst)
      for i in 0..<3 { #expect(wire.commit(Frame.make(i)) == .linkDown) }
      #expect(wire.flush() == 0)
      #expect(!wire.isLinkUp)
      #expect(wire.counters().transmitDropped == UInt64(burst + 3))
      try ip("link set va up")
      #expect(Veth.waitUntilUp() && wire.isLinkUp)
      for i in 0..<20 { #expect(wire.commit(Frame.make(i)) == .sent) }
      #expect(wire.flush() == 0)
      for i in 0..<20 { #expect(peer.receive(within: 1000) == Frame.make(i)) }
    }
  }

  @Test("loses frames to a peer that is down, and counts them")
  func peerDown() throws {
    try Namespace.run {
      try Veth.make()
      let wire = try PacketWire("va")
      try ip("link set vb down")
      for _ in 0..<1000 where wire.isLinkUp { usleep(2000) }
      #expect(!wire.isLinkUp)
      for i in 0..<5 { #expect(wire.commit(Frame.make(i)) == .sent) }
      let lost = wire.flush()
      #expect(wire.counters().transmitDropped == UInt64(lost))
      try ip("link set vb up")
      #expect(Veth.waitUntilUp() && wire.isLinkUp)
      let peer = try KernelSocket.raw("vb")
      #expect(wire.commit(Frame.make(7)) == .sent)
      #expect(wire.flush() == 0)
      #expect(peer.receive(within: 1000) == Frame.make(7))
    }
  }

  @Test("is not seen again by its own wire")
  func noEcho() throws {
    try Namespace.run {
      try Veth.make()
      let wire = try PacketWire("va")
      for i in 0..<10 { _ = wire.commit(Frame.make(i)) }
      #expect(wire.flush() == 0)
      #expect(!wire.isReadable(50))
      #expect(wire.take() == nil)
    }
  }

  @Test("goes past the queueing discipline when asked")
  func bypass() throws {
    try Namespace.run {
      try Veth.make()
      let peer = try KernelSocket.raw("vb")
      let wire = try PacketWire("va") { $0.qdiscBypass = true }
      for i in 0..<10 { #expect(wire.commit(Frame.make(i)) == .sent) }
      #expect(wire.flush() == 0)
      for i in 0..<10 { #expect(peer.receive(within: 1000) == Frame.make(i)) }
    }
  }
}
