import CiulHeaders
import EtherFabric

/// How a filter lies in an `ef_filter_spec`, whose `data` is the library's: addresses in network order and numbers of the
/// host, in the places below.
private enum Place {
  /// Protocol, VLAN above it.
  static let head = 0
  /// Local port, remote port above it.
  static let ports = 1
  /// Four words each.
  static let local = 2
  static let remote = 6
  /// In place of a remote end: two words.
  static let mac = 6
  /// Bits below, EtherType above.
  static let bits = 10
  static let queue = 11

  static let hasRemote: UInt32 = 1
  static let hasVLAN: UInt32 = 2
  static let isPromiscuous: UInt32 = 4
}

extension FilterSpecification {
  /// The filter in a caller's structure. What a program made up decodes to something, which `check` or the adapter
  /// refuses.
  init(_ spec: ef_filter_spec) {
    self.init(flags: FilterFlags(rawValue: spec.flags))
    let data = withUnsafeBytes(of: spec.data) { Array($0.bindMemory(to: UInt32.self)) }
    kind = FilterKind(rawValue: spec.type)
    ipProtocol = UInt8(truncatingIfNeeded: data[Place.head])
    if data[Place.bits] & Place.hasVLAN != 0 { vlanID = UInt16(truncatingIfNeeded: data[Place.head] >> 16) & 0xfff }
    isPromiscuous = data[Place.bits] & Place.isPromiscuous != 0
    etherType = UInt16(truncatingIfNeeded: data[Place.bits] >> 16)
    if kind.contains(.destination) { destinationQueue = UInt16(truncatingIfNeeded: data[Place.queue]) }
    if !kind.isDisjoint(with: [.ipv4, .ipv6]) {
      local = Self.endpoint(data, Place.local, kind, port: data[Place.ports])
      if data[Place.bits] & Place.hasRemote != 0 {
        remote = Self.endpoint(data, Place.remote, kind, port: data[Place.ports] >> 16)
      }
    } else if kind.contains(.ethernet) {
      macAddress = MACAddress(
        value: UInt64(data[Place.mac]) | UInt64(data[Place.mac + 1] & 0xffff) << 32)
    }
  }

  /// Stores the filter in a caller's structure.
  func store(to spec: UnsafeMutablePointer<ef_filter_spec>) {
    var data = [UInt32](repeating: 0, count: 12)
    data[Place.head] = UInt32(ipProtocol) | UInt32(vlanID ?? 0) << 16
    data[Place.bits] = UInt32(etherType) << 16
    if vlanID != nil { data[Place.bits] |= Place.hasVLAN }
    if isPromiscuous { data[Place.bits] |= Place.isPromiscuous }
    data[Place.queue] = UInt32(destinationQueue ?? 0)
    if !kind.isDisjoint(with: [.ipv4, .ipv6]) {
      Self.store(local, to: &data, Place.local)
      data[Place.ports] = UInt32(local.port)
      if let remote {
        Self.store(remote, to: &data, Place.remote)
        data[Place.ports] |= UInt32(remote.port) << 16
        data[Place.bits] |= Place.hasRemote
      }
    } else if kind.contains(.ethernet) {
      data[Place.mac] = UInt32(truncatingIfNeeded: macAddress.value)
      data[Place.mac + 1] = UInt32(truncatingIfNeeded: macAddress.value >> 32)
    }
    spec.pointee.type = kind.rawValue
    spec.pointee.flags = flags.rawValue
    withUnsafeMutableBytes(of: &spec.pointee.data) { words in
      for (index, word) in data.enumerated() { words.storeBytes(of: word, toByteOffset: index * 4, as: UInt32.self) }
    }
  }

  private static func endpoint(_ data: [UInt32], _ place: Int, _ kind: FilterKind, port: UInt32) -> IPEndpoint {
    func half(_ index: Int) -> UInt64 { UInt64(data[place + index]) << 32 | UInt64(data[place + index + 1]) }
    let address =
      kind.contains(.ipv6) ? IPAddress(ipv6High: half(0), low: half(2)) : IPAddress(ipv4: data[place])
    return IPEndpoint(address, port: UInt16(truncatingIfNeeded: port))
  }

  private static func store(_ end: IPEndpoint, to data: inout [UInt32], _ place: Int) {
    guard end.address.isIPv6 else {
      data[place] = UInt32(truncatingIfNeeded: end.address.low)
      return
    }
    data[place] = UInt32(truncatingIfNeeded: end.address.high >> 32)
    data[place + 1] = UInt32(truncatingIfNeeded: end.address.high)
    data[place + 2] = UInt32(truncatingIfNeeded: end.address.low >> 32)
    data[place + 3] = UInt32(truncatingIfNeeded: end.address.low)
  }
}

extension ef_filter_cookie {
  init(_ cookie: FilterCookie) {
    self.init(filter_id: Int32(truncatingIfNeeded: cookie.id), filter_type: Int32(bitPattern: cookie.kind.rawValue))
  }
}

extension FilterCookie {
  init(_ cookie: ef_filter_cookie) {
    self.init(
      kind: FilterKind(rawValue: UInt32(bitPattern: cookie.filter_type)),
      id: UInt64(UInt32(bitPattern: cookie.filter_id))
    )
  }
}
