import EtherFabric

/// Filters and frames from so few values that they meet.
struct RandomTraffic {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

  mutating func below(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 33) % bound
  }

  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

  static let macs = [
    ownMAC, otherMAC, MACAddress("00:0f:53:00:00:03")!, group, MACAddress("33:33:00:00:00:01")!, .broadcast,
  ]
  static let ipv4 = ["10.0.0.1", "10.0.0.2", "239.1.2.3", "0.0.0.1", "255.255.255.255"].map { IPAddress($0)! }
  static let ipv6 = ["fd00::1", "fd00::2", "ff02::1", "::1"].map { IPAddress($0)! }
  static let vlans: [UInt16?] = [nil, 0, 5, 6]

  mutating func frame() -> Frame {
    var frame = Frame(mac: pick(Self.macs), vlan: pick(Self.vlans))
    frame.etherType = pick([0x0800, 0x0800, 0x86dd, 0x88f7, 0x1234])
    guard frame.etherType == 0x0800 || frame.etherType == 0x86dd, below(8) != 0 else { return frame }
    let addresses = frame.etherType == 0x0800 ? Self.ipv4 : Self.ipv6
    frame.source = pick(addresses)
    frame.destination = pick(addresses)
    frame.ipProtocol = pick([6, 17, 17, 50, 2])
    frame.isFragment = below(8) == 0
    if frame.ipProtocol == 6 || frame.ipProtocol == 17, !frame.isFragment {
      frame.ports = (pick([1, 2, 3]), pick([1, 2, 3]))
    }
    return frame
  }

  /// One that the adapter may still refuse as a duplicate.
  mutating func filter() -> FilterSpecification {
    do { return try candidate() } catch { fatalError("\(error)") }
  }

  private mutating func candidate() throws(EtherFabricError) -> FilterSpecification {
    var filter = FilterSpecification()
    switch below(14) {
    case 0, 1, 2, 3, 4:
      let addresses = below(2) == 0 ? Self.ipv4 : Self.ipv6
      let ipProtocol: InternetProtocol = pick([.udp, .tcp])
      let local = IPEndpoint(pick(addresses), port: pick([1, 2, 3]))
      let remote = IPEndpoint(pick(addresses), port: pick([1, 2, 3]))
      switch (local.address.isIPv6, below(2) == 0) {
      case (false, false): try filter.setIPv4Local(protocol: ipProtocol, local: local)
      case (false, true): try filter.setIPv4Full(protocol: ipProtocol, local: local, remote: remote)
      case (true, false): try filter.setIPv6Local(protocol: ipProtocol, local: local)
      case (true, true): try filter.setIPv6Full(protocol: ipProtocol, local: local, remote: remote)
      }
    case 5, 6: try filter.setEthernetLocal(pick(Self.macs), vlan: pick(Self.vlans).map(Int.init))
    case 7:
      try filter.setEthernetLocal(pick(Self.macs), vlan: pick(Self.vlans).map(Int.init))
      try filter.setIPProtocol(pick([50, 2]))
      return filter
    case 8:
      try filter.setEthernetLocal(pick(Self.macs), vlan: pick(Self.vlans).map(Int.init))
      try filter.setEtherType(pick([0x88f7, 0x1234]))
      return filter
    case 9: try filter.setIPProtocol(pick([50, 2]))
    case 10: try filter.setEtherType(pick([0x88f7, 0x1234]))
    case 11: filter = pick([.unicastMismatch, .multicastMismatch])
    case 12: return pick([.unicastAll, .multicastAll])
    default: return pick([.blockKernel, .blockKernelUnicast, .blockKernelMulticast])
    }
    if !filter.kind.contains(.ethernet), below(2) == 0 { try filter.setVLAN(pick([0, 5, 6])) }
    return filter
  }
}
