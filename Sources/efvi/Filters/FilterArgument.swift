import ArgumentParser
import EtherFabric
import EtherFabricFrames

/// A filter on the command line.
struct FilterArgument: Sendable {
  let text: String
  let specification: FilterSpecification

  /// For `transform:`; what it throws is wrong usage.
  static func parse(_ text: String) throws -> FilterArgument {
    do {
      let specification = try FilterSpecification(FilterDescription(parsing: text))
      try specification.check()
      return FilterArgument(text: text, specification: specification)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// What a command takes where no filter is given: every frame.
  static let everything = [
    FilterArgument(text: "unicast-all", specification: .unicastAll),
    FilterArgument(text: "multicast-all", specification: .multicastAll),
  ]

  static let help = """
    FILTERS
      udp:192.0.2.1:5000                     UDP to an address and port
      tcp:192.0.2.1:80,198.51.100.2:4000     one connection: this end, then the other
      udp:vid=5,[2001:db8::1]:5000           with a VLAN; IPv6 goes in brackets
      eth:00:0f:53:01:02:03                  destination MAC; with vid=, ethertype= or ipproto= in front
      ethertype:0x88f7, ipproto:89           EtherType; IPv4 protocol
      unicast-all, multicast-all             everything (mcast-all and ucast-all too)
      unicast-mis, multicast-mis             what nobody else takes
    """
}
