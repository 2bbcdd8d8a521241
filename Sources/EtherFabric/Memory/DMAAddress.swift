/// `ef_addr`. An address as the adapter sees it: it comes from a memory registration, belongs to its protection
/// domain, and is no pointer.
@frozen
public struct DMAAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var rawValue: UInt64

  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The address `bytes` further on. Only good inside one registration.
  @inlinable
  public func advanced(by bytes: Int) -> DMAAddress {
    DMAAddress(rawValue: rawValue &+ UInt64(truncatingIfNeeded: bytes))
  }

  @inlinable
  public static func < (left: DMAAddress, right: DMAAddress) -> Bool { left.rawValue < right.rawValue }

  public var description: String { "0x" + String(rawValue, radix: 16) }
}

/// `ef_request_id`. A number of the caller's that comes back with the completion.
@frozen
public struct RequestID: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  public var rawValue: UInt32

  @inlinable public init(_ value: UInt32) { rawValue = value }
  @inlinable public init(_ value: Int) { rawValue = UInt32(truncatingIfNeeded: value) }
  @inlinable public init(integerLiteral value: UInt32) { rawValue = value }

  /// The mark of a ring slot without a request id (`EF_REQUEST_ID_MASK`). Not for use as an id.
  public static let none = RequestID(UInt32.max)

  public var description: String { String(rawValue) }
}

/// `ef_iovec`. One fragment of a vectored transmit.
@frozen
public struct DMAFragment: Equatable, Sendable {
  public var address: DMAAddress
  /// Bytes, 1 to 16383.
  public var length: Int

  @inlinable
  public init(address: DMAAddress, length: Int) {
    self.address = address
    self.length = length
  }
}
