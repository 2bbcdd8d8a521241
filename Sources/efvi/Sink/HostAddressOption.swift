import ArgumentParser
import EtherFabric
import EtherFabricFrames

/// `--address`: an address to answer ARP, neighbour solicitations and ping for.
struct HostAddressOption: ExpressibleByArgument {
  let address: IPAddress

  init?(argument: String) {
    guard let address = IPAddress(argument), !address.isMulticast, !address.isUnspecified else { return nil }
    self.address = address
  }

  /// One responder for at most one address of each family.
  static func responder(_ options: [HostAddressOption], mac: MACAddress) -> HostResponder? {
    guard !options.isEmpty else { return nil }
    var responder = HostResponder(mac: mac)
    for option in options {
      if let value = option.address.ipv4 {
        responder.ipv4 = IPv4Address(value: value)
      } else {
        responder.ipv6 = IPv6Address(high: option.address.high, low: option.address.low)
      }
    }
    return responder
  }

  /// What brings the questions to the interface.
  static func filters(_ responder: HostResponder) throws(EtherFabricError) -> [FilterArgument] {
    var filters: [FilterArgument] = []
    let own = responder.mac
    if responder.ipv4 != nil {
      for mac in [MACAddress.broadcast, own] {
        var filter = try FilterSpecification.ethernet(mac)
        try filter.setEtherType(0x0806)
        filters.append(FilterArgument(text: "eth:ethertype=0x806,\(mac)", specification: filter))
      }
      var ping = try FilterSpecification.ethernet(own)
      try ping.setIPProtocol(.icmp)
      filters.append(FilterArgument(text: "eth:ipproto=1,\(own)", specification: ping))
    }
    if let address = responder.ipv6 {
      let group = MACAddress(multicast: address.solicitedNode)
      for mac in [group, own] {
        filters.append(FilterArgument(text: "eth:\(mac)", specification: try .ethernet(mac)))
      }
    }
    return filters
  }
}
