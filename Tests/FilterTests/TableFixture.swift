import EmulatedAdapter
import EtherFabric

let ownMAC = MACAddress("00:0f:53:00:00:01")!
let otherMAC = MACAddress("00:0f:53:00:00:02")!
let group = MACAddress("01:00:5e:01:02:03")!

/// A frame in plain values.
struct Frame: CustomStringConvertible {
  var mac = ownMAC
  var vlan: UInt16?
  var etherType: UInt16 = 0x0800
  var source: IPAddress?
  var destination: IPAddress?
  var ipProtocol: UInt8 = 17
  var isFragment = false
  var ports: (source: UInt16, destination: UInt16)?

  static func udp(
    to destination: String, from source: String = "10.0.0.9:99", mac: MACAddress = ownMAC, vlan: UInt16? = nil
  ) -> Frame {
    let near = IPEndpoint(destination)!
    let far = IPEndpoint(source)!
    return Frame(
      mac: mac, vlan: vlan, etherType: near.address.isIPv6 ? 0x86dd : 0x0800, source: far.address,
      destination: near.address, ports: (far.port, near.port))
  }

  var key: FrameKey {
    FrameKey(
      destinationMAC: mac, vlan: vlan, etherType: etherType, source: source, destination: destination,
      ipProtocol: ipProtocol, isFragment: isFragment, sourcePort: ports?.source, destinationPort: ports?.destination)
  }

  var description: String {
    let network = destination.map { " \(source!) -> \($0) protocol \(ipProtocol) fragment \(isFragment)" } ?? ""
    return "\(mac) vlan \(vlan ?? 0) type \(String(etherType, radix: 16))\(network) ports \(ports ?? (0, 0))"
  }
}

extension FilterTable {
  /// The interfaces in the order they are given the frame, and whether the kernel gets it.
  func route(_ frame: Frame, isLooped: Bool = false) -> (interfaces: [UInt32], toKernel: Bool) {
    let (recipients, toKernel) = recipients(frame, isLooped: isLooped)
    return (recipients.map(\.interface), toKernel)
  }

  func recipients(_ frame: Frame, isLooped: Bool = false) -> ([FilterRecipient], Bool) {
    var key = frame.key
    key.stack = isLooped ? FrameKey.anonymous : 0
    return withUnsafeTemporaryAllocation(of: FilterRecipient.self, capacity: 128) { buffer in
      let verdict = matcher.match(key, into: buffer.baseAddress!, capacity: buffer.count)
      return (Array(buffer[..<verdict.count]), verdict.toKernel)
    }
  }
}
