import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import NetworkLab
import Testing
import WireDriver

@Suite("Receive on an XDP wire", .needsXDP, .timeLimit(.minutes(1)))
struct ReceiveTests {
  static let modes: [XDPWireOptions.Attach] = [.native, .generic]

  @Test("keeps bytes, order and lengths, round the ring", arguments: modes)
  func order(_ attach: XDPWireOptions.Attach) throws {
    try Namespace.run {
      let pair = try VethPair()
      let peer = try Peer()
      let wire = try XDPWire {
        $0.attach = attach
        $0.receiveSlots = 64
      }
      var last: UInt64 = 0
      for round in 0..<10 {
        let frames = (0..<30).map { pair.incoming(round * 30 + $0, length: 14 + ($0 * 50) % 1501) }
        for frame in frames { #expect(peer.send(frame)) }
        let arrived = wire.take(frames.count)
        #expect(arrived.map(\.bytes) == frames)
        for frame in arrived {
          #expect(frame.timestamp >= last)
          last = frame.timestamp
        }
      }
      let now = UInt64(time(nil)) * 1_000_000_000
      #expect(last > now - 10_000_000_000 && last < now + 2_000_000_000)
      #expect(wire.counters().receiveDropped == 0)
    }
  }

  @Test("says when frames came while it is asked to, and never when earlier ones did", arguments: modes)
  func stamps(_ attach: XDPWireOptions.Attach) throws {
    try Namespace.run {
      let pair = try VethPair()
      let peer = try Peer()
      let wire = try XDPWire {
        $0.attach = attach
        $0.receiveSlots = 64
      }
      var number = 0
      func times() -> [UInt64] {
        // More than there are chunks: each is used again.
        (0..<80).compactMap { _ in
          number += 1
          peer.send(pair.incoming(number))
          return wire.take(1).first?.timestamp
        }
      }
      let first = times()
      #expect(first.count == 80 && first.allSatisfy { $0 != 0 })
      wire.stamp(false)
      #expect(times() == [UInt64](repeating: 0, count: 80))
      wire.stamp(true)
      let again = times()
      #expect(again.count == 80 && again.allSatisfy { $0 > first[79] })
    }
  }

  @Test("hands out the same frame until it is released", arguments: modes)
  func release(_ attach: XDPWireOptions.Attach) throws {
    try Namespace.run {
      let pair = try VethPair()
      let peer = try Peer()
      let wire = try XDPWire { $0.attach = attach }
      peer.send(pair.incoming(1))
      peer.send(pair.incoming(2))
      #expect(wire.isReadable(1000))
      for _ in 0..<3 { #expect(wire.peek()?.bytes == pair.incoming(1)) }
      #expect(wire.take()?.bytes == pair.incoming(1))
      #expect(wire.take(1).map(\.bytes) == [pair.incoming(2)])
      wire.operations.receiveRelease(wire.operations.context)
      #expect(wire.take() == nil)
      #expect(!wire.isReadable(0))
    }
  }

  @Test("keeps tags in place", arguments: modes)
  func tags(_ attach: XDPWireOptions.Attach) throws {
    try Namespace.run {
      let pair = try VethPair()
      let peer = try Peer()
      let wire = try XDPWire { $0.attach = attach }
      let tags: [[UInt8]] = [
        [0x81, 0, 0, 5], [0x81, 0, 0, 0], [0x81, 0, 0xef, 0xff], [0x88, 0xa8, 0, 7],
        [0x88, 0xa8, 0, 7, 0x81, 0, 0, 6],
      ]
      let frames = tags.enumerated().map { pair.incoming($0, length: 100, tag: $1) }
      for frame in frames { #expect(peer.send(frame)) }
      #expect(wire.take(frames.count).map(\.bytes) == frames)
    }
  }

  @Test("drops what finds no chunk, and counts each", arguments: modes)
  func full(_ attach: XDPWireOptions.Attach) throws {
    try Namespace.run {
      let pair = try VethPair()
      let peer = try Peer()
      let wire = try XDPWire {
        $0.attach = attach
        $0.receiveSlots = 64
      }
      for round in 0..<3 {
        for index in 0..<100 { #expect(peer.send(pair.incoming(index))) }
        #expect(wire.take(64).map(\.bytes) == (0..<64).map { pair.incoming($0) })
        #expect(wire.counters().receiveDropped == UInt64(36 * (round + 1)))
      }
    }
  }

  @Test("puts jumbo frames together from their pieces", arguments: modes)
  func jumbo(_ attach: XDPWireOptions.Attach) throws {
    try Namespace.run {
      let pair = try VethPair(mtu: 9000)
      let peer = try Peer()
      let wire = try XDPWire { $0.attach = attach }
      let frames = [3839, 3840, 3841, 4096, 7936, 9014, 60].enumerated().map { pair.incoming($0, length: $1) }
      for _ in 0..<50 {
        for frame in frames { #expect(peer.send(frame)) }
        #expect(wire.take(frames.count).map(\.bytes) == frames)
      }
      #expect(wire.counters().receiveDropped == 0 && wire.counters().receiveTruncated == 0)
    }
  }

  @Test("finishes checksums that the sender's stack left open, and leaves wrong ones", arguments: modes)
  func checksums(_ attach: XDPWireOptions.Attach) throws {
    try Namespace.run {
      let pair = try VethPair()
      try pair.addNeighbour("10.9.0.2", pair.adapterMAC)
      let peer = try Peer()
      let wire = try XDPWire { $0.attach = attach }
      let socket = try KernelUDPSocket(bind: HostEndpoint("10.9.0.1", 4000))
      for size in [1, 2, 17, 18, 19, 1471, 1472] {
        try socket.send((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13) }, to: HostEndpoint("10.9.0.2", 7))
        var frame = try #require(wire.take(1).first).bytes
        #expect(Self.isRight(frame), "\(size)")
        // Finished, it passes as it is; damaged, too.
        #expect(peer.send(frame))
        #expect(wire.take(1).first?.bytes == frame)
        frame[41] ^= 1
        #expect(peer.send(frame))
        #expect(wire.take(1).first?.bytes == frame)
      }
      #expect(wire.counters().checksumsCompleted == 7)
    }
  }

  /// Whether the UDP checksum of an untagged IPv4 frame holds.
  private static func isRight(_ frame: [UInt8]) -> Bool {
    let length = Int(frame[38]) << 8 | Int(frame[39])
    let bytes = Array(frame[26..<34]) + [0, 17, frame[38], frame[39]] + frame[34..<(34 + length)] + [0]
    var sum = stride(from: 0, to: bytes.count - 1, by: 2).reduce(0) { $0 + (Int(bytes[$1]) << 8 | Int(bytes[$1 + 1])) }
    while sum > 0xffff { sum = (sum & 0xffff) + (sum >> 16) }
    return sum == 0xffff
  }

  @Test("sees no frames of its own", arguments: modes)
  func noEcho(_ attach: XDPWireOptions.Attach) throws {
    try Namespace.run {
      let pair = try VethPair()
      let wire = try XDPWire { $0.attach = attach }
      for index in 0..<10 { _ = wire.commit(pair.outgoing(index)) }
      #expect(wire.flush() == 0)
      #expect(!wire.isReadable(50))
      #expect(wire.take() == nil)
    }
  }
}
