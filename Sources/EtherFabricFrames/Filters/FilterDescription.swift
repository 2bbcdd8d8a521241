import EtherFabric

/// A filter as users write it: the grammar of the vendor's sample programs, and shorter names for the same.
///
/// - `udp:192.0.2.1:5000`, `tcp:[2001:db8::1]:80`: protocol, address and port at this end; a second `host:port` after
///   a comma is the other end. `mcastloop-rx` among them asks for this host's own multicast too.
/// - `eth:00:0f:53:01:02:03`: destination MAC, with `ethertype=` or `ipproto=` on request.
/// - `ethertype:0x88f7`, `ipproto:89` (`ip-proto:89`).
/// - `unicast-all`, `multicast-all`, `unicast-mis`, `multicast-mis` (`ucast-` and `mcast-` too).
/// - `sniff`, `sniff:no-promisc`, `tx-sniff`, `block-kernel`, `block-kernel-unicast`, `block-kernel-multicast`.
///
/// `vid=5` goes before or after, separated by a comma, with all that can name a VLAN. Numbers are decimal, or
/// hexadecimal after `0x`.
public struct FilterDescription: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case udp
    case tcp
    case ethernet = "eth"
    case etherType = "ethertype"
    case ipProtocol = "ipproto"
    case unicastAll = "unicast-all"
    case multicastAll = "multicast-all"
    case unicastMismatch = "unicast-mis"
    case multicastMismatch = "multicast-mis"
    case sniff
    case transmitSniff = "tx-sniff"
    case blockKernel = "block-kernel"
    case blockKernelUnicast = "block-kernel-unicast"
    case blockKernelMulticast = "block-kernel-multicast"
  }

  /// An address and a port.
  public struct Endpoint: Sendable, Equatable, CustomStringConvertible {
    public enum Address: Sendable, Equatable {
      case ipv4(IPv4Address)
      case ipv6(IPv6Address)
    }

    public var address: Address
    /// In host order.
    public var port: UInt16

    public init(_ address: Address, port: UInt16) {
      self.address = address
      self.port = port
    }

    public var description: String {
      switch address {
      case .ipv4(let address): "\(address):\(port)"
      case .ipv6(let address): "[\(address)]:\(port)"
      }
    }
  }

  public var kind: Kind
  /// This end, of `udp` and `tcp`.
  public var local: Endpoint?
  /// The other end of `udp` and `tcp`, or nil for any; of the family of `local`.
  public var remote: Endpoint?
  /// The destination of `eth`.
  public var mac: EthernetAddress?
  /// The outer VLAN, or nil for any.
  public var vlan: UInt16?
  /// The type of `ethertype`, and of `eth` where it names one.
  public var etherType: UInt16?
  /// The protocol of `ipproto`, and of `eth` where it names one.
  public var ipProtocol: UInt8?
  /// Whether `sniff` asks for every frame of the port, as it does unless it says `no-promisc`.
  public var isPromiscuous: Bool
  /// Whether this host's own multicast is asked for too.
  public var receivesMulticastLoop = false

  public init(_ kind: Kind) {
    self.kind = kind
    isPromiscuous = kind == .sniff
  }
}

extension FilterDescription: CustomStringConvertible {
  /// The vendor's spelling, which parses to the same description.
  public var description: String {
    var parts: [String] = []
    if receivesMulticastLoop { parts.append("mcastloop-rx") }
    if let vlan { parts.append("vid=\(vlan)") }
    switch kind {
    case .udp, .tcp: parts += [local, remote].compactMap { $0?.description }
    case .ethernet:
      if let etherType { parts.append("ethertype=0x" + String(etherType, radix: 16)) }
      if let ipProtocol { parts.append("ipproto=\(ipProtocol)") }
      if let mac { parts.append(mac.description) }
    case .etherType: if let etherType { parts.append("0x" + String(etherType, radix: 16)) }
    case .ipProtocol: if let ipProtocol { parts.append(String(ipProtocol)) }
    case .sniff: parts.append(isPromiscuous ? "promisc" : "no-promisc")
    default: break
    }
    return parts.isEmpty ? kind.rawValue : kind.rawValue + ":" + parts.joined(separator: ",")
  }
}

/// What is wrong with the text of a filter.
public struct FilterSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The whole text.
  public let text: String
  /// The part that is wrong; empty where something is missing.
  public let part: String
  public let reason: String
  /// What is accepted there.
  public let accepted: String

  public var description: String {
    let place = part.isEmpty ? "" : " at '\(part)'"
    return "filter '\(text)'\(place): \(reason). Accepted: \(accepted)"
  }
}
