/// An IP address and a TCP or UDP port.
public struct IPEndpoint: Hashable, Sendable, LosslessStringConvertible {
  public let address: IPAddress
  /// In host order.
  public let port: UInt16

  @inlinable
  public init(_ address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// `192.0.2.1:4000` or `[2001:db8::1]:4000`; nil for anything else.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let port = UInt16(digits)
    else { return nil }
    let host = text[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
    guard let address = IPAddress(String(isBracketed ? host.dropFirst().dropLast() : host)),
      address.isIPv6 == isBracketed
    else { return nil }
    self.init(address, port: port)
  }

  public var description: String { address.isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)" }
}
