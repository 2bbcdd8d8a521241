/// The protocol number of an IP header (`IPPROTO_UDP`, ...).
///
/// Any integer can be held, because the C calls take an `int`; calls that need a real protocol refuse others.
public struct InternetProtocol: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral,
  CustomStringConvertible
{
  public let rawValue: Int

  @inlinable
  public init(rawValue: Int) { self.rawValue = rawValue }

  @inlinable
  public init(integerLiteral value: Int) { rawValue = value }

  public static let icmp: InternetProtocol = 1
  public static let igmp: InternetProtocol = 2
  public static let tcp: InternetProtocol = 6
  public static let udp: InternetProtocol = 17
  public static let icmpv6: InternetProtocol = 58

  public var description: String {
    switch self {
    case .icmp: "ICMP"
    case .igmp: "IGMP"
    case .tcp: "TCP"
    case .udp: "UDP"
    case .icmpv6: "ICMPv6"
    default: "protocol \(rawValue)"
    }
  }
}
