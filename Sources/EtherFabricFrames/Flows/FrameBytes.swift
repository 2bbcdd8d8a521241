import EtherFabric

extension UnsafeMutableRawPointer {
  /// Stores a 16-bit field in network order.
  @inlinable
  func store16(_ value: UInt16, at offset: Int) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
  }

  /// Stores a byte.
  @inlinable
  func store8(_ value: UInt8, at offset: Int) {
    storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
  }

  /// Writes addresses, a tag unless `vlan` is nil, and the type; returns the offset behind them.
  @inlinable
  func writeEthernet(
    to destination: EthernetAddress, from source: EthernetAddress, vlan: UInt16?, type: UInt16
  ) -> Int {
    destination.store(to: self)
    source.store(to: self + 6)
    guard let vlan else {
      store16(type, at: 12)
      return 14
    }
    store16(0x8100, at: 12)
    store16(vlan, at: 14)
    store16(type, at: 16)
    return 18
  }
}

extension UnsafeRawPointer {
  /// The 16-bit field in network order at `offset`.
  @inlinable
  func load16(_ offset: Int) -> UInt16 {
    UInt16(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  /// The byte at `offset`.
  @inlinable
  func load8(_ offset: Int) -> UInt8 {
    load(fromByteOffset: offset, as: UInt8.self)
  }
}
