import EmulatedAdapter
import EtherFabric

/// An IPv4 frame of one flow, in plain values; checksums are left to the adapter.
struct FlowFrame {
  var to: MACAddress
  var from = MACAddress("02:00:00:00:00:09")!
  var vlan: UInt16?
  var source: UInt32 = 0x0a00_0001
  var destination: UInt32 = 0x0a00_0002
  var ipProtocol: UInt8 = 17
  var sourcePort: UInt16 = 4096
  var destinationPort: UInt16 = 8192
  var isFragment = false
  var payload = 32

  /// 10.0.0.`host`, UDP to 10.0.0.2.
  init(to: MACAddress, host: UInt32 = 1, port: UInt16 = 4096, vlan: UInt16? = nil) {
    self.to = to
    source = 0x0a00_0000 + host
    sourcePort = port
    self.vlan = vlan
  }

  /// UDP to 239.1.2.3:8192.
  static func multicast(vlan: UInt16? = nil) -> FlowFrame {
    var frame = FlowFrame(to: group, vlan: vlan)
    frame.destination = 0xef01_0203
    return frame
  }

  static let group = MACAddress("01:00:5e:01:02:03")!
  static let feed = FilterSpecification.udp(local: IPEndpoint("239.1.2.3:8192")!)

  func with(_ change: (inout FlowFrame) -> Void) -> FlowFrame {
    var copy = self
    change(&copy)
    return copy
  }

  var bytes: [UInt8] {
    func be16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xff), UInt8(value & 0xff)] }
    func be32(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xff) } }
    func mac(_ address: MACAddress) -> [UInt8] { (0..<6).map { UInt8(address.value >> (40 - 8 * $0) & 0xff) } }
    let transport: [UInt8] =
      ipProtocol == 6
      ? be16(Int(sourcePort)) + be16(Int(destinationPort)) + [0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x10, 1, 0, 0, 0, 0, 0]
      : be16(Int(sourcePort)) + be16(Int(destinationPort)) + be16(8 + payload) + [0, 0]
    let ip =
      [0x45, 0] + be16(20 + transport.count + payload) + [0, 1] + (isFragment ? [0x20, 0] : [0, 0])
      + [64, ipProtocol, 0, 0] + be32(source) + be32(destination)
    let tag = vlan.map { [0x81, 0x00] + be16(Int($0)) } ?? []
    return mac(to) + mac(from) + tag + [0x08, 0x00] + ip + transport
      + (0..<payload).map { UInt8(truncatingIfNeeded: $0) }
  }
}

extension RawInterface {
  /// Frames that have come: the buffers in the order of their events, at the length that the event says.
  func frames(prefix: Int = 0) -> [[UInt8]] {
    packets().filter { $0 >> 60 == 0 }.enumerated().map { _, word in
      defer { framesTaken += 1 }
      return Array(received(framesTaken, Int(word & 0x3fff)).dropFirst(prefix))
    }
  }

  func addFilter(_ filter: FilterSpecification) throws(EtherFabricError) -> FilterCookie {
    try adapter.insert(filter, interface: grant.resource)
  }
}
