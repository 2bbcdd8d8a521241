import EmulatedAdapter
import EtherFabric

/// What the program looks up for a frame: the fields that filters compare, in the order of the wire, and which of them
/// these are. 56 bytes; fields that are not compared are 0.
struct XDPFilterKey: Hashable {
  /// Which fields are compared.
  struct Fields: OptionSet, Hashable, Comparable {
    let rawValue: UInt32

    static let mac = Fields(rawValue: 1)
    static let vlan = Fields(rawValue: 2)
    static let etherType = Fields(rawValue: 4)
    static let ipProtocol = Fields(rawValue: 8)
    static let local = Fields(rawValue: 16)
    static let remote = Fields(rawValue: 32)
    static let localPort = Fields(rawValue: 64)
    static let remotePort = Fields(rawValue: 128)
    /// Unicast or multicast.
    static let group = Fields(rawValue: 256)
    /// Only addresses that the kernel does not listen to.
    static let unknown = Fields(rawValue: 512)
    /// An address that the kernel listens to: no filter, but what `unknown` looks for.
    static let known: Fields = [.mac, Fields(rawValue: 1024)]

    static func < (a: Fields, b: Fields) -> Bool { a.rawValue < b.rawValue }
  }

  // Places of the fields.
  static let fields = 0
  static let group = 4
  static let mac = 8
  static let vlan = 14
  static let etherType = 16
  static let ipProtocol = 18
  static let family = 19
  static let localPort = 20
  static let remotePort = 22
  static let local = 24
  static let remote = 40
  static let size = 56

  static let unicast: UInt8 = 1
  static let multicast: UInt8 = 2

  let compared: Fields
  let bytes: [UInt8]

  /// The key of an address that the kernel listens to.
  init(known address: MACAddress) {
    var bytes = [UInt8](repeating: 0, count: Self.size)
    bytes.replaceSubrange(Self.mac..<(Self.mac + 6), with: address.bytes)
    self.init(.known, bytes)
  }

  init(_ match: StealMatch) {
    var fields: Fields = []
    var bytes = [UInt8](repeating: 0, count: Self.size)
    func put(_ field: Fields, _ place: Int, _ value: [UInt8]) {
      fields.insert(field)
      bytes.replaceSubrange(place..<(place + value.count), with: value)
    }
    func half(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)] }
    if let address = match.destinationMAC { put(.mac, Self.mac, address.bytes) }
    if let vlan = match.vlan { put(.vlan, Self.vlan, half(vlan & 0xfff)) }
    if let type = match.etherType { put(.etherType, Self.etherType, half(type)) }
    if let number = match.ipProtocol { put(.ipProtocol, Self.ipProtocol, [number]) }
    for (field, place, address) in [
      (Fields.local, Self.local, match.localAddress), (.remote, Self.remote, match.remoteAddress),
    ] {
      guard let address else { continue }
      put(field, place, Array(address.prefix(16)))
      bytes[Self.family] = address.count == 4 ? 4 : 6
    }
    if let port = match.localPort { put(.localPort, Self.localPort, half(port)) }
    if let port = match.remotePort { put(.remotePort, Self.remotePort, half(port)) }
    if let group = match.group {
      put(.group, Self.group, [group == .unicast || group == .unknownUnicast ? Self.unicast : Self.multicast])
      if group == .unknownUnicast || group == .unknownMulticast { fields.insert(.unknown) }
    }
    self.init(fields, bytes)
  }

  /// What a load of this width from a place gives.
  func word(at place: Int, _ width: PacketProgram.Width) -> UInt32 {
    let count =
      switch width {
      case .byte: 1
      case .half: 2
      case .word, .double: 4
      }
    var word: UInt32 = 0
    withUnsafeMutableBytes(of: &word) { $0.copyBytes(from: bytes[place..<(place + count)]) }
    return word
  }

  private init(_ fields: Fields, _ bytes: [UInt8]) {
    compared = fields
    var bytes = bytes
    withUnsafeBytes(of: fields.rawValue) { bytes.replaceSubrange(0..<4, with: $0) }
    self.bytes = bytes
  }
}
