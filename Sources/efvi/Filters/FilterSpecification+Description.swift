import EtherFabric
import EtherFabricFrames

extension FilterSpecification {
  /// The filter that a text describes.
  init(_ text: FilterDescription) throws(EtherFabricError) {
    self.init(flags: text.receivesMulticastLoop ? .multicastLoopback : [])
    let vlan = text.vlan.map(Int.init)
    if let vlan, text.kind != .ethernet { try setVLAN(vlan) }
    switch text.kind {
    case .udp: try setEnds(.udp, text)
    case .tcp: try setEnds(.tcp, text)
    case .ethernet:
      try setEthernetLocal(text.mac ?? .broadcast, vlan: vlan)
      if let type = text.etherType { try setEtherType(type) }
      if let number = text.ipProtocol { try setIPProtocol(InternetProtocol(rawValue: Int(number))) }
    case .etherType: try setEtherType(text.etherType ?? 0)
    case .ipProtocol: try setIPProtocol(InternetProtocol(rawValue: Int(text.ipProtocol ?? 0)))
    case .unicastAll: try setUnicastAll()
    case .multicastAll: try setMulticastAll()
    case .unicastMismatch: try setUnicastMismatch()
    case .multicastMismatch: try setMulticastMismatch()
    case .sniff: try setPortSniff(promiscuous: text.isPromiscuous)
    case .transmitSniff: try setTransmitPortSniff()
    case .blockKernel: try setBlockKernel()
    case .blockKernelUnicast: try setBlockKernelUnicast()
    case .blockKernelMulticast: try setBlockKernelMulticast()
    }
  }

  private mutating func setEnds(
    _ ipProtocol: InternetProtocol, _ text: FilterDescription
  ) throws(EtherFabricError) {
    guard let local = text.local.map(IPEndpoint.init) else { return }
    switch (local.address.isIPv6, text.remote.map(IPEndpoint.init)) {
    case (false, nil): try setIPv4Local(protocol: ipProtocol, local: local)
    case (true, nil): try setIPv6Local(protocol: ipProtocol, local: local)
    case (false, let remote?): try setIPv4Full(protocol: ipProtocol, local: local, remote: remote)
    case (true, let remote?): try setIPv6Full(protocol: ipProtocol, local: local, remote: remote)
    }
  }
}

extension IPEndpoint {
  init(_ text: FilterDescription.Endpoint) {
    let address: IPAddress =
      switch text.address {
      case .ipv4(let address): IPAddress(ipv4: address.value)
      case .ipv6(let address): IPAddress(ipv6High: address.high, low: address.low)
      }
    self.init(address, port: text.port)
  }
}
