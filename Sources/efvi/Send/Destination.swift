import ArgumentParser
import EtherFabric
import EtherFabricFrames

/// Where datagrams go, by address, port and VLAN.
struct Destination: Sendable {
  let end: FilterDescription.Endpoint
  let vlan: UInt16?

  static func parse(_ text: String) throws -> Destination {
    let parsed: FilterDescription
    do {
      parsed = try FilterDescription(parsing: text)
    } catch {
      throw ValidationError("\(error)")
    }
    guard parsed.kind == .udp, let end = parsed.local, parsed.remote == nil, !parsed.receivesMulticastLoop else {
      throw ValidationError("a destination is udp:[vid=VLAN,]ADDRESS:PORT; the sender goes in --source")
    }
    return Destination(end: end, vlan: parsed.vlan)
  }

  static func parseEnd(_ text: String) throws -> FilterDescription.Endpoint { try parse("udp:" + text).end }

  static func parseMAC(_ text: String) throws -> EthernetAddress {
    guard let mac = EthernetAddress(text) else {
      throw ValidationError("not a MAC: six hexadecimal bytes, such as 00:0f:53:01:02:03")
    }
    return mac
  }

  /// The MAC that multicast and broadcast go to; nil for unicast.
  var groupMAC: EthernetAddress? {
    switch end.address {
    case .ipv4(let address) where address.isMulticast: EthernetAddress(multicast: address)
    case .ipv4(let address) where address.isBroadcast: .broadcast
    case .ipv6(let address) where address.isMulticast: EthernetAddress(multicast: address)
    default: nil
    }
  }

  /// What a receiver asks its adapter for.
  func filter() throws(EtherFabricError) -> FilterArgument {
    var filter = FilterSpecification.udp(local: IPEndpoint(end))
    if let vlan { try filter.setVLAN(Int(vlan)) }
    return FilterArgument(text: "udp:\(end)", specification: filter)
  }

  func isSameFamily(as other: FilterDescription.Endpoint) -> Bool {
    switch (end.address, other.address) {
    case (.ipv4, .ipv4), (.ipv6, .ipv6): true
    default: false
    }
  }

  func flow(from own: EthernetAddress, source: FilterDescription.Endpoint?, to target: EthernetAddress) -> UDPFlow {
    let port = source?.port ?? 49152
    switch (end.address, source?.address) {
    case (.ipv4(let address), .ipv4(let sender)):
      return UDPFlow(from: own, sender, port: port, to: target, address, port: end.port, vlan: vlan)
    case (.ipv4(let address), _):
      let sender = IPv4Address(198, 18, 0, 1)
      return UDPFlow(from: own, sender, port: port, to: target, address, port: end.port, vlan: vlan)
    case (.ipv6(let address), .ipv6(let sender)):
      return UDPFlow(from: own, sender, port: port, to: target, address, port: end.port, vlan: vlan)
    case (.ipv6(let address), _):
      let sender = IPv6Address(high: 0x2001_0002_0000_0000, low: 1)
      return UDPFlow(from: own, sender, port: port, to: target, address, port: end.port, vlan: vlan)
    }
  }
}
