import EtherFabric
import EtherFabricFormats

/// One direction of a UDP conversation: all that the headers of its frames need except the payload's length.
///
/// ```swift
/// let flow = UDPFlow(
///   from: mac, IPv4Address(192, 0, 2, 1), port: 5000,
///   to: peerMAC, IPv4Address(192, 0, 2, 2), port: 5001)
/// let length = flow.write(payloadLength: 32, into: frame)
/// ```
public struct UDPFlow: Sendable, Equatable {
  /// The addresses of both ends, of one family.
  public enum Addresses: Sendable, Equatable {
    case ipv4(source: IPv4Address, destination: IPv4Address)
    case ipv6(source: IPv6Address, destination: IPv6Address)
  }

  public var sourceMAC: EthernetAddress
  public var destinationMAC: EthernetAddress
  public var addresses: Addresses
  public var sourcePort: UInt16
  public var destinationPort: UInt16
  /// The tag (identifier in the low 12 bits, priority above), or nil for frames without one.
  public var vlan: UInt16?
  /// Time to live or hop limit.
  public var hopLimit: UInt8 = 64

  public init(
    from sourceMAC: EthernetAddress, _ source: IPv4Address, port sourcePort: UInt16,
    to destinationMAC: EthernetAddress, _ destination: IPv4Address, port destinationPort: UInt16,
    vlan: UInt16? = nil
  ) {
    self.sourceMAC = sourceMAC
    self.destinationMAC = destinationMAC
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.vlan = vlan
    addresses = .ipv4(source: source, destination: destination)
  }

  public init(
    from sourceMAC: EthernetAddress, _ source: IPv6Address, port sourcePort: UInt16,
    to destinationMAC: EthernetAddress, _ destination: IPv6Address, port destinationPort: UInt16,
    vlan: UInt16? = nil
  ) {
    self.sourceMAC = sourceMAC
    self.destinationMAC = destinationMAC
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.vlan = vlan
    addresses = .ipv6(source: source, destination: destination)
  }

  /// The same conversation in the other direction.
  public var reversed: UDPFlow {
    var flow = self
    swap(&flow.sourceMAC, &flow.destinationMAC)
    swap(&flow.sourcePort, &flow.destinationPort)
    switch addresses {
    case .ipv4(let source, let destination): flow.addresses = .ipv4(source: destination, destination: source)
    case .ipv6(let source, let destination): flow.addresses = .ipv6(source: destination, destination: source)
    }
    return flow
  }

  /// Frame offset of the first payload byte: 42 to 66.
  @inlinable
  public var payloadOffset: Int { networkOffset + networkLength + 8 }

  /// Most payload bytes of one datagram, whatever the link carries.
  @inlinable
  public var maximumPayload: Int {
    switch addresses {
    case .ipv4: 65507
    case .ipv6: 65527
    }
  }

  @inlinable
  var networkOffset: Int { vlan == nil ? 14 : 18 }

  @inlinable
  var networkLength: Int {
    switch addresses {
    case .ipv4: 20
    case .ipv6: 40
    }
  }
}
