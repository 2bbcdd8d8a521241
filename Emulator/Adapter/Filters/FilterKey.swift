/// The fields of a frame, or those that a filter compares (the others 0): 48 bytes, compared and hashed as words.
struct FilterKey {
  /// Destination address, first half of IPv6.
  var localHigh: UInt64 = 0
  /// Destination address: second half of IPv6, or IPv4.
  var localLow: UInt64 = 0
  /// Source address.
  var remoteHigh: UInt64 = 0
  var remoteLow: UInt64 = 0
  /// Destination MAC in the low 48 bits, VLAN above it, virtual port in the top four bits.
  var link: UInt64 = 0
  /// Destination port, source port, EtherType, IP protocol from the low bits up; a filter has its kind on top.
  var transport: UInt64 = 0

  static let macOnly: UInt64 = 0xffff_ffff_ffff
  static let vlanOnly: UInt64 = 0x0fff_0000_0000_0000
  static let portOnly: UInt64 = 0xf000_0000_0000_0000
  static let localPort: UInt64 = 0xffff
  static let bothPorts: UInt64 = 0xffff_ffff
  static let typeOnly: UInt64 = 0xffff_0000_0000
  static let typeAndProtocol: UInt64 = 0xff_ffff_0000_0000

  /// The key of a filter of `kind` that matches a frame with these fields.
  @inline(__always)
  func masked(_ mask: FilterKey, kind: Int) -> FilterKey {
    FilterKey(
      localHigh: localHigh & mask.localHigh, localLow: localLow & mask.localLow,
      remoteHigh: remoteHigh & mask.remoteHigh, remoteLow: remoteLow & mask.remoteLow,
      link: link & mask.link, transport: transport & mask.transport | UInt64(truncatingIfNeeded: kind) << 56)
  }

  @inline(__always)
  func equals(_ other: FilterKey) -> Bool {
    (localHigh ^ other.localHigh) | (localLow ^ other.localLow) | (remoteHigh ^ other.remoteHigh)
      | (remoteLow ^ other.remoteLow) | (link ^ other.link) | (transport ^ other.transport) == 0
  }

  @inline(__always)
  var hash: UInt64 {
    let addresses = Self.mix(localLow ^ 0x9e37_79b9_7f4a_7c15, remoteLow ^ 0xc2b2_ae3d_27d4_eb4f)
    let halves = Self.mix(localHigh ^ 0x1656_67b1_9e37_79f9, remoteHigh ^ 0x85eb_ca77_c2b2_ae63)
    let rest = Self.mix(link ^ addresses, transport ^ 0x2127_599b_f432_5c37)
    return Self.mix(rest ^ halves, 0xd6e8_feb8_6659_fd93)
  }

  @inline(__always)
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}
