/// The hash by which an adapter spreads flows over queues (receive-side scaling), for one key.
///
/// Made once, with all sums that a byte can add: a hash is a load a byte of input. The input is the source address,
/// the destination address, and for TCP and UDP the source port and the destination port, all in network order.
@frozen
public struct ToeplitzHash: ~Copyable, @unchecked Sendable {
  /// The sums, which live as long as this.
  public let table: Table

  /// Bytes of a key.
  public static let keyLength = 40
  /// Bytes of the longest input: two IPv6 addresses and two ports.
  public static let maximumInput = 36

  /// The key that Onload gives to every set of VIs: the same two bytes over and over, so that both directions of a flow
  /// have one hash.
  public static let defaultKey = [[UInt8]](repeating: [0x6d, 0x5a], count: keyLength / 2).flatMap { $0 }

  /// The key that Microsoft's specification verifies implementations with.
  public static let microsoftKey: [UInt8] = [
    0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b,
    0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac,
    0x01, 0xfa,
  ]

  /// - Parameter key: `keyLength` bytes.
  public init(key: [UInt8] = ToeplitzHash.defaultKey) {
    precondition(key.count == Self.keyLength, "A Toeplitz key has \(Self.keyLength) bytes, not \(key.count)")
    let entries = UnsafeMutablePointer<UInt32>.allocate(capacity: Self.maximumInput << 8)
    for position in 0..<Self.maximumInput {
      // Every bit of the byte adds the 32 bits of the key that begin where the bit lies.
      let window = (0..<5).reduce(UInt64(0)) { $0 << 8 | UInt64(key[position + $1]) }
      for byte in 0..<256 {
        var sum: UInt32 = 0
        for bit in 0..<8 where byte & 0x80 >> bit != 0 {
          sum ^= UInt32(truncatingIfNeeded: window >> (8 - bit))
        }
        entries[position << 8 | byte] = sum
      }
    }
    table = Table(entries: entries)
  }

  deinit {
    UnsafeMutablePointer(mutating: table.entries).deallocate()
  }
}

extension ToeplitzHash {
  /// Hash of IPv4 addresses given by value: 10.0.0.1 is 0x0a000001.
  @inlinable
  public func hash(ipv4 source: UInt32, destination: UInt32) -> UInt32 {
    table.hash(ipv4: source, destination: destination)
  }

  /// Hash of IPv4 addresses and TCP or UDP ports given by value.
  ///
  /// - Parameter ports: the source's in bits 16-31, the destination's in bits 0-15.
  @inlinable
  public func hash(ipv4 source: UInt32, destination: UInt32, ports: UInt32) -> UInt32 {
    table.hash(ipv4: source, destination: destination, ports: ports)
  }

  /// Hash of IPv6 addresses, 16 bytes each.
  @inlinable
  public func hash(ipv6 source: UnsafeRawPointer, destination: UnsafeRawPointer) -> UInt32 {
    table.hash(ipv6: source, destination: destination)
  }

  /// Hash of IPv6 addresses, 16 bytes each, and TCP or UDP ports.
  ///
  /// - Parameter ports: the source's in bits 16-31, the destination's in bits 0-15.
  @inlinable
  public func hash(ipv6 source: UnsafeRawPointer, destination: UnsafeRawPointer, ports: UInt32) -> UInt32 {
    table.hash(ipv6: source, destination: destination, ports: ports)
  }

  /// Hash of `count` bytes, at most `maximumInput`.
  @inlinable
  public func hash(_ input: UnsafeRawPointer, count: Int) -> UInt32 { table.hash(input, count: count) }

  /// Hash of a frame: addresses and ports of TCP and UDP, addresses of any other IP and of fragments, nil for what is
  /// no IP.
  @inlinable
  public func hash(_ frame: UnsafeRawPointer, layout: borrowing FrameLayout) -> UInt32? {
    table.hash(frame, layout: layout)
  }
}
