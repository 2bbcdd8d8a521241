import CLinuxShims
import EmulatedAdapter
import EmulatedWires
import Glibc
import Testing
import WireDriver

@Suite("Offloads of a packet wire's sender", .needsNamespace, .timeLimit(.minutes(1)))
struct OffloadTests {
  /// The kernel at `vb` talks to an address behind `va` that nobody has.
  private func addressPeer() throws {
    try ip("address add 10.0.0.2/24 dev vb")
    try ip("neighbor add 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb")
  }

  @Test("UDP from the kernel arrives with its checksum complete", arguments: [0, 1, 17, 18, 19, 1471, 1472])
  func partialChecksum(size: Int) throws {
    try Namespace.run {
      try Veth.make()
      try addressPeer()
      let wire = try PacketWire("va")
      let socket = try KernelSocket.udp()
      try socket.connect("10.0.0.1", 7)
      let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13) }
      try socket.send(payload)
      let frame = try #require(wire.take(1).first)
      let packet = try #require(Packet(frame.bytes))
      #expect(packet.isValid && packet.proto == 17 && packet.destinationPort == 7)
      #expect(Array(packet.payload) == payload)
      #expect(wire.counters().checksumsCompleted == 1)
    }
  }

  @Test("UDP with a segment size arrives as its segments")
  func udpSegments() throws {
    try Namespace.run {
      try Veth.make()
      try addressPeer()
      let wire = try PacketWire("va")
      let socket = try KernelSocket.udp()
      try socket.connect("10.0.0.1", 7)
      try socket.set(17, 103, 1000)  // UDP_SEGMENT
      let payload = (0..<10_500).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ $0 >> 8) }
      #expect(try socket.send(payload) == payload.count)
      let frames = wire.take(11)
      #expect(frames.count == 11)
      let packets = frames.compactMap { Packet($0.bytes) }
      #expect(packets.allSatisfy { $0.isValid && $0.proto == 17 })
      #expect(packets.map(\.payload.count) == Array(repeating: 1000, count: 10) + [500])
      #expect(packets.flatMap(\.payload) == payload)
      #expect(wire.counters().framesSegmented == 1)
      #expect(wire.counters().receiveTruncated == 0)
    }
  }

  @Test(
    "a tagged large frame keeps its tag, flags and sequence in every segment", arguments: [300, 1200, 3500, 60_000])
  func taggedSegments(size: Int) throws {
    try Namespace.run {
      try Veth.make()
      let wire = try PacketWire("va")
      let peer = try KernelSocket.raw("vb")
      #expect(packet_socket_offload_headers(peer.descriptor) == 0)
      let length = size + 52
      let ip: [UInt8] = [
        0x45, 0, UInt8(length >> 8), UInt8(length & 255), 0xff, 0xfe, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 2, 10, 0, 0, 1,
      ]
      // Ports, sequence just below its wrap, acknowledgement, 12 bytes of options, CWR ACK PSH FIN.
      let tcp: [UInt8] =
        [0x0f, 0xa0, 0x1f, 0x40, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 1, 0x80, 0x99, 1, 0, 0, 0, 0, 0]
        + [UInt8](repeating: 1, count: 12)
      let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 11 &+ $0 >> 8) }
      let frame =
        Veth.wireAddress + Veth.peerAddress + [0x81, 0, 0x60, 5, 8, 0] + ip + tcp + payload
      // NEEDS_CSUM, TCPV4, header length 70, segments of 500, checksum from 38 at 16.
      let offload: [UInt8] = [1, 1, 70, 0, 0xf4, 0x01, 38, 0, 16, 0]
      #expect(try peer.send(offload + frame) == offload.count + frame.count)
      let count = (size + 499) / 500
      let packets = wire.take(count).compactMap { Packet($0.bytes) }
      try #require(packets.count == count)
      #expect(packets.allSatisfy { $0.network == 18 && $0.bytes[14] == 0x60 && $0.bytes[15] == 5 })
      #expect(packets.flatMap(\.payload) == payload)
      if count > 1 {
        #expect(packets.allSatisfy { $0.isValid && $0.end == $0.bytes.count })
        #expect(packets.enumerated().allSatisfy { $1.sequence == 0xffff_fff0 &+ UInt32($0 * 500) })
        #expect(packets.enumerated().allSatisfy { $1.identification == (0xfffe + $0) & 0xffff })
        #expect(packets[0].flags == 0x90 && packets[count - 1].flags == 0x19)
        #expect(packets[1..<(count - 1)].allSatisfy { $0.flags == 0x10 })
      }
      #expect(wire.counters().framesSegmented == (count > 1 ? 1 : 0))
    }
  }

  @Test("segments above the MTU are dropped and counted")
  func oversizeSegments() throws {
    try Namespace.run {
      try Veth.make()
      try addressPeer()
      try ip("link set vb mtu 9000")
      let wire = try PacketWire("va")
      let peer = try KernelSocket.raw("vb")
      let socket = try KernelSocket.udp()
      try socket.connect("10.0.0.1", 7)
      try socket.set(17, 103, 5000)
      try socket.send([UInt8](repeating: 1, count: 20_000))
      try peer.send(Frame.incoming(1))
      #expect(wire.take(1).map(\.bytes) == [Frame.incoming(1)])
      #expect(wire.counters().receiveOversize == 1)
    }
  }

  @Test("a TCP stream arrives as the segments of a wire", arguments: ["10.0.0.", "fd00::"])
  func tcpSegments(network: String) throws {
    try Namespace.run {
      let peer = try PeerNamespace()
      try Veth.make(up: false)
      try ip("link set vb netns \(peer.path)")
      let isIPv4 = network.hasPrefix("10")
      func address(_ interface: String, _ host: Int) throws {
        if !isIPv4 { try Namespace.write("0", to: "/proc/sys/net/ipv6/conf/\(interface)/disable_ipv6") }
        try ip("link set \(interface) up")
        try ip("address add \(network)\(host)/\(isIPv4 ? "24" : "64 nodad") dev \(interface)")
      }
      try address("va", 1)
      try peer.run { try address("vb", 2) }
      let family = isIPv4 ? AF_INET : AF_INET6
      let listener = try KernelSocket.tcp(family)
      try listener.bind("\(network)1", 4000)
      try listener.listen()
      let wire = try PacketWire("va")
      let client = try peer.run { try KernelSocket.tcp(family) }
      try client.connect("\(network)1", 4000)
      let server = try listener.accept()

      let stream = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
      var sent = 0
      var received: [UInt8] = []
      var frames: [Arrival] = []
      var rounds = 0
      while received.count < stream.count {
        if sent < stream.count { sent += try client.send(stream[sent..<min(sent + 65_536, stream.count)]) }
        frames += wire.drain()
        if let bytes = server.receive(within: 10) { received += bytes }
        rounds += 1
        try #require(rounds < 2000)
      }
      frames += wire.drain()
      #expect(received == stream)

      let packets = frames.compactMap { Packet($0.bytes) }.filter { $0.proto == 6 && $0.destinationPort == 4000 }
      #expect(frames.allSatisfy { $0.bytes.count <= 1514 })
      #expect(packets.allSatisfy { $0.isValid })
      let data = packets.filter { !$0.payload.isEmpty }
      let first = try #require(data.first).sequence
      var seen: [UInt8] = []
      for packet in data where Int(packet.sequence &- first) == seen.count { seen += packet.payload }
      #expect(seen == stream)
      #expect(data.allSatisfy { $0.flags & 0x10 != 0 })
      if isIPv4 {
        let identifications = data.map(\.identification)
        #expect(zip(identifications, identifications.dropFirst()).allSatisfy { ($0 + 1) & 0xffff == $1 })
      }
      let counters = wire.counters()
      #expect(counters.framesSegmented > 0)
      #expect(counters.receiveTruncated == 0 && counters.receiveOversize == 0 && counters.receiveDropped == 0)
    }
  }
}
