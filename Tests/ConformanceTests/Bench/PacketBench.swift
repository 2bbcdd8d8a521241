import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import NetworkLab
import Synchronization

private final class Done: Sendable {
  let flag = Atomic(false)
}

/// A veth pair of a private network: the adapter through AF_PACKET or AF_XDP at one end, the kernel's stack and a raw
/// socket at the other.
class PacketBench: ConformanceBench {
  let kind: BenchKind
  let pair: VethPair
  let driver: Driver
  let peer: PeerSocket

  /// Inside `Namespace.run`.
  convenience init(_ kind: BenchKind, _ options: String) throws {
    let device =
      switch kind.wire {
      case .xdpNative: "emu:xdp:a0,attach=native"
      case .xdpGeneric: "emu:xdp:a0,attach=generic"
      case .xdpUserNative: "emu:xdp:a0,attach=native,memory=user"
      case .xdpUserGeneric: "emu:xdp:a0,attach=generic,memory=user"
      default: "emu:afpacket:a0"
      }
    try self.init(kind) { try Driver.open(device + (options.isEmpty ? "" : ",\(options)")) }
  }

  /// - Parameter open: opens the adapter of `a0`.
  init(_ kind: BenchKind, open: () throws -> Driver) throws {
    self.kind = kind
    pair = try VethPair()
    peer = try PeerSocket(pair.kernelEnd)
    driver = try open()
  }

  func service() { Emulator.adapter(of: driver)?.service() }

  func statistics() -> AdapterStatistics { driver.statistics() }

  func statistics(of interface: borrowing VirtualInterface) -> AdapterStatistics { interface.statistics() }

  var peerMAC: MACAddress { pair.kernelMAC }

  func send(_ frame: [UInt8]) -> Bool { peer.send(frame) }

  func receive(within timeout: Duration) -> [UInt8]? { peer.receive(within: timeout) }

  func setPeer(up: Bool) throws { try setLink(.kernel, up: up) }

  func setPort(up: Bool) throws { try setLink(.adapter, up: up) }

  private func setLink(_ end: VethPair.End, up: Bool) throws {
    try pair.setLink(end, up: up)
    // The carrier of both ends follows a little later.
    _ = try eventually {
      try VethPair.End.allCases.allSatisfy { try InterfaceState(of: pair.name(of: $0)).isRunning == up }
    }
  }

  func sendDatagram(_ payload: [UInt8], from source: IPEndpoint, to destination: IPEndpoint) throws {
    let host = HostAddress(value: destination.address.ipv4!)
    try pair.addNeighbour(host, portMAC)
    let socket = try KernelUDPSocket(bind: HostEndpoint(HostAddress(value: source.address.ipv4!), source.port))
    try socket.send(payload, to: HostEndpoint(host, destination.port))
  }

  func ping(_ address: HostAddress, count: Int, pump: () throws -> Void) throws -> Int {
    let isDone = Done()
    let thread = try LabThread {
      defer { isDone.flag.store(true, ordering: .releasing) }
      return try KernelPing(address).run(count: count).received
    }
    while !isDone.flag.load(ordering: .acquiring) { try pump() }
    return try thread.join()
  }

  /// Runs `ip` in the bench's network.
  @discardableResult
  func ip(_ command: String) throws -> String { try IPTool.run("PacketBench", command) }
}
