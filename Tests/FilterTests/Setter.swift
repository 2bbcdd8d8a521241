import EtherFabric

/// Every setter of a specification, with values that it accepts.
enum Setter: String, CaseIterable, Hashable {
  case ip4Local, ip4Full, ip6Local, ip6Full, vlan, ethLocal, ethLocalVLAN, unicastAll, multicastAll, unicastMismatch
  case multicastMismatch, portSniff, txPortSniff, blockKernel, blockKernelUnicast, blockKernelMulticast, ipProto
  case ethType, dest

  static let ip: Set<Setter> = [.ip4Local, .ip4Full, .ip6Local, .ip6Full]
  static let eth: Set<Setter> = [.ethLocal, .ethLocalVLAN]

  func apply(_ filter: inout FilterSpecification) throws(EtherFabricError) {
    let near4 = IPEndpoint("10.0.0.1:4000")!
    let far4 = IPEndpoint("10.0.0.2:5000")!
    let near6 = IPEndpoint("[fd00::1]:4000")!
    let far6 = IPEndpoint("[fd00::2]:5000")!
    let mac = MACAddress("00:0f:53:01:02:03")!
    switch self {
    case .ip4Local: try filter.setIPv4Local(protocol: .udp, local: near4)
    case .ip4Full: try filter.setIPv4Full(protocol: .tcp, local: near4, remote: far4)
    case .ip6Local: try filter.setIPv6Local(protocol: .udp, local: near6)
    case .ip6Full: try filter.setIPv6Full(protocol: .tcp, local: near6, remote: far6)
    case .vlan: try filter.setVLAN(100)
    case .ethLocal: try filter.setEthernetLocal(mac)
    case .ethLocalVLAN: try filter.setEthernetLocal(mac, vlan: 7)
    case .unicastAll: try filter.setUnicastAll()
    case .multicastAll: try filter.setMulticastAll()
    case .unicastMismatch: try filter.setUnicastMismatch()
    case .multicastMismatch: try filter.setMulticastMismatch()
    case .portSniff: try filter.setPortSniff(promiscuous: true)
    case .txPortSniff: try filter.setTransmitPortSniff()
    case .blockKernel: try filter.setBlockKernel()
    case .blockKernelUnicast: try filter.setBlockKernelUnicast()
    case .blockKernelMulticast: try filter.setBlockKernelMulticast()
    case .ipProto: try filter.setIPProtocol(50)
    case .ethType: try filter.setEtherType(0x88f7)
    case .dest: try filter.setDestination(3)
    }
  }

  /// What the genuine library accepts after one setter on an empty specification.
  static let acceptedSecond: [Setter: Set<Setter>] = {
    let special: Set<Setter> = [.unicastAll, .multicastAll, .unicastMismatch, .multicastMismatch]
    var table: [Setter: Set<Setter>] = [:]
    for first in ip { table[first] = [.vlan, .dest] }
    table[.vlan] = ip.union(special).union([.ipProto, .ethType, .dest])
    for first in eth { table[first] = [.ipProto, .ethType, .dest] }
    table[.unicastAll] = [.dest]
    table[.multicastAll] = [.dest]
    table[.unicastMismatch] = [.vlan, .dest]
    table[.multicastMismatch] = [.vlan, .dest]
    for first in [Setter.portSniff, .txPortSniff, .blockKernel, .blockKernelUnicast, .blockKernelMulticast] {
      table[first] = []
    }
    table[.ipProto] = eth.union([.vlan, .dest])
    table[.ethType] = eth.union([.vlan, .dest])
    table[.dest] = ip.union(eth).union([.vlan, .multicastAll, .unicastMismatch, .multicastMismatch, .dest])
    return table
  }()
}
