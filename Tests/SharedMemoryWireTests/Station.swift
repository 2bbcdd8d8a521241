import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import Glibc
import Testing

/// A program at one end that receives and sends all the time, and keeps account of every buffer.
struct Station: ~Copyable {
  private let driver: Driver
  private var endpoint: Endpoint
  private(set) var received = 0
  private var sent = 0
  private var completed = 0
  private var lastReceived = 0

  init(_ device: String) throws {
    let driver = try Driver.open(device)
    let domain = try driver.allocateProtectionDomain()
    let endpoint = try Endpoint(domain, pool: try PacketPool(domain, count: 1024))
    try endpoint.addFilter(.unicastAll)
    self.driver = driver
    self.endpoint = endpoint
  }

  var mac: MACAddress { driver.identity.macAddress }
  var isLinkUp: Bool { driver.isLinkUp }
  /// Nothing has come since the last question.
  var isQuiet: Bool {
    mutating get {
      defer { lastReceived = received }
      return lastReceived == received
    }
  }

  /// A step: what has come, a few frames out, and their completions.
  mutating func work() throws {
    for _ in 0..<64 {
      guard let frame = endpoint.receive() else { break }
      received += 1
      frame.release()
    }
    for _ in 0..<4 {
      guard sent - completed < 200, var buffer = endpoint.allocate() else { break }
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

  /// Every frame has completed, each counter agrees, and every buffer is there.
  mutating func settle() throws {
    let end = ContinuousClock.now + .seconds(2)
    while completed < sent, ContinuousClock.now < end { collect() }
    #expect(completed == sent)
    let now = driver.statistics()
    func sum(_ names: [String]) -> Int { names.reduce(0) { $0 + Int(now[$1] ?? 0) } }
    #expect(sum(["tx_packets", "tx_congested", "tx_link_down", "tx_oversize", "tx_failed"]) == sent, "\(now.nonzero)")
    #expect(sum(["tx_link_down"]) > 0)
    #expect(sum(["rx_delivered"]) == received, "\(now.nonzero)")
    #expect(
      sum(["rx_delivered", "rx_no_descriptor", "rx_filtered", "rx_oversize", "rx_runts", "rx_link_down"])
        == Int(now["rx_packets"]!), "\(now.nonzero)")
    #expect(now["rx_wire_truncated"] == 0)
  }
}
