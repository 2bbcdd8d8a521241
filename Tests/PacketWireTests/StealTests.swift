import CLinuxShims
import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import Testing
import WireDriver

@Suite("Stealing from the kernel's stack", .needsNamespace, .needsProgram, .timeLimit(.minutes(1)))
struct StealTests {
  /// The wire's end has 10.0.0.1 and fd00::1, and UDP sockets of the kernel listen there; frames come from a plain
  /// socket at the other end.
  private struct Setting {
    let wire: PacketWire
    let peer: KernelSocket
    let listeners: [KernelSocket]

    init() throws {
      try Veth.make()
      try Namespace.write("0", to: "/proc/sys/net/ipv6/conf/va/disable_ipv6")
      try ip("address add 10.0.0.1/24 dev va")
      try ip("address add fd00::1/64 nodad dev va")
      wire = try PacketWire("va")
      peer = try KernelSocket.raw("vb")
      listeners = try (0..<3).map { try KernelSocket.udp(local: "0.0.0.0", port: UInt16(7000 + $0)) }
    }

    /// Sends one datagram; whether the wire and whether the kernel's socket at 7000 + `port` got it.
    func deliver(_ port: Int) throws -> [Bool] {
      _ = wire.drain()
      let frame = Self.datagram(port)
      try peer.send(frame)
      let seen = wire.take(1).contains { $0.bytes == frame }
      return [seen, listeners[port].receive(within: seen ? 30 : 0) != nil]
    }

    static func datagram(_ port: Int) -> [UInt8] {
      var header: [UInt8] = [0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 2, 10, 0, 0, 1]
      var sum = stride(from: 0, to: 20, by: 2).reduce(0) { $0 + Int(header[$1]) << 8 + Int(header[$1 + 1]) }
      sum = (sum & 0xffff) + (sum >> 16)
      header[10] = ~UInt8(sum >> 8)
      header[11] = ~UInt8(sum & 255)
      let udp: [UInt8] = [0x0f, 0xa0, UInt8((7000 + port) >> 8), UInt8((7000 + port) & 255), 0, 12, 0, 0, 1, 2, 3, 4]
      return Veth.wireAddress + Veth.peerAddress + [8, 0] + header + udp
    }
  }

  private func match(_ change: (inout StealMatch) -> Void) -> StealMatch {
    var match = StealMatch()
    change(&match)
    return match
  }

  private func obstacle(_ wire: PacketWire) -> String { wire.stealing }

  @Test("keeps what matches for the wire alone, until it is taken back")
  func ports() throws {
    try Namespace.run {
      let setting = try Setting()
      #expect(try setting.deliver(0) == [true, true])
      let first = match {
        $0.etherType = 0x0800
        $0.ipProtocol = 17
        $0.localAddress = [10, 0, 0, 1]
        $0.localPort = 7000
      }
      var second = first
      second.localPort = 7001
      second.remoteAddress = [10, 0, 0, 2]
      second.remotePort = 4000
      try #require(setting.wire.steal([first, second]), "\(obstacle(setting.wire))")
      #expect(obstacle(setting.wire) == "yes, tcx ingress, 2 matches")
      #expect(try setting.deliver(0) == [true, false])
      #expect(try setting.deliver(1) == [true, false])
      #expect(try setting.deliver(2) == [true, true])
      second.remotePort = 4001
      #expect(setting.wire.steal([second]))
      #expect(try setting.deliver(0) == [true, true])
      #expect(try setting.deliver(1) == [true, true])
      #expect(setting.wire.steal([]))
      #expect(obstacle(setting.wire) == "no")
      #expect(try setting.deliver(0) == [true, true])
    }
  }

  @Test("compares every single field")
  func fields() throws {
    try Namespace.run {
      let setting = try Setting()
      let fields: [(hit: (inout StealMatch) -> Void, miss: (inout StealMatch) -> Void)] = [
        (
          { $0.destinationMAC = MACAddress(bytes: Veth.wireAddress) },
          { $0.destinationMAC = MACAddress(bytes: Veth.peerAddress) }
        ),
        ({ $0.etherType = 0x0800 }, { $0.etherType = 0x0806 }),
        ({ $0.ipProtocol = 17 }, { $0.ipProtocol = 6 }),
        ({ $0.localAddress = [10, 0, 0, 1] }, { $0.localAddress = [10, 0, 1, 1] }),
        ({ $0.remoteAddress = [10, 0, 0, 2] }, { $0.remoteAddress = [10, 0, 0, 1] }),
        ({ $0.localPort = 7000 }, { $0.localPort = 4000 }),
        ({ $0.remotePort = 4000 }, { $0.remotePort = 7000 }),
        ({ $0.vlan = 0 }, { $0.vlan = 5 }),
        ({ _ in }, { $0.localAddress = [UInt8](repeating: 0, count: 16) }),
      ]
      for (i, field) in fields.enumerated() {
        try #require(setting.wire.steal([match(field.miss)]), "\(obstacle(setting.wire))")
        #expect(try setting.deliver(0) == [true, true], "miss \(i)")
        #expect(setting.wire.steal([match(field.hit)]))
        #expect(try setting.deliver(0) == [true, false], "hit \(i)")
      }
    }
  }

  @Test("compares the tag that the kernel keeps beside the frame")
  func vlan() throws {
    try Namespace.run {
      let setting = try Setting()
      // A bridge takes frames of every VLAN behind the hook; a kernel with VLAN interfaces is not needed.
      try ip("link add vc type veth peer name vd")
      try ip("link add br0 type bridge")
      for interface in ["va", "vc"] { try ip("link set \(interface) master br0") }
      for interface in ["br0", "vc", "vd"] { try ip("link set \(interface) up") }
      let behind = try KernelSocket.raw("vd")
      /// Waits long for a frame that should come; the bridge has frames of its own.
      func passes(_ tag: [UInt8], expecting passes: Bool = true) throws -> Bool {
        while behind.receive() != nil {}
        try setting.peer.send(Frame.make(1, tag: tag, to: [2, 7, 7, 7, 7, 7], from: Veth.peerAddress))
        while let frame = behind.receive(within: passes ? 2000 : 100) {
          if frame.starts(with: [2, 7, 7, 7, 7, 7]) { return true }
        }
        return false
      }
      let tags: [(tag: [UInt8], vlan: UInt16)] = [
        ([], 0), ([0x81, 0, 0x60, 0], 0), ([0x81, 0, 0xef, 0xfe], 0xffe),
      ]
      for (tag, _) in tags { #expect(try passes(tag)) }
      for vlan in [0, 5, 0xffe] as [UInt16] {
        try #require(setting.wire.steal([match { $0.vlan = vlan }]), "\(obstacle(setting.wire))")
        for (tag, its) in tags {
          #expect(try passes(tag, expecting: its != vlan) == (its != vlan), "match \(vlan), tag \(tag)")
        }
      }
    }
  }

  @Test("compares IPv6 addresses and ports")
  func version6() throws {
    try Namespace.run {
      let setting = try Setting()
      let socket = try KernelSocket(socket(AF_INET6, 2, 0))
      try socket.bind("::", 8000)
      let address: [UInt8] = [0xfd] + [UInt8](repeating: 0, count: 14)
      var udp: [UInt8] = [0x0f, 0xa0, 0x1f, 0x40, 0, 12, 0, 0, 1, 2, 3, 4]
      let source = address + [2]
      let pseudo = source + address + [1, 0, 12, 0, 17] + udp
      var sum = stride(from: 0, to: pseudo.count, by: 2).reduce(0) { $0 + Int(pseudo[$1]) << 8 + Int(pseudo[$1 + 1]) }
      sum = (sum & 0xffff) + (sum >> 16)
      udp[6] = ~UInt8(sum >> 8)
      udp[7] = ~UInt8(sum & 255)
      let frame =
        Veth.wireAddress + Veth.peerAddress + [0x86, 0xdd, 0x60, 0, 0, 0, 0, 12, 17, 64] + source + address + [1] + udp
      try setting.peer.send(frame)
      #expect(socket.receive(within: 1000) != nil)
      for (last, stolen) in [(2, false), (1, true)] as [(UInt8, Bool)] {
        let match = match {
          $0.ipProtocol = 17
          $0.localAddress = address + [last]
          $0.remoteAddress = source
          $0.localPort = 8000
          $0.remotePort = 4000
        }
        try #require(setting.wire.steal([match]), "\(obstacle(setting.wire))")
        try setting.peer.send(frame)
        #expect((socket.receive(within: 50) == nil) == stolen)
      }
    }
  }

  @Test("takes 64 matches and says what is too many, and closing ends it")
  func limits() throws {
    try Namespace.run {
      var listener: KernelSocket?
      do {
        let setting = try Setting()
        listener = setting.listeners[2]
        let many = (0..<64).map { i in
          match {
            $0.destinationMAC = MACAddress(bytes: Veth.wireAddress)
            $0.vlan = i < 63 ? UInt16(i) : nil
            $0.ipProtocol = 17
            $0.localAddress = i < 63 ? [UInt8](repeating: UInt8(i), count: 16) : [10, 0, 0, 1]
            $0.remoteAddress = i < 63 ? [UInt8](repeating: UInt8(i), count: 16) : [10, 0, 0, 2]
            $0.localPort = i < 63 ? 6000 : 7002
            $0.remotePort = 4000
          }
        }
        try #require(setting.wire.steal(many), "\(obstacle(setting.wire))")
        #expect(try setting.deliver(2) == [true, false])
        #expect(try setting.deliver(1) == [true, true])
        #expect(!setting.wire.steal(many + many))
        #expect(obstacle(setting.wire) == "no, 128 matches, at most 64")
        #expect(try setting.deliver(2) == [true, true])
        #expect(setting.wire.steal(many))
      }
      let peer = try KernelSocket.raw("vb")
      try peer.send(Setting.datagram(2))
      #expect(listener?.receive(within: 1000) != nil)
    }
  }
}

extension PacketWire {
  /// What the wire says of stealing.
  fileprivate var stealing: String { configuration.first { $0.name == "steal" }?.value ?? "" }
}

extension Trait where Self == ConditionTrait {
  /// Skips a suite, with the reason, where the kernel takes no program at an interface.
  fileprivate static var needsProgram: Self {
    .enabled(if: programRefusal == nil, "stealing: \(programRefusal ?? "")")
  }
}

private let programRefusal: String? = {
  guard Namespace.obstacle == nil else { return "no namespace" }
  do {
    return try Namespace.run {
      try Veth.make()
      let wire = try PacketWire("va")
      return wire.steal([StealMatch()]) ? nil : wire.stealing
    }
  } catch {
    return "\(error)"
  }
}()
