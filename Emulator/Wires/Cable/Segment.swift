import CLinuxShims
import EmulatedAdapter
import EtherFabric
import Glibc
import Synchronization

/// A piece of network in memory: a cable with two ports, or a switch with more. Frames keep their order; nothing
/// is lost but what finds a ring full, and that is counted.
public final class Segment: @unchecked Sendable {
  public enum Kind: String, Sendable { case cable, `switch` }

  public let kind: Kind
  public let name: String
  public let portCount: Int
  /// Largest payload after the Ethernet header, in bytes.
  public let mtu: Int
  fileprivate let ports: SpacedMemory<SegmentPort>
  private let rings: SpacedMemory<FrameRing>
  fileprivate let attached: UnsafeMutablePointer<Atomic<Bool>>
  fileprivate let wake: UnsafeMutablePointer<Int32>
  private let order: UnsafeMutablePointer<Atomic<UInt64>>
  private let learned: UnsafeMutablePointer<Atomic<UInt64>>
  private let lock = Mutex(0)

  /// - Parameters:
  ///   - portCount: 2 for a cable, 2 to 16 for a switch.
  ///   - ringBytes: memory of each direction between two ports, a power of two.
  public init(kind: Kind, name: String, portCount: Int, mtu: Int, ringBytes: Int = 256 << 10) {
    self.kind = kind
    self.name = name
    self.portCount = portCount
    self.mtu = mtu
    // A ring must hold a few of the largest frames.
    var capacity = max(ringBytes, 4096)
    while capacity < 8 * (mtu + 64) { capacity *= 2 }
    rings = SpacedMemory(capacity: portCount * portCount)
    for index in 0..<(portCount * portCount) {
      let isOwn = index / portCount == index % portCount
      rings.initialize(index, to: FrameRing(capacity: isOwn ? 4096 : capacity))
    }
    attached = .allocate(capacity: portCount)
    wake = .allocate(capacity: portCount)
    order = .allocate(capacity: 1)
    order.initialize(to: Atomic(0))
    learned = .allocate(capacity: SegmentPort.learnedSlots)
    for slot in 0..<SegmentPort.learnedSlots { (learned + slot).initialize(to: Atomic(0)) }
    ports = SpacedMemory(capacity: portCount)
    for index in 0..<portCount {
      (attached + index).initialize(to: Atomic(false))
      wake[index] = efvi_wake_create()
      let incoming = SpacedMemory<FrameRingReader>(capacity: portCount)
      for source in 0..<portCount {
        incoming.initialize(source, to: FrameRingReader(rings[source * portCount + index]))
      }
      let peer = index == 0 ? 1 : 0
      let counters = WireCounterCells.allocate()
      ports.initialize(
        index,
        to: SegmentPort(
          index: index, portCount: portCount, outgoing: rings.dropFirst(index * portCount),
          incoming: incoming, peer: peer, peerOutgoing: rings.pointer(index * portCount + peer),
          peerIncoming: incoming.pointer(peer),
          attached: attached, wake: wake, order: order, learned: learned,
          staging: .allocate(byteCount: SegmentPort.stagingSize, alignment: 64), counters: counters,
          ownCounters: counters))
    }
  }

  deinit {
    for index in 0..<portCount {
      ports[index].incoming.deallocate()
      ports[index].staging.deallocate()
      ports[index].ownCounters.deallocate()
      close(wake[index])
    }
    for index in 0..<(portCount * portCount) { rings[index].deallocate() }
    rings.deallocate()
    ports.deallocate()
    attached.deallocate()
    wake.deallocate()
    order.deallocate()
    learned.deallocate()
  }

  /// Plugs into a port.
  /// - Throws: `EINVAL` for a port that the segment does not have, `EBUSY` for one that is taken.
  public func plug(into port: Int) throws(EtherFabricError) -> SegmentWire {
    guard (0..<portCount).contains(port) else {
      throw EtherFabricError(
        "Driver.open", errno: EINVAL, reason: "\(kind.rawValue) '\(name)' has no port \(port)",
        remedy: "Ports are 0 to \(portCount - 1).")
    }
    let wasTaken = lock.withLock { _ in attached[port].exchange(true, ordering: .acquiringAndReleasing) }
    guard !wasTaken else {
      throw EtherFabricError(
        "Driver.open", errno: EBUSY, reason: "port \(port) of \(kind.rawValue) '\(name)' is taken",
        remedy: "Plug into another port.")
    }
    return SegmentWire(segment: self, port: port)
  }

  fileprivate func unplug(_ port: Int) {
    // What was under way to the port is gone.
    let state = ports.pointer(port)
    for source in 0..<portCount where source != port {
      while state.pointee.incoming[source].next() != nil { state.pointee.incoming[source].release() }
    }
    attached[port].store(false, ordering: .releasing)
  }
}

/// One end of a cable, or a port of a switch.
public final class SegmentWire: Wire {
  private let segment: Segment
  private let port: Int
  public let operations: WireOperations

  init(segment: Segment, port: Int) {
    self.segment = segment
    self.port = port
    let context = UnsafeMutableRawPointer(segment.ports.pointer(port))
    operations = segment.kind == .cable ? CableOperations.make(context) : SwitchOperations.make(context)
  }

  deinit { segment.unplug(port) }

  public var name: String { "\(segment.kind.rawValue):\(segment.name)/\(port)" }
  public var mtu: Int { segment.mtu }
  public var macAddress: MACAddress? { nil }
  public var waitDescriptor: Int32 { segment.wake[port] }

  /// Up while another port has an adapter.
  public var isLinkUp: Bool {
    (0..<segment.portCount).contains { $0 != port && segment.attached[$0].load(ordering: .relaxed) }
  }

  public func counters() -> WireCounters { segment.ports[port].counters.counters }

  public func count(in cells: WireCounterCells?) {
    let state = segment.ports.pointer(port)
    let next = cells ?? state.pointee.ownCounters
    next.take(from: state.pointee.counters)
    state.pointee.counters = next
  }

  public var configuration: [(name: String, value: String)] {
    [
      ("wire", "\(segment.kind.rawValue) in memory, \(segment.portCount) ports"),
      ("ring", "\(segment.ports[port].outgoing[port == 0 ? 1 : 0].capacity) bytes a direction"),
    ]
  }
}
