extension ToeplitzHash {
  /// The sums of a `ToeplitzHash` by pointer, for state in raw memory. Valid as long as the hash that it is of.
  @frozen
  public struct Table: @unchecked Sendable {
    /// 256 sums for each byte of the input.
    public let entries: UnsafePointer<UInt32>

    @inlinable
    init(entries: UnsafePointer<UInt32>) { self.entries = entries }

    /// Hash of `count` bytes, at most `maximumInput`.
    @inlinable
    public func hash(_ input: UnsafeRawPointer, count: Int) -> UInt32 {
      precondition(count <= ToeplitzHash.maximumInput, "A Toeplitz input has at most 36 bytes")
      return hash(input, count: count, at: 0)
    }

    /// Hash of IPv4 addresses given by value.
    @inlinable
    public func hash(ipv4 source: UInt32, destination: UInt32) -> UInt32 {
      sum(of: source, at: 0) ^ sum(of: destination, at: 4)
    }

    /// Hash of IPv4 addresses and ports given by value, the source's port above the destination's.
    @inlinable
    public func hash(ipv4 source: UInt32, destination: UInt32, ports: UInt32) -> UInt32 {
      hash(ipv4: source, destination: destination) ^ sum(of: ports, at: 8)
    }

    /// Hash of IPv6 addresses, 16 bytes each.
    @inlinable
    public func hash(ipv6 source: UnsafeRawPointer, destination: UnsafeRawPointer) -> UInt32 {
      hash(source, count: 16, at: 0) ^ hash(destination, count: 16, at: 16)
    }

    /// Hash of IPv6 addresses, 16 bytes each, and ports, the source's port above the destination's.
    @inlinable
    public func hash(ipv6 source: UnsafeRawPointer, destination: UnsafeRawPointer, ports: UInt32) -> UInt32 {
      hash(ipv6: source, destination: destination) ^ sum(of: ports, at: 32)
    }

    /// Hash of a frame as the adapter's driver sets it up: addresses and ports of TCP and UDP, addresses of any other
    /// IP and of fragments, nil for what is no IP.
    @inlinable
    public func hash(_ frame: UnsafeRawPointer, layout: borrowing FrameLayout) -> UInt32? {
      let ports: UInt32? = layout.l4Class == .none ? nil : layout.ports
      let header = frame + Int(layout.l3Offset)
      let addresses: UInt32
      let place: Int
      if layout.l3Class.isIPv4 {
        addresses = hash(header + 12, count: 8, at: 0)
        place = 8
      } else if layout.l3Class.isIPv6 {
        addresses = hash(header + 8, count: 32, at: 0)
        place = 32
      } else {
        return nil
      }
      return ports.map { addresses ^ sum(of: $0, at: place) } ?? addresses
    }

    /// What 4 bytes, given by value, add at `position` of the input.
    @inlinable @inline(__always)
    func sum(of value: UInt32, at position: Int) -> UInt32 {
      let sums = entries + position << 8
      return sums[Int(value >> 24)] ^ sums[256 + Int(value >> 16 & 0xff)] ^ sums[512 + Int(value >> 8 & 0xff)]
        ^ sums[768 + Int(value & 0xff)]
    }

    /// What `count` bytes add at `position` of the input.
    @inlinable @inline(__always)
    func hash(_ input: UnsafeRawPointer, count: Int, at position: Int) -> UInt32 {
      var sums = entries + position << 8
      var result: UInt32 = 0
      for offset in 0..<count {
        result ^= sums[Int(input.load(fromByteOffset: offset, as: UInt8.self))]
        sums += 256
      }
      return result
    }
  }
}
