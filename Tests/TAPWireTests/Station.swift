import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import Glibc
import NetworkLab
import Synchronization
import Testing

private final class Flood: Sendable {
  let isOver = Atomic(false)
}

/// A program on a TAP that receives and sends all the time, while the kernel's side sends datagrams to it.
struct Station: ~Copyable {
  static let host: HostAddress = "10.7.0.2"
  private let driver: Driver
  private var endpoint: Endpoint
  private let flood: Flood
  private var thread: LabThread<Void>?
  private(set) var received = 0
  private var sent = 0
  private var completed = 0
  /// The interface is gone, so nothing can be asked of the kernel.
  var isGone = false

  init() throws {
    let driver = try Driver.open("emu:tap:t0,address=10.7.0.1/24,mtu=9000")
    try Network.ip("link set t0 mtu 1500")
    try Self.restore(driver.identity.macAddress)
    let domain = try driver.allocateProtectionDomain()
    let pool = try PacketPool(domain, count: 512)
    let endpoint = try Endpoint(domain, pool: pool)
    try endpoint.addFilter(.ethernet(driver.identity.macAddress))
    let flood = Flood()
    let thread = try LabThread {
      let socket = try KernelUDPSocket()
      while !flood.isOver.load(ordering: .relaxed) {
        // What the stack refuses it has not sent.
        do {
          try socket.send([UInt8](repeating: 1, count: 20), to: HostEndpoint(Station.host, 9))
        } catch { usleep(100) }
      }
    }
    self.driver = driver
    self.endpoint = endpoint
    self.flood = flood
    self.thread = thread
  }

  /// What the stack forgets when an interface goes down.
  func restore() throws { try Self.restore(driver.identity.macAddress) }

  private static func restore(_ mac: MACAddress) throws {
    try Network.ip("neighbour replace \(host) lladdr \(mac) dev t0 nud permanent")
  }

  var isLinkUp: Bool { driver.isLinkUp }
  func counter(_ name: String) -> Int { Int(driver.statistics()[name] ?? 0) }

  /// Receives and sends for a time.
  mutating func work(_ time: Duration) throws {
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end { try step() }
  }

  /// Whether datagrams come, and frames go.
  mutating func flows() throws -> Bool {
    let (before, sentBefore) = (received, counter("tx_packets"))
    let end = ContinuousClock.now + .seconds(5)
    while ContinuousClock.now < end {
      try work(.milliseconds(5))
      if received > before + 50, counter("tx_packets") > sentBefore { return true }
    }
    return false
  }

  mutating func sleeps(_ time: Duration) throws -> Bool {
    try work(.milliseconds(1))
    // The completions of what is under way wake once.
    _ = try endpoint.wait(timeout: .milliseconds(1))
    collect()
    return try endpoint.wait(timeout: time)
  }

  private mutating func step() throws {
    for _ in 0..<64 {
      guard let frame = endpoint.receive() else { break }
      received += 1
      frame.release()
    }
    if sent - completed < 200, var buffer = endpoint.allocate() {
      buffer.count = 60 + sent % 400
      buffer.withUnsafeMutableBytes { bytes in
        for index in 0..<14 { bytes[index] = index < 6 ? 2 : UInt8(index) }
      }
      try endpoint.transmit(buffer)
      sent += 1
    }
    collect()
  }

  private mutating func collect() {
    while let occurrence = endpoint.next() {
      switch consume occurrence {
      case .sent: completed += 1
      case .received(let frame):
        received += 1
        frame.release()
      default: Issue.record("something else happened")
      }
    }
  }

  /// The kernel stops; then each of its datagrams is in one counter, each frame has completed, each buffer is there.
  mutating func settle() throws {
    flood.isOver.store(true, ordering: .relaxed)
    if let thread = thread.take() { try thread.join() }
    try work(.milliseconds(100))
    let end = ContinuousClock.now + .seconds(2)
    while completed < sent, ContinuousClock.now < end { collect() }
    #expect(completed == sent)
    let now = driver.statistics()
    func sum(_ names: String...) -> Int { names.reduce(0) { $0 + Int(now[$1] ?? 0) } }
    #expect(sum("tx_packets", "tx_congested", "tx_link_down", "tx_oversize", "tx_failed") == sent, "\(now.nonzero)")
    #expect(sum("rx_delivered") == received, "\(now.nonzero)")
    #expect(sum("rx_delivered", "rx_no_descriptor", "rx_filtered", "rx_oversize") == sum("rx_packets"))
    guard !isGone else { return }
    // What the stack gave to the interface is what came and what was dropped on the way.
    let kernel = try InterfaceStatistics(of: "t0")
    #expect(Int(kernel.sentPackets) == sum("rx_packets"), "\(now.nonzero) \(kernel)")
    #expect(Int(kernel.sendDrops) == sum("rx_wire_dropped"), "\(now.nonzero) \(kernel)")
  }
}
