import EmulatedAdapter
import EmulatedWires
import EtherFabric
import EtherFabricEmulator
import EtherFabricFormats

/// Two emulated adapters on a cable of their own.
final class Rig {
  let left: EmulatedAdapter
  let right: EmulatedAdapter
  /// The right side as the API opens it, where that is wanted.
  let driver: Driver?

  init(_ leftSettings: AdapterSettings = AdapterSettings(), _ rightSettings: AdapterSettings = AdapterSettings()) throws
  {
    let segment = Segment(kind: .cable, name: "rig", portCount: 2, mtu: 9000)
    left = try EmulatedAdapter(wire: segment.plug(into: 0), settings: leftSettings)
    right = try EmulatedAdapter(wire: segment.plug(into: 1), settings: rightSettings)
    driver = nil
  }

  /// The two ends of a named cable, opened by their device strings; `options` are those of the right one.
  init(named name: String, options: String = "") throws {
    left = try unwrap(Emulator.adapter(of: Driver.open("emu:cable:\(name)/0")))
    let driver = try Driver.open("emu:cable:\(name)/1\(options)")
    right = try unwrap(Emulator.adapter(of: driver))
    self.driver = driver
  }

  /// Sends on the left with a manual clock on both sides.
  static func withManualClocks(_ faults: FaultPlan = FaultPlan()) throws -> Rig {
    var left = AdapterSettings()
    left.hasManualClock = true
    var right = left
    left.faults.seed = faults.seed
    left.faults.transmit = faults.transmit
    right.faults.seed = faults.seed
    right.faults.receive = faults.receive
    return try Rig(left, right)
  }

  /// A receiver on the right that takes all frames to its port.
  func receiver(_ options: InterfaceOptions = InterfaceOptions(), posted: Int = 64) throws -> RawInterface {
    let receiver = try RawInterface(right, options)
    _ = try right.insert(.ethernet(right.macAddress), interface: receiver.grant.resource)
    receiver.post(posted)
    return receiver
  }

  /// A frame from left to right of an experimental type, its bytes counting on from `fill`.
  func frame(_ count: Int, fill: UInt8 = 0) -> [UInt8] {
    Self.bytes(right.macAddress) + Self.bytes(left.macAddress) + [0x88, 0xb5]
      + (14..<max(14, count)).map { fill &+ UInt8(truncatingIfNeeded: $0) }
  }

  /// An IPv4 UDP datagram; checksums are left to the adapter.
  func datagram(to mac: MACAddress? = nil, vlan: UInt16? = nil, payload: Int = 32) -> [UInt8] {
    let tag: [UInt8] = vlan.map { [0x81, 0x00, UInt8($0 >> 8), UInt8($0 & 0xff)] } ?? []
    let length = 28 + payload
    let ip: [UInt8] = [
      0x45, 0, UInt8(length >> 8), UInt8(length & 0xff), 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
    ]
    let udp: [UInt8] = [0x10, 0, 0x20, 0, UInt8((8 + payload) >> 8), UInt8((8 + payload) & 0xff), 0, 0]
    return Self.bytes(mac ?? right.macAddress) + Self.bytes(left.macAddress) + tag + [0x08, 0x00] + ip + udp
      + (0..<payload).map { UInt8(truncatingIfNeeded: $0) }
  }

  private static func bytes(_ mac: MACAddress) -> [UInt8] { (0..<6).map { UInt8(mac.value >> (40 - 8 * $0) & 0xff) } }
}

extension AdapterStatistics {
  subscript(test name: String) -> UInt64 { self[name] ?? .max }
}
