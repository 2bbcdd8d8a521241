import EmulatedAdapter
import Glibc
import NetworkLab
import Testing

@testable import EtherFabric
@testable import EtherFabricEmulator

/// Traffic at full rate both ways between the port under test and its peer, each on a thread.
struct Load: ~Copyable {
  let wire: Wire
  let adapter: EmulatedAdapter
  let pair: VethPair?
  var port: Program
  let peerDevice: String
  private var peer: Peer?
  /// What peers that are gone have counted.
  private(set) var earlierPeers: [Account] = []

  /// - Parameters:
  ///   - hasPeer: false where another process is to be the peer.
  ///   - changes: to the settings of the port.
  init(
    _ wire: Wire, pair: VethPair?, hasPeer: Bool = true, changes: (inout AdapterSettings) -> Void = { _ in }
  ) throws {
    let devices = wire.devices("trouble\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
    var settings = AdapterSettings()
    // Both ends of memory take frames of 9000 bytes; the kernel's have this.
    settings.mtu = 1500
    changes(&settings)
    let device = try DeviceString(devices.port)
    let adapter = try EmulatedAdapter(wire: DeviceWires.make(device, settings: settings), settings: settings)
    let peer = hasPeer ? try Peer(devices.peer, to: adapter.macAddress) : nil
    // Frames for nobody are sent as well.
    let port = try Program(Driver(backend: adapter), to: peer?.macAddress ?? MACAddress(value: 0x0200_0000_0001))
    self.wire = wire
    self.pair = pair
    self.adapter = adapter
    self.peer = peer
    self.port = port
    peerDevice = devices.peer
  }

  /// Works for a time, or until a condition holds.
  mutating func run(_ time: Duration, until condition: (borrowing Load) -> Bool = { _ in false }) throws {
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end, !condition(self) { for _ in 0..<8 { try port.step() } }
  }

  /// Whether frames come and go, both ways.
  mutating func flows(_ count: Int = 1000) throws -> Bool {
    let (here, there) = (port.received + count, (peer?.received ?? 0) + count)
    func isFlowing(_ load: borrowing Load) -> Bool { load.port.received >= here && load.peer?.received ?? 0 >= there }
    try run(.seconds(5)) { isFlowing($0) }
    return isFlowing(self)
  }

  var isLinkUp: Bool { adapter.isLinkUp }
  func counter(_ name: String) -> Int { Int(adapter.statistics()[name] ?? 0) }
  var peerReceived: Int { peer?.received ?? 0 }

  /// The peer leaves the wire.
  mutating func dropPeer() throws {
    if let peer = peer.take() { earlierPeers.append(try peer.finish()) }
  }

  /// Another comes.
  mutating func addPeer() throws {
    let next = try Peer(peerDevice, to: adapter.macAddress)
    port.send(to: next.macAddress)
    peer = next
  }

  /// Both ends stop to send, and read what is under way. What each counted.
  mutating func settle() throws -> (port: Account, peer: Account?) {
    peer?.stopSending()
    try run(.milliseconds(20))
    try port.settle()
    let peer = try peer.take()?.finish()
    try port.settle()
    return (port.account, peer)
  }
}

extension Load {
  /// The port's interface, or where there is none its plug.
  func setPort(up: Bool) throws {
    switch wire {
    case .cable, .switch, .shm: adapter.setLink(up: up)
    case .tap: try IPTool.run("TroubleTests", "link set t0 \(up ? "up" : "down")")
    case .packet, .xdpNative, .xdpGeneric: try pair?.setLink(.adapter, up: up)
    }
    let end = ContinuousClock.now + .seconds(5)
    while adapter.isLinkUp != up, ContinuousClock.now < end { usleep(1000) }
  }

  /// Of the interface, or where there is none of the port.
  func setMTU(_ mtu: Int) throws {
    switch wire {
    case .cable, .switch, .shm: adapter.setMTU(mtu)
    case .tap: try IPTool.run("TroubleTests", "link set t0 mtu \(mtu)")
    case .packet, .xdpNative, .xdpGeneric: for end in VethPair.End.allCases { try pair?.setMTU(end, mtu) }
    }
  }
}
