import EtherFabric

/// What the filter table has to know of a frame.
///
/// Made once per frame from what the parser found; trivial, and without a pointer to the frame.
public struct FrameKey {
  var key = FilterKey()
  /// The kinds of filter that such a frame can match at all.
  var kinds: UInt32
  /// Whether the frame goes to a group: multicast or broadcast, by its destination MAC.
  public let isMulticast: Bool
  /// Whose frame it is, where this host sent it itself; 0 for one from the wire. Only filters with the multicast loopback
  /// flag take it, and of these none of the same stack.
  public var stack: UInt32 = 0
  /// The stack of a frame that is of none.
  public static let anonymous = UInt32.max
  @inline(__always)
  var isLooped: Bool { stack != 0 }

  /// A frame in which nothing above Ethernet is compared.
  ///
  /// - Parameters:
  ///   - destinationMAC: first byte on the wire most significant, in the low 48 bits.
  ///   - vlan: the ID of the outer tag; 0 for frames without one, which the hardware does not tell from a priority tag.
  ///   - etherType: the one behind the tags, in host order.
  @inline(__always)
  public init(destinationMAC: UInt64, vlan: UInt16 = 0, etherType: UInt16) {
    key.link = destinationMAC & FilterKey.macOnly | UInt64(vlan & 0xfff) << 48
    key.transport = UInt64(etherType) << 32
    isMulticast = destinationMAC & 0x0100_0000_0000 != 0
    kinds =
      MatchKinds.link
      | (isMulticast ? MatchKinds.multicastAll | MatchKinds.unknownMulticast : MatchKinds.unknownUnicast)
  }

  /// The virtual port at which the frame arrives: 0 for the port itself, up to 15.
  @inline(__always)
  public mutating func setVirtualPort(_ number: UInt8) {
    key.link = key.link & ~FilterKey.portOnly | UInt64(number) << 60
  }

  /// Adds an IPv4 header. Addresses are numbers: `127.0.0.1` is 0x7f00_0001.
  ///
  /// A fragment matches no IP filter, the first one neither: the hardware leaves them to filters on the MAC.
  @inline(__always)
  public mutating func setIPv4(source: UInt32, destination: UInt32, ipProtocol: UInt8, isFragment: Bool) {
    guard !isFragment else { return }
    key.remoteLow = UInt64(source)
    key.localLow = UInt64(destination)
    key.transport |= UInt64(ipProtocol) << 48
    kinds |= MatchKinds.protocols
  }

  /// Adds an IPv6 header, and the protocol behind its extension headers. Addresses are two halves.
  @inline(__always)
  public mutating func setIPv6(
    source: (high: UInt64, low: UInt64), destination: (high: UInt64, low: UInt64), ipProtocol: UInt8, isFragment: Bool
  ) {
    guard !isFragment else { return }
    key.remoteHigh = source.high
    key.remoteLow = source.low
    key.localHigh = destination.high
    key.localLow = destination.low
    key.transport |= UInt64(ipProtocol) << 48
  }

  /// Adds the ports of a TCP or UDP header, in host order. Only for frames that are no fragments.
  @inline(__always)
  public mutating func setPorts(source: UInt16, destination: UInt16) {
    key.transport |= UInt64(source) << 16 | UInt64(destination)
    kinds |= MatchKinds.ports
  }

  /// All of it at once, from plain values. Addresses are those of `IPAddress`; nil where the frame is not IP.
  public init(
    destinationMAC: MACAddress, vlan: UInt16? = nil, etherType: UInt16, source: IPAddress? = nil,
    destination: IPAddress? = nil, ipProtocol: UInt8 = 0, isFragment: Bool = false, sourcePort: UInt16? = nil,
    destinationPort: UInt16? = nil
  ) {
    self.init(destinationMAC: destinationMAC.value, vlan: vlan ?? 0, etherType: etherType)
    guard let source, let destination else { return }
    if source.isIPv6 {
      setIPv6(
        source: (source.high, source.low), destination: (destination.high, destination.low), ipProtocol: ipProtocol,
        isFragment: isFragment)
    } else {
      setIPv4(
        source: UInt32(truncatingIfNeeded: source.low), destination: UInt32(truncatingIfNeeded: destination.low),
        ipProtocol: ipProtocol, isFragment: isFragment)
    }
    if let sourcePort, let destinationPort, !isFragment {
      setPorts(source: sourcePort, destination: destinationPort)
    }
  }
}
