import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import NetworkLab
import Testing
import WireDriver

@Suite("Transmit on an XDP wire", .needsXDP, .timeLimit(.minutes(1)))
struct TransmitTests {
  @Test("keeps bytes and order over bursts, with one call for each", arguments: [1, 3, 32, 200])
  func order(burst: Int) throws {
    try Namespace.run {
      let pair = try VethPair()
      let peer = try Peer()
      let wire = try XDPWire { $0.transmitSlots = 256 }
      let frames = (0..<600).map { pair.outgoing($0, length: 60 + $0 * 2) }
      for (index, frame) in frames.enumerated() {
        #expect(wire.commit(frame) == .sent)
        if index % burst == burst - 1 { #expect(wire.flush() == 0) }
      }
      #expect(wire.flush() == 0)
      for frame in frames { #expect(peer.receive() == frame) }
      #expect(peer.receive(within: 0) == nil)
      #expect(wire.counters().transmitDropped == 0)
      // The kernel lets the number of frames in one call be chosen from 6.17 on.
      let calls = wire.counters().systemCalls
      let batch = wire.line("transmit ring").contains("at most 32") ? min(32, burst) : burst
      #expect(calls <= UInt64((600 + batch - 1) / batch))
    }
  }

  @Test("carries the MTU and four bytes more behind a tag, no more") func edges() throws {
    try Namespace.run {
      let pair = try VethPair()
      let peer = try Peer()
      let wire = try XDPWire()
      let tag: [UInt8] = [0x81, 0x00, 0x00, 0x05]
      #expect(wire.commit(Array(pair.outgoing(1)[..<13])) == .failed)
      #expect(wire.commit(pair.outgoing(2, length: 14)) == .sent)
      #expect(wire.commit(pair.outgoing(3, length: 1514)) == .sent)
      #expect(wire.commit(pair.outgoing(4, length: 1515)) == .oversize)
      #expect(wire.commit(pair.outgoing(5, length: 1518, tag: tag)) == .sent)
      #expect(wire.commit(pair.outgoing(6, length: 1519, tag: tag)) == .oversize)
      #expect(wire.commit(pair.outgoing(7, length: 1518, tag: [0x88, 0xa8, 0, 5])) == .oversize)
      #expect(wire.commit(pair.outgoing(8, length: 40_000)) == .oversize)
      #expect(wire.commit(pair.outgoing(9, length: 200_000)) == nil)
      #expect(wire.flush() == 0)
      #expect(peer.receive() == pair.outgoing(2, length: 14))
      #expect(peer.receive() == pair.outgoing(3, length: 1514))
      // The kernel takes the tag off again at the other end.
      let untagged = try #require(peer.receive())
      #expect(Array(untagged[..<12]) + tag + untagged[12...] == pair.outgoing(5, length: 1518, tag: tag))
      #expect(peer.receive(within: 0) == nil)
    }
  }

  @Test("sends jumbo frames in pieces") func jumbo() throws {
    try Namespace.run {
      let pair = try VethPair(mtu: 9000)
      let peer = try Peer()
      let wire = try XDPWire { $0.transmitSlots = 64 }
      for round in 0..<50 {
        let frames = [4032, 4033, 9014, 8128, 8129, 60].enumerated().map { pair.outgoing(round + $0, length: $1) }
        for frame in frames { #expect(wire.commit(frame) == .sent) }
        #expect(wire.flush() == 0)
        for frame in frames { try #require(peer.receive() == frame) }
      }
    }
  }

  @Test("is stamped by the kernel, in pieces too, from the first question on") func times() throws {
    try Namespace.run {
      let pair = try VethPair(mtu: 9000)
      let peer = try Peer()
      let wire = try XDPWire()
      guard let transmitTime = wire.operations.transmitTime else {
        #expect(wire.line("transmit metadata") == "no, not in this kernel")
        return
      }
      #expect(transmitTime(wire.operations.context) == 0)
      var last = wallClock()
      for (index, length) in [60, 1514, 9014, 64, 4033].enumerated() {
        #expect(wire.commit(pair.outgoing(index, length: length)) == .sent && wire.flush() == 0)
        let time = transmitTime(wire.operations.context)
        #expect(time >= last && time <= wallClock(), "\(length)")
        last = time
        #expect(peer.receive() == pair.outgoing(index, length: length))
        // It is asked once.
        #expect(transmitTime(wire.operations.context) == 0)
      }
      // What was refused has none.
      #expect(wire.commit(pair.outgoing(9, length: 9015)) == .oversize)
      #expect(transmitTime(wire.operations.context) == 0)
    }
  }

  @Test("follows an MTU that changes") func changingMTU() throws {
    try Namespace.run {
      let pair = try VethPair()
      let peer = try Peer()
      let wire = try XDPWire()
      #expect(wire.commit(pair.outgoing(1, length: 9014)) == .oversize)
      for end in VethPair.End.allCases { try pair.setMTU(end, 9000) }
      #expect(wire.mtu == 9000)
      #expect(wire.commit(pair.outgoing(2)) == .sent)
      #expect(wire.commit(pair.outgoing(3, length: 9014)) == .sent)
      #expect(wire.flush() == 0)
      #expect(peer.receive() == pair.outgoing(2))
      #expect(peer.receive() == pair.outgoing(3, length: 9014))
    }
  }

  @Test("loses one frame of a burst and sends the rest", arguments: [(1, 1), (5, 5), (0, 6), (6, 0)])
  func oneOfMany(before: Int, after: Int) throws {
    try Namespace.run {
      let pair = try VethPair()
      let peer = try Peer()
      let wire = try XDPWire()
      try pair.setMTU(.kernel, 1000)
      for round in 0..<5 {
        for index in 0..<before { #expect(wire.commit(pair.outgoing(index)) == .sent) }
        #expect(wire.commit(pair.outgoing(99, length: 1514)) == .sent)
        for index in 0..<after { #expect(wire.commit(pair.outgoing(before + index)) == .sent) }
        #expect(wire.flush() == 1)
        #expect(wire.flush() == 0)
        for index in 0..<(before + after) { #expect(peer.receive() == pair.outgoing(index)) }
        #expect(peer.receive(within: 0) == nil)
        #expect(wire.counters().transmitDropped == UInt64(round + 1))
      }
    }
  }

  @Test("forgets what it could not send, says at once that the link is down, and works again", arguments: [1, 20, 300])
  func linkDown(burst: Int) throws {
    try Namespace.run {
      let pair = try VethPair()
      let peer = try Peer()
      let wire = try XDPWire { $0.transmitSlots = 512 }
      for round in 0..<3 {
        for index in 0..<burst { #expect(wire.commit(pair.outgoing(index)) == .sent) }
        try pair.setLink(.adapter, up: false)
        #expect(wire.flush() == burst)
        for index in 0..<600 { #expect(wire.commit(pair.outgoing(index)) == .linkDown) }
        #expect(wire.flush() == 0)
        #expect(!wire.isLinkUp)
        #expect(wire.counters().transmitDropped == UInt64((burst + 600) * (round + 1)))
        try pair.setLink(.adapter, up: true)
        for _ in 0..<300 where !wire.isLinkUp { usleep(10_000) }
        for index in 0..<400 { #expect(wire.commit(pair.outgoing(1000 + index)) == .sent) }
        #expect(wire.flush() == 0)
        for index in 0..<400 { try #require(peer.receive() == pair.outgoing(1000 + index)) }
      }
    }
  }

  @Test("counts what is lost to a peer that is down") func peerDown() throws {
    try Namespace.run {
      let pair = try VethPair()
      let wire = try XDPWire()
      try pair.setLink(.kernel, up: false)
      for _ in 0..<300 where wire.isLinkUp { usleep(10_000) }
      for index in 0..<5 { #expect(wire.commit(pair.outgoing(index)) == .sent) }
      #expect(wire.flush() == 5)
      #expect(wire.counters().transmitDropped == 5)
      try pair.setLink(.kernel, up: true)
      for _ in 0..<300 where !wire.isLinkUp { usleep(10_000) }
      let peer = try Peer()
      #expect(wire.commit(pair.outgoing(7)) == .sent)
      #expect(wire.flush() == 0)
      #expect(peer.receive() == pair.outgoing(7))
    }
  }
}
