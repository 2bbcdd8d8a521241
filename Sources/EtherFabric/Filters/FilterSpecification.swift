import Glibc

/// `ef_filter_spec`: which frames a virtual interface asks for.
///
/// A specification is built by setters, which accept exactly the combinations (and the orders) that the C library's
/// do; a setter that refuses leaves the specification as it was. The static functions make the usual ones:
///
/// ```swift
/// let feed = try FilterSpecification.udp(local: IPEndpoint("239.1.2.3:4000")!).vlan(5)
/// ```
///
/// A filter that names no VLAN matches whatever the VLAN of the frame; VLAN 0 matches frames without a tag.
/// IP filters do not match fragments, and do not compare the destination MAC.
public struct FilterSpecification: Sendable, Equatable {
  /// What has been set.
  public package(set) var kind: FilterKind = []
  /// How the filter takes its frames.
  public var flags: FilterFlags
  /// The protocol of an IPv4, IPv6 or IP protocol filter.
  public package(set) var ipProtocol: UInt8 = 0
  /// The address and port at this end of an IPv4 or IPv6 filter.
  public package(set) var local = IPEndpoint(IPAddress(ipv4: 0), port: 0)
  /// The address and port at the other end, or nil where any matches.
  public package(set) var remote: IPEndpoint?
  /// The VLAN, of any kind of filter; nil where any matches.
  public package(set) var vlanID: UInt16?
  /// The destination MAC of an Ethernet filter.
  public package(set) var macAddress = MACAddress(value: 0)
  /// The EtherType of an EtherType filter, in host order.
  public package(set) var etherType: UInt16 = 0
  /// Whether a port sniff takes every frame of the port, rather than those that filters match.
  public package(set) var isPromiscuous = false
  /// The receive queue asked for, or nil where the adapter chooses.
  public package(set) var destinationQueue: UInt16?

  /// `ef_filter_spec_init`: a specification with nothing set.
  public init(flags: FilterFlags = []) {
    self.flags = flags
  }

  /// What the adapter is asked to compare; empty for filters that name no field (unicast-all, sniff, ...).
  public var fields: FilterFields {
    var fields: FilterFields = []
    if kind.contains(.ethernet) { fields.insert(.localMAC) }
    if !kind.isDisjoint(with: [.ipv4, .ipv6]) {
      fields.formUnion([.localAddress, .localPort])
      if remote != nil { fields.formUnion([.remoteAddress, .remotePort]) }
    }
    if kind.contains(.ipProtocol) { fields.formUnion([.etherType, .ipProtocol]) }
    if kind.contains(.etherType) { fields.insert(.etherType) }
    if vlanID != nil, !fields.isEmpty { fields.insert(.outerVLAN) }
    if destinationQueue != nil { fields.insert(.receiveQueue) }
    return fields
  }
}

extension FilterSpecification {
  /// The refusal of a combination.
  func incompatible(_ operation: String, _ values: String, with accepted: String) -> EtherFabricError {
    EtherFabricError(
      operation, errno: EPROTONOSUPPORT,
      reason: "\(values) cannot be added to a specification with \(kind)",
      remedy: "It goes \(accepted). Start another FilterSpecification and add a filter for each.")
  }

  /// The refusal of a value.
  static func invalid(_ operation: String, _ reason: String, _ remedy: String) -> EtherFabricError {
    EtherFabricError(operation, errno: EINVAL, reason: reason, remedy: remedy)
  }

  static func checkedProtocol(_ operation: String, _ value: InternetProtocol) throws(EtherFabricError) -> UInt8 {
    guard let number = UInt8(exactly: value.rawValue) else {
      throw invalid(
        operation, "protocol \(value.rawValue) is not 0...255", "Give the number of an IP header, such as 17.")
    }
    return number
  }

  static func checkedVLAN(_ operation: String, _ value: Int) throws(EtherFabricError) -> UInt16 {
    guard (0...4095).contains(value) else {
      throw invalid(
        operation, "VLAN \(value) is not 0...4095",
        "Give the ID of a tag, 0 for frames without one, or leave the VLAN out to match any.")
    }
    return UInt16(value)
  }
}
