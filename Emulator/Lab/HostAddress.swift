import Glibc

/// An IPv4 address of the kernel's stack.
public struct HostAddress: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  /// The address as a number: 10.9.0.1 is 0x0a09_0001.
  public let value: UInt32

  public init(value: UInt32) { self.value = value }

  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    value = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
  }

  /// Dotted decimal, `10.9.0.1`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard parts.count == 4, !parts.contains(nil) else { return nil }
    self.init(parts[0]!, parts[1]!, parts[2]!, parts[3]!)
  }

  /// Dotted decimal. Stops the program for anything else.
  public init(stringLiteral text: String) {
    guard let address = HostAddress(text) else { fatalError("not an IPv4 address: \(text)") }
    self = address
  }

  public static let any = HostAddress(value: 0)
  public static let loopback = HostAddress(127, 0, 0, 1)

  /// The four bytes in wire order.
  public var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) } }

  public var description: String { bytes.map(String.init).joined(separator: ".") }
}

/// An IPv4 address and a port.
public struct HostEndpoint: Hashable, Sendable, CustomStringConvertible {
  public let address: HostAddress
  public let port: UInt16

  public init(_ address: HostAddress, _ port: UInt16) {
    self.address = address
    self.port = port
  }

  public var description: String { "\(address):\(port)" }

  init(_ raw: sockaddr_in) {
    self.init(HostAddress(value: UInt32(bigEndian: raw.sin_addr.s_addr)), UInt16(bigEndian: raw.sin_port))
  }

  /// Calls `body` with the C structure and its size.
  func withSocketAddress<T>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
    var raw = sockaddr_in()
    raw.sin_family = sa_family_t(AF_INET)
    raw.sin_addr.s_addr = address.value.bigEndian
    raw.sin_port = port.bigEndian
    return withUnsafePointer(to: &raw) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }

  /// Calls `body` with room for a C structure, and returns what it left there beside its result.
  static func receiving<T>(
    _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> T
  ) -> (T, HostEndpoint) {
    var raw = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &raw) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &size) }
    }
    return (result, HostEndpoint(raw))
  }
}
