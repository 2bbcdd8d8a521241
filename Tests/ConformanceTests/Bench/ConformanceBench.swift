import EmulatedAdapter
import EtherFabric
import NetworkLab
import Testing

/// A wire under test: an adapter at one end, and at the other a peer that the test plays, frame by frame.
///
/// A further wire is one more type of bench and one more case of `BenchKind`; the rows stay as they are.
protocol ConformanceBench: AnyObject {
  var kind: BenchKind { get }
  /// The port under test.
  var driver: Driver { get }
  /// The adapter behind it, for its knobs.
  var adapter: EmulatedAdapter { get }
  /// The address that the peer's frames come from.
  var peerMAC: MACAddress { get }

  /// Puts a raw frame on the wire towards the adapter. False where the wire did not take it.
  func send(_ frame: [UInt8]) -> Bool
  /// The next frame that the adapter sent, tags in place, as it stands on the wire.
  func receive(within timeout: Duration) -> [UInt8]?
  /// Takes the peer off the wire, or brings it back; returns when the wire has noticed.
  func setPeer(up: Bool) throws
  /// Takes the adapter's own end down or up.
  func setPort(up: Bool) throws
  /// Sends a datagram through the peer's own stack, which may leave checksums to its hardware.
  func sendDatagram(_ payload: [UInt8], from source: IPEndpoint, to destination: IPEndpoint) throws
  /// Lets the peer resolve and ping an address while `pump` runs the adapter's side. Returns the answers.
  func ping(_ address: HostAddress, count: Int, pump: () throws -> Void) throws -> Int
}

/// What all rows are held over: a wire and an adapter generation.
struct BenchKind: Hashable, CaseIterable, Sendable, CustomTestStringConvertible {
  enum Wire: String, CaseIterable, Sendable {
    case cable
    case `switch`
    case packet
    case shm
    case tap
  }

  var wire: Wire
  var generation: Generation

  static let cable = BenchKind(wire: .cable, generation: .x2)
  static let `switch` = BenchKind(wire: .switch, generation: .x2)
  static let packet = BenchKind(wire: .packet, generation: .x2)

  /// One generation of each datapath, over every wire.
  static let allCases = [Generation.x2, .x3, .x4Express].flatMap { over($0) }
  /// For what only descriptor rings have.
  static let ef10 = over(.x2)
  /// For what only superbufs have.
  static let express = over(.x3) + over(.x4Express)

  private static func over(_ generation: Generation) -> [BenchKind] {
    Wire.allCases.map { BenchKind(wire: $0, generation: generation) }
  }

  var testDescription: String { "\(wire.rawValue) \(generation)" }

  /// Whether the other end is the kernel's.
  var hasKernel: Bool { wire == .packet || wire == .tap }
  var isExpress: Bool { generation.datapath.isExpress }
  /// Whether a filter takes exactly the frames that it names. An X3 compares less, and the program sees more.
  var filtersExactly: Bool { generation != .x3 }

  /// The same wire with an X2.
  var withEF10: BenchKind { BenchKind(wire: wire, generation: .x2) }

  /// Runs `body` on a new bench. A wire of the kernel gets a network namespace of its own; where there is none to be
  /// had, the test is cancelled with the reason.
  func run(_ options: String = "", _ body: (any ConformanceBench) throws -> Void) throws {
    let nic = "nic=\(generation)" + (options.isEmpty ? "" : ",\(options)")
    switch wire {
    case .cable, .switch, .shm: try body(try SegmentBench(self, nic))
    case .packet, .tap:
      if let reason = Namespace.unavailableReason { try Test.cancel(Comment(rawValue: reason)) }
      try Namespace.run { try body(wire == .tap ? try TAPBench(self, nic) : try PacketBench(self, nic)) }
    }
  }
}

extension ConformanceBench {
  /// The adapter's address.
  var portMAC: MACAddress { driver.identity.macAddress }

  /// The frames that the adapter sent, `count` of them or as many as come in time.
  func take(_ count: Int, within timeout: Duration = .seconds(2)) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    while frames.count < count, let frame = receive(within: timeout) { frames.append(frame) }
    return frames
  }

  /// A numbered frame from the peer to the adapter.
  func frame(_ number: Int, length: Int = 100, tags: [VLANTag] = []) -> [UInt8] {
    Frame.numbered(number, to: portMAC, from: peerMAC, tags: tags, length: length)
  }

  /// A numbered frame from the adapter to the peer.
  func answer(_ number: Int, length: Int = 100, tags: [VLANTag] = []) -> [UInt8] {
    Frame.numbered(number, to: peerMAC, from: portMAC, tags: tags, length: length)
  }

  func counter(_ name: String) -> Int { Int(driver.statistics()[name] ?? 0) }
}

extension Testing.Tag {
  /// Some cases need a private network; they are skipped, with a reason that starts with `network`, where there is none.
  @Tag static var network: Self
}

/// Polls `condition` until it holds or the time is over.
func eventually(_ timeout: Duration = .seconds(3), _ condition: () throws -> Bool) rethrows -> Bool {
  let end = ContinuousClock.now + timeout
  while ContinuousClock.now < end {
    if try condition() { return true }
    breathe()
  }
  return try condition()
}
