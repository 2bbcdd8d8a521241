import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import Synchronization

/// Makes the wire that a device string names.
enum DeviceWires {
  private final class WeakSegment {
    weak var segment: Segment?
    init(_ segment: Segment) { self.segment = segment }
  }

  private static let segments = Mutex<[String: WeakSegment]>([:])

  /// Tells ports of equal names apart: the network namespace of the calling thread, for what is known there.
  static func scope(of device: DeviceString) -> String {
    guard [.afpacket, .xdp, .shm, .tap].contains(device.wire) else { return "" }
    var buffer = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/thread-self/ns/net", &buffer, buffer.count - 1)
    return count > 0 ? "@" + String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
  }

  static func make(_ device: DeviceString, settings: AdapterSettings) throws(EtherFabricError) -> any Wire {
    let wire: any Wire =
      switch device.wire {
      case .cable, .switch: try plug(device, mtu: settings.mtu ?? 9000)
      case .afpacket: try packet(device)
      case .xdp: try xdp(device)
      case .pcap: try replay(device, mtu: settings.mtu)
      case .shm:
        try SharedMemoryWire(
          name: device.target.isEmpty ? "default" : device.target, port: device.port ?? 0,
          mtu: max(settings.mtu ?? 9000, 9000))
      case .tap: try tap(device, mtu: settings.mtu)
      }
    guard let path = try device.text("record") else { return wire }
    return RecordingWire(wire, writer: try CaptureWriter(path: path))
  }

  /// The cable or switch of this name lives while a port of it is open.
  private static func plug(_ device: DeviceString, mtu: Int) throws(EtherFabricError) -> any Wire {
    let isCable = device.wire == .cable
    let name = device.target.isEmpty ? "default" : device.target
    let segment = segments.withLock { table -> Segment in
      let key = "\(device.wire.rawValue):\(name)"
      if let segment = table[key]?.segment { return segment }
      let segment = Segment(
        kind: isCable ? .cable : .switch, name: name, portCount: isCable ? 2 : 16, mtu: max(mtu, 9000))
      table[key] = WeakSegment(segment)
      return segment
    }
    return try segment.plug(into: device.port ?? 0)
  }

  private static func packet(_ device: DeviceString) throws(EtherFabricError) -> any Wire {
    var options = PacketWireOptions()
    options.promiscuous = try device.flag("promiscuous") ?? true
    options.steals = try device.flag("steal") ?? false
    options.receiveSlots = try device.integer("slots", in: 1...65536) ?? options.receiveSlots
    return try PacketWire(interface: device.target, options: options)
  }

  private static func tap(_ device: DeviceString, mtu: Int?) throws(EtherFabricError) -> any Wire {
    var options = TAPWireOptions()
    options.mtu = mtu
    options.address = try device.text("address")
    return try TAPWire(interface: device.target, options: options)
  }

  private static func xdp(_ device: DeviceString) throws(EtherFabricError) -> any Wire {
    var options = XDPWireOptions()
    options.promiscuous = try device.flag("promiscuous") ?? true
    options.attach = try device.choice("attach") ?? .best
    options.queues = try device.integer("queues", in: 1...64)
    options.needWakeup = try device.flag("need-wakeup") ?? true
    options.memory = try device.choice("memory") ?? .own
    return try XDPWire(interface: device.target, options: options)
  }

  private static func replay(_ device: DeviceString, mtu: Int?) throws(EtherFabricError) -> any Wire {
    var options = ReplayOptions()
    if let mtu { options.mtu = mtu }
    if let pace = try device.text("pace"), pace != "max", let speed = Double(pace) {
      options.pace = .recorded(speed: speed)
    }
    if let loops = try device.text("loop") { options.loops = loops == "forever" ? nil : Int(loops) }
    return try ReplayWire(path: device.target, options: options)
  }
}
