import EtherFabric
import EtherFabricFormats
import EtherFabricFrames

/// What the frames of a flow have in common: addresses, and ports where they are whole TCP or UDP.
struct FlowKey: Hashable, CustomStringConvertible {
  let name: String
  let source: String
  let destination: String

  /// The flow of a frame; nil for what is not IP.
  init?(_ frame: UnsafeRawBufferPointer) {
    let layout = FrameLayout(frame)
    guard let base = frame.baseAddress else { return nil }
    let header = base + Int(layout.l3Offset)
    let ends: (IPAddress, IPAddress)
    if layout.l3Class.isIPv4 {
      ends = (
        IPAddress(ipv4: IPv4Address(load: header + 12).value), IPAddress(ipv4: IPv4Address(load: header + 16).value)
      )
    } else if layout.l3Class.isIPv6 {
      let from = IPv6Address(load: header + 8)
      let to = IPv6Address(load: header + 24)
      ends = (IPAddress(ipv6High: from.high, low: from.low), IPAddress(ipv6High: to.high, low: to.low))
    } else {
      return nil
    }
    switch layout.l4Class {
    case .none:
      name = layout.l3Class.isFragment ? "fragment" : "ip"
      source = "\(ends.0)"
      destination = "\(ends.1)"
    case .tcp, .udp:
      name = layout.l4Class == .tcp ? "tcp" : "udp"
      source = "\(IPEndpoint(ends.0, port: layout.sourcePort))"
      destination = "\(IPEndpoint(ends.1, port: layout.destinationPort))"
    }
  }

  var description: String { "\(name) \(source) > \(destination)" }
}
