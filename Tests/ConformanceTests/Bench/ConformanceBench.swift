import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import NetworkLab
import Testing

/// A wire under test: an adapter at one end, and at the other a peer that the test plays, frame by frame.
///
/// A further wire is one more type of bench and one more case of `BenchKind`; the rows stay as they are.
protocol ConformanceBench: AnyObject {
  var kind: BenchKind { get }
  /// The port under test.
  var driver: Driver { get }
  /// The address that the peer's frames come from.
  var peerMAC: MACAddress { get }

  /// Lets the adapter work, where it has no thread of its own.
  func service()
  /// What the adapter counts, and what it counts of an interface.
  func statistics() -> AdapterStatistics
  func statistics(of interface: borrowing VirtualInterface) -> AdapterStatistics

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
    /// The same as `packet`, reached through the backend for hardware and the libciul that this project makes.
    case library
    case shm
    case tap
    /// AF_XDP, with the program in the driver and in front of the stack.
    case xdpNative
    case xdpGeneric
    /// The same with frames in posted buffers, where a row allows for it.
    case xdpUserNative
    case xdpUserGeneric
  }

  var wire: Wire
  var generation: Generation

  static let cable = BenchKind(wire: .cable, generation: .x2)
  static let `switch` = BenchKind(wire: .switch, generation: .x2)
  static let packet = BenchKind(wire: .packet, generation: .x2)
  static let xdp = [Wire.xdpNative, .xdpGeneric, .xdpUserNative, .xdpUserGeneric].map {
    BenchKind(wire: $0, generation: .x2)
  }

  /// One generation of each datapath, over every wire.
  static let allCases = [Generation.x2, .x3, .x4Express].flatMap { over($0) }
  /// For what only descriptor rings have.
  static let ef10 = over(.x2)
  /// For what only superbufs have.
  static let express = over(.x3) + over(.x4Express)

  private static func over(_ generation: Generation) -> [BenchKind] {
    Wire.available.map { BenchKind(wire: $0, generation: generation) }.filter { !$0.lendsBuffers || generation == .x2 }
  }

  var testDescription: String { "\(wire.rawValue) \(generation)" }

  /// Whether the other end is the kernel's.
  var hasKernel: Bool { hasPair || wire == .tap }
  /// Whether that is at the other end of a veth pair.
  var hasPair: Bool { wire == .packet || wire == .library || isXDP }
  var isXDP: Bool { wire == .xdpNative || wire == .xdpGeneric || lendsBuffers }
  var lendsBuffers: Bool { wire == .xdpUserNative || wire == .xdpUserGeneric }
  /// Whether the adapter is at hand, for what libciul has no call for: its link, and queues that begin again.
  var hasKnobs: Bool { wire != .library }
  /// Whether what is counted of each interface can be looked at: behind libciul, where the adapter counts in its page.
  var countsInterfaces: Bool { wire != .library || !isExpress }
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
    case .packet, .xdpNative, .xdpGeneric, .xdpUserNative, .xdpUserGeneric, .tap:
      if let reason = Namespace.unavailableReason { try Test.cancel(Comment(rawValue: reason)) }
      try Namespace.run { try body(wire == .tap ? try TAPBench(self, nic) : try PacketBench(self, nic)) }
    case .library:
      if let reason = Namespace.unavailableReason { try Test.cancel(Comment(rawValue: reason)) }
      try Namespace.run { try body(try LibraryBench(self, nic)) }
    }
  }
}

extension ConformanceBench {
  func service() { Emulator.adapter(of: driver)?.service() }
  func statistics() -> AdapterStatistics { driver.statistics() }
  func statistics(of interface: borrowing VirtualInterface) -> AdapterStatistics { interface.statistics() }

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

  func counter(_ name: String) -> Int { Int(statistics()[name] ?? 0) }
}

extension BenchKind.Wire {
  /// The wires of this build: a libciul has to be named, and headers to have been there.
  static var available: [Self] {
    #if ETHERFABRIC_HARDWARE
      return LibraryBench.isAvailable ? [.library] : allCases.filter { $0 != .library }
    #else
      return allCases.filter { $0 != .library }
    #endif
  }
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
