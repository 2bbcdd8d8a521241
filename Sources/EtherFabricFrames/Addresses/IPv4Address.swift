import Glibc

/// An IPv4 address, as frames carry it.
public struct IPv4Address: Hashable, Sendable, LosslessStringConvertible {
  /// In host order: `127.0.0.1` is 0x7f00_0001.
  public let value: UInt32

  @inlinable
  public init(value: UInt32) { self.value = value }

  /// The four bytes in the order they are written.
  @inlinable
  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    value = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
  }

  /// Reads four bytes.
  @inlinable
  public init(load bytes: UnsafeRawPointer) {
    value = UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))
  }

  /// Writes four bytes.
  @inlinable
  public func store(to bytes: UnsafeMutableRawPointer) {
    bytes.storeBytes(of: value.bigEndian, as: UInt32.self)
  }

  /// `192.0.2.1`; nil for anything else.
  public init?(_ text: String) {
    var address = in_addr()
    guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
    value = UInt32(bigEndian: address.s_addr)
  }

  /// `224.0.0.0/4`.
  @inlinable
  public var isMulticast: Bool { value >> 28 == 0xe }

  /// `0.0.0.0`.
  @inlinable
  public var isUnspecified: Bool { value == 0 }

  /// `255.255.255.255`.
  @inlinable
  public var isBroadcast: Bool { value == .max }

  public var description: String {
    [24, 16, 8, 0].map { String(value >> UInt32($0) & 0xff) }.joined(separator: ".")
  }
}
