import EmulatedAdapter
import EmulatedWires
import EtherFabric
import NetworkLab
import Testing

@Suite("What an XDP wire takes and what it leaves", .needsXDP, .timeLimit(.minutes(1)))
struct SteeringTests {
  static let modes: [XDPWireOptions.Attach] = [.native, .generic]

  /// Sends a frame to the wire's end; whether the wire, and whether the kernel there got it.
  private struct Setting {
    let pair: VethPair
    let wire: XDPWire
    let peer: Peer
    /// Sees what passes into the kernel.
    let kernel: Peer

    init(_ attach: XDPWireOptions.Attach) throws {
      pair = try VethPair()
      wire = try XDPWire(.matches([])) { $0.attach = attach }
      peer = try Peer()
      kernel = try Peer("a0")
    }

    func deliver(_ frame: [UInt8]) -> String {
      _ = wire.drain()
      _ = kernel.drain(within: 0)
      guard peer.send(frame) else { return "unsent" }
      for _ in 0..<1000 {
        if let arrival = wire.take() { return arrival.bytes == frame ? "wire" : "damaged" }
        if kernel.receive(within: 1) != nil { return "kernel" }
      }
      return "lost"
    }
  }

  private func udp(
    _ pair: VethPair, tag: [UInt8] = [], to: MACAddress? = nil, fragment: UInt8 = 0, port: UInt8 = 0x58
  ) -> [UInt8] {
    let ip: [UInt8] = [0x45, 0, 0, 32, 0, 1, fragment, 0, 64, 17, 0, 0, 10, 9, 0, 1, 10, 9, 0, 2]
    return (to ?? pair.adapterMAC).bytes + pair.kernelMAC.bytes + tag + [8, 0] + ip
      + [0x0f, 0xa0, 0x1b, port, 0, 12, 0, 0, 1, 2, 3, 4]
  }

  /// A few filters are compared one by one, many are looked up.
  @Test("every single field is compared, beside few filters and many", arguments: modes, [0, 8])
  func fields(_ attach: XDPWireOptions.Attach, others: Int) throws {
    try Namespace.run {
      let setting = try Setting(attach)
      let pair = setting.pair
      let fields: [(hit: (inout StealMatch) -> Void, miss: (inout StealMatch) -> Void)] = [
        ({ $0.destinationMAC = pair.adapterMAC }, { $0.destinationMAC = pair.kernelMAC }),
        ({ $0.etherType = 0x0800 }, { $0.etherType = 0x0806 }),
        ({ $0.ipProtocol = 17 }, { $0.ipProtocol = 6 }),
        ({ $0.localAddress = [10, 9, 0, 2] }, { $0.localAddress = [10, 9, 1, 2] }),
        ({ $0.remoteAddress = [10, 9, 0, 1] }, { $0.remoteAddress = [10, 9, 0, 2] }),
        ({ $0.localPort = 7000 }, { $0.localPort = 4000 }),
        ({ $0.remotePort = 4000 }, { $0.remotePort = 7000 }),
        ({ $0.vlan = 5 }, { $0.vlan = 6 }),
        ({ $0.group = .unicast }, { $0.group = .multicast }),
      ]
      let frame = udp(pair, tag: [0x81, 0, 0x60, 5])
      #expect(setting.deliver(frame) == "kernel")
      for (index, field) in fields.enumerated() {
        #expect(setting.wire.want(.match(beside: others, field.hit)))
        #expect(setting.deliver(frame) == "wire", "\(index)")
        #expect(setting.wire.want(.match(beside: others, field.miss)))
        #expect(setting.deliver(frame) == "kernel", "\(index)")
      }
      #expect(setting.wire.line("redirected") == (others == 0 ? "what 1 filter asks for" : "what 9 filters ask for"))
      #expect(setting.wire.want(.matches([])))
      #expect(setting.deliver(frame) == "kernel")
      #expect(setting.wire.want(.everything))
      #expect(setting.deliver(frame) == "wire")
      #expect(setting.wire.counters().receiveLeft > 0)
    }
  }

  @Test("a tag is the outer one's number, a frame without has 0, and fragments match nothing above Ethernet")
  func tagsAndFragments() throws {
    try Namespace.run {
      let setting = try Setting(.native)
      let pair = setting.pair
      for (tag, vlan) in [
        ([], 0), ([0x81, 0, 0xe0, 0], 0), ([0x88, 0xa8, 0, 7, 0x81, 0, 0, 5], 7), ([0x81, 0, 0x6f, 0xfe], 0xffe),
      ] as [([UInt8], UInt16)] {
        #expect(setting.wire.want(.match { $0.vlan = vlan }))
        #expect(setting.deliver(udp(pair, tag: tag)) == "wire", "\(tag)")
        #expect(setting.wire.want(.match { $0.vlan = vlan ^ 1 }))
        #expect(setting.deliver(udp(pair, tag: tag)) == "kernel", "\(tag)")
        #expect(setting.wire.want(.match { $0.localPort = 7000 }))
        #expect(setting.deliver(udp(pair, tag: tag)) == "wire", "\(tag)")
      }
      #expect(setting.deliver(udp(pair, fragment: 0x20)) == "kernel")
      #expect(setting.wire.want(.match { $0.localAddress = [10, 9, 0, 2] }))
      #expect(setting.deliver(udp(pair, fragment: 0x20)) == "kernel")
      #expect(setting.wire.want(.match { $0.etherType = 0x0800 }))
      #expect(setting.deliver(udp(pair, fragment: 0x20)) == "wire")
    }
  }

  @Test("IPv6 addresses and ports are compared, past options") func version6() throws {
    try Namespace.run {
      let setting = try Setting(.generic)
      let address: [UInt8] = [0xfd] + [UInt8](repeating: 0, count: 14)
      let udp: [UInt8] = [0x0f, 0xa0, 0x1f, 0x40, 0, 12, 0, 0, 1, 2, 3, 4]
      let option: [UInt8] = [17, 0, 1, 4, 0, 0, 0, 0]
      for options in [[], option, [60, 0, 1, 4, 0, 0, 0, 0] + option] {
        let next: UInt8 = options.isEmpty ? 17 : options.count == 8 ? 60 : 0
        let frame =
          setting.pair.adapterMAC.bytes + setting.pair.kernelMAC.bytes + [0x86, 0xdd, 0x60, 0, 0, 0, 0]
          + [UInt8(options.count + 12), next, 64] + address + [2] + address + [1] + options + udp
        for last in [1, 2] as [UInt8] {
          #expect(
            setting.wire.want(
              .match {
                $0.etherType = 0x86dd
                $0.ipProtocol = 17
                $0.localAddress = address + [last]
                $0.remoteAddress = address + [2]
                $0.localPort = 8000
                $0.remotePort = 4000
              }))
          #expect(setting.deliver(frame) == (last == 1 ? "wire" : "kernel"))
        }
      }
    }
  }

  @Test("unknown addresses are those that the kernel does not listen to") func unknown() throws {
    try Namespace.run {
      let setting = try Setting(.native)
      let pair = setting.pair
      let group = MACAddress("01:00:5e:01:02:03")!
      let other = MACAddress("02:aa:00:00:00:01")!
      let targets = [pair.adapterMAC, other, .broadcast, group]
      for (kind, expected) in [
        (.unicast, "wwkk"), (.unknownUnicast, "kwkk"), (.multicast, "kkww"), (.unknownMulticast, "kkkw"),
      ] as [(StealMatch.Group, String)] {
        var match = StealMatch()
        match.group = kind
        #expect(setting.wire.want(.matches([match], known: [pair.adapterMAC, .broadcast])))
        let got = targets.map { String(setting.deliver(udp(pair, to: $0)).prefix(1)) }.joined()
        #expect(got == expected, "\(kind)")
      }
    }
  }

  @Test("a thousand filters are told apart") func many() throws {
    try Namespace.run {
      let setting = try Setting(.native)
      let matches = (0..<1000).map { index in
        var match = StealMatch()
        match.localPort = UInt16(6000 + index)
        match.ipProtocol = 17
        if index % 2 == 0 { match.localAddress = [10, 9, 0, 2] }
        return match
      }
      #expect(setting.wire.want(.matches(matches)))
      #expect(setting.wire.line("redirected") == "what 1000 filters ask for")
      // 7000 is 1000 above the first.
      #expect(setting.deliver(udp(setting.pair)) == "kernel")
      #expect(setting.deliver(udp(setting.pair, port: 0x57)) == "wire")
      #expect(setting.wire.want(.matches(Array(matches.dropLast()))))
      #expect(setting.deliver(udp(setting.pair, port: 0x57)) == "kernel")
      #expect(setting.deliver(udp(setting.pair, port: 0x56)) == "wire")
    }
  }

  @Test("what cannot be told apart is every frame") func tooMany() throws {
    try Namespace.run {
      let setting = try Setting(.generic)
      let matches = (0..<17_000).map { index in
        var match = StealMatch()
        match.remotePort = UInt16(index)
        return match
      }
      #expect(setting.wire.want(.matches(matches)))
      #expect(setting.wire.line("redirected") == "every frame: too many filters to tell apart")
      #expect(setting.deliver(udp(setting.pair)) == "wire")
    }
  }
}
