import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import Glibc
import NetworkLab
import Synchronization

private final class Done: Sendable {
  let flag = Atomic(false)
}

/// A TAP of a private network: the kernel's stack and a raw socket at the other end.
final class TAPBench: ConformanceBench {
  let kind: BenchKind
  let driver: Driver
  let adapter: EmulatedAdapter
  let peerMAC: MACAddress
  private let peer: PeerSocket

  /// Inside `Namespace.run`.
  init(_ kind: BenchKind, _ options: String) throws {
    self.kind = kind
    // Otherwise the stack greets its neighbours as soon as the interface is up.
    if let file = fopen("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w") {
      fputs("1", file)
      fclose(file)
    }
    driver = try Driver.open("emu:tap:t0,address=10.9.0.1/24\(options.isEmpty ? "" : ",\(options)")")
    adapter = Emulator.adapter(of: driver)!
    // The peer's limit is not the port's.
    try IPTool.run("TAPBench", "link set t0 mtu 1500")
    peerMAC = try InterfaceState(of: "t0").macAddress
    peer = try PeerSocket("t0")
  }

  func send(_ frame: [UInt8]) -> Bool { peer.send(frame) }

  func receive(within timeout: Duration) -> [UInt8]? { peer.receive(within: timeout) }

  func setPeer(up: Bool) throws {
    try IPTool.run("TAPBench", "link set t0 \(up ? "up" : "down")")
    _ = eventually { driver.isLinkUp == up }
  }

  func setPort(up: Bool) throws { adapter.setLink(up: up) }

  func addNeighbour(_ host: HostAddress, _ mac: MACAddress) throws {
    try IPTool.run("TAPBench", "neighbour replace \(host) lladdr \(mac) dev t0 nud permanent")
  }

  func sendDatagram(_ payload: [UInt8], from source: IPEndpoint, to destination: IPEndpoint) throws {
    let host = HostAddress(value: destination.address.ipv4!)
    try addNeighbour(host, portMAC)
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
}
