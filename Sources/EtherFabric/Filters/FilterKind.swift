/// What a filter specification consists of: `ef_filter_spec.type`, with the C library's bits.
public struct FilterKind: OptionSet, Hashable, Sendable, CustomStringConvertible {
  public let rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let ethernet = FilterKind(rawValue: 0x1)
  public static let ipv4 = FilterKind(rawValue: 0x2)
  public static let unicastAll = FilterKind(rawValue: 0x4)
  public static let multicastAll = FilterKind(rawValue: 0x8)
  public static let vlan = FilterKind(rawValue: 0x10)
  public static let unicastMismatch = FilterKind(rawValue: 0x20)
  public static let multicastMismatch = FilterKind(rawValue: 0x40)
  public static let portSniff = FilterKind(rawValue: 0x80)
  public static let blockKernel = FilterKind(rawValue: 0x100)
  public static let blockKernelUnicast = FilterKind(rawValue: 0x200)
  public static let blockKernelMulticast = FilterKind(rawValue: 0x400)
  public static let transmitPortSniff = FilterKind(rawValue: 0x800)
  public static let ipProtocol = FilterKind(rawValue: 0x1000)
  public static let etherType = FilterKind(rawValue: 0x2000)
  public static let ipv6 = FilterKind(rawValue: 0x4000)
  public static let destination = FilterKind(rawValue: 0x8000)

  /// Filters on the port rather than on fields of a frame. They stand alone.
  static let alone: FilterKind = [
    .portSniff, .transmitPortSniff, .blockKernel, .blockKernelUnicast, .blockKernelMulticast,
  ]

  /// The names of the parts, `IPv4 + VLAN`; `nothing` when empty.
  public var description: String {
    let parts = Self.names.filter { contains($0.kind) }.map(\.name)
    return parts.isEmpty ? "nothing" : parts.joined(separator: " + ")
  }

  private static let names: [(kind: FilterKind, name: String)] = [
    (.ethernet, "Ethernet"), (.ipv4, "IPv4"), (.ipv6, "IPv6"), (.ipProtocol, "IP protocol"),
    (.etherType, "EtherType"), (.unicastAll, "unicast-all"), (.multicastAll, "multicast-all"),
    (.unicastMismatch, "unicast-mismatch"), (.multicastMismatch, "multicast-mismatch"),
    (.portSniff, "port sniff"), (.transmitPortSniff, "transmit port sniff"),
    (.blockKernel, "block kernel"), (.blockKernelUnicast, "block kernel unicast"),
    (.blockKernelMulticast, "block kernel multicast"), (.vlan, "VLAN"), (.destination, "destination queue"),
  ]
}
