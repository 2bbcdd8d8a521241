import EmulatedAdapter
import Glibc
import Testing

@testable import EtherFabric

/// A program at one end that receives and sends as fast as it can, and keeps account of every frame and buffer.
struct Program: ~Copyable {
  let driver: Driver
  private var endpoint: Endpoint
  /// Addresses and type of its frames.
  private var header: [UInt8]
  private(set) var received = 0
  private(set) var sent = 0
  private(set) var completed = 0

  init(_ driver: Driver, to destination: MACAddress) throws {
    let domain = try driver.allocateProtectionDomain()
    let endpoint = try Endpoint(domain, pool: try PacketPool(domain, count: 1024))
    try endpoint.addFilter(.ethernet(driver.identity.macAddress))
    self.driver = driver
    self.endpoint = endpoint
    header = destination.bytes + driver.identity.macAddress.bytes + [0x88, 0xb5]
  }

  mutating func send(to destination: MACAddress) { header.replaceSubrange(0..<6, with: destination.bytes) }

  /// A burst out if it `sends`, and what has come and completed.
  mutating func step(sends: Bool = true) throws {
    if sends {
      for _ in 0..<16 where sent - completed < 200 && hasRoom(60 + sent % 500) {
        guard var buffer = endpoint.allocate() else { break }
        buffer.count = 60 + sent % 500
        buffer.withUnsafeMutableBytes { $0.copyBytes(from: header) }
        try endpoint.transmit(buffer, push: false)
        sent += 1
      }
      endpoint.push()
    }
    // Frames may come as fast as they are taken.
    for _ in 0..<256 {
      guard let occurrence = endpoint.next() else { break }
      switch consume occurrence {
      case .sent: completed += 1
      case .received(let frame):
        received += 1
        frame.release()
      default: Issue.record("something else happened")
      }
    }
  }

  /// The FIFO of an express adapter is counted in bytes.
  private func hasRoom(_ count: Int) -> Bool {
    !driver.identity.generation.datapath.isExpress || endpoint.interface.transmitSpaceBytes >= count
  }

  /// Receives, and sends no more, until nothing comes and all has completed.
  mutating func settle() throws {
    var quiet = ContinuousClock.now + .milliseconds(200)
    let end = ContinuousClock.now + .seconds(5)
    var last = -1
    while ContinuousClock.now < min(quiet, end) {
      try step(sends: false)
      if received + completed != last { quiet = ContinuousClock.now + .milliseconds(200) }
      last = received + completed
    }
  }

  /// Whether it sleeps for all of the time when all is read, and does not look again and again.
  mutating func sleeps(_ time: Duration) throws -> Bool {
    _ = try endpoint.wait(timeout: .milliseconds(1))
    try step(sends: false)
    let before = Self.threadTime()
    let isWoken = try endpoint.wait(timeout: time)
    return !isWoken && Self.threadTime() - before < time / 4
  }

  /// What the calling thread has used of a processor.
  private static func threadTime() -> Duration {
    var now = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
    return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
  }

  var account: Account {
    let pool = endpoint.pool
    let isExpress = driver.identity.generation.datapath.isExpress
    // Superbufs are not of the pool.
    let posted = isExpress ? 0 : endpoint.interface.receiveFillLevel
    return Account(
      sent: sent, completed: completed, received: received, statistics: driver.statistics(),
      buffersMissing: pool.count - pool.available - posted)
  }
}

/// What a program and its adapter say of a time that is over.
struct Account: Sendable {
  var sent: Int
  var completed: Int
  var received: Int
  var statistics: AdapterStatistics
  /// Of the pool, neither free nor posted.
  var buffersMissing: Int

  func sum(_ names: [String]) -> Int { names.reduce(0) { $0 + Int(statistics[$1] ?? 0) } }

  static let lostInFront = ["rx_wire_dropped", "rx_wire_oversize", "rx_wire_truncated", "rx_wire_left"]
  static let lostInside = [
    "rx_no_descriptor", "rx_filtered", "rx_oversize", "rx_runts", "rx_stopped", "rx_link_down",
  ]
  static let refused = ["tx_congested", "tx_link_down", "tx_oversize", "tx_failed"]

  /// Frames that the wire brought to this end, whatever became of them.
  var arrived: Int { sum(["rx_packets"] + Self.lostInFront) }
  /// Frames that left this end.
  var left: Int { sum(["tx_packets"]) }

  /// Each frame is in one counter, and each buffer is there.
  func check() {
    let all = "\(statistics.nonzero)"
    #expect(completed == sent)
    #expect(left + sum(Self.refused) == sent, "\(all)")
    #expect(received == sum(["rx_delivered"]), "\(all)")
    #expect(sum(["rx_delivered"] + Self.lostInside) == sum(["rx_packets"]), "\(all)")
    #expect(buffersMissing == 0)
  }
}
