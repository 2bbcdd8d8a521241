import CLinuxShims
import EmulatedAdapter
import EtherFabric
import Glibc
import Synchronization

/// A network interface of the kernel as a wire, through AF_PACKET.
///
/// Frames arrive as a real adapter would have received them: VLAN tags in place, checksums complete, and what the
/// kernel handed over as one large frame cut into its segments. The interface's offloads stay as they are, and
/// nothing is left behind when the wire goes or the process is killed. The kernel's own stack sees the same frames,
/// unless `steal` keeps them from it.
public final class PacketWire: Wire {
  public let name: String
  public let macAddress: MACAddress?
  public let operations: WireOperations
  public let waitDescriptor: Int32

  let interface: PacketInterface
  let stealing = Mutex(PacketSteal())
  private let receiveSocket: PacketDescriptor
  private let transmitSocket: PacketDescriptor
  private let ring: PacketMapping
  private let state: UnsafeMutablePointer<PacketState>
  /// The cells of `state`, which belongs to the datapath.
  private var cells: WireCounterCells
  private let geometry: PacketRingGeometry
  private let options: PacketWireOptions
  private let isPromiscuous: Bool
  private let bypassesQdisc: Bool
  private let queueSize: Int

  /// Opens an Ethernet interface of the calling thread's network namespace.
  ///
  /// Throws `ENODEV` (no such interface), `ENETDOWN` (it is down), `EOPNOTSUPP` (not Ethernet), `ENAMETOOLONG`,
  /// `EPERM` or `EACCES` (needs CAP_NET_RAW), `ENOMEM` (the ring), `EINVAL` (an option out of range).
  public init(interface name: String, options: PacketWireOptions = PacketWireOptions()) throws(EtherFabricError) {
    try packetValidate(name, options)
    let receive = PacketDescriptor(
      number: try packetCheck(packet_socket_open(), "open a packet socket", name))
    let transmit = PacketDescriptor(
      number: try packetCheck(packet_socket_open(), "open a packet socket", name))
    let interface = try PacketInterface(name, socket: receive.number, allowDown: options.allowDown)
    let fd = receive.number
    let geometry = PacketRingGeometry(slots: options.receiveSlots, frame: max(interface.mtu, 1500) + 18)

    _ = try packetCheck(packet_socket_version2(fd), "choose TPACKET_V2", name)
    _ = try packetCheck(packet_socket_ignore_outgoing(fd), "set PACKET_IGNORE_OUTGOING", name)
    // Both before the ring: their room in a slot is fixed with it.
    _ = try packetCheck(packet_socket_offload_headers(fd), "set PACKET_VNET_HDR", name)
    _ = try packetCheck(packet_socket_copy_large(fd), "set PACKET_COPY_THRESH", name)
    let queue = min(max(geometry.slots * 65536, 4 << 20), 64 << 20)
    queueSize = Int(try packetCheck(packet_socket_buffer(fd, 1, Int32(queue)), "size the receive queue", name))
    _ = try packetCheck(
      packet_socket_ring(
        fd, UInt32(geometry.slotSize), UInt32(geometry.slots), UInt32(geometry.blockSize), UInt32(geometry.blocks)),
      "make a receive ring of \(geometry.size) bytes", name)
    guard let base = mmap(nil, geometry.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), base != MAP_FAILED else {
      throw EtherFabricError(
        packetOpenOperation, errno: Glibc.errno, reason: "cannot map the receive ring of \(name)",
        remedy: "Ask for fewer receive slots.")
    }
    let ring = PacketMapping(base: base, size: geometry.size)
    isPromiscuous = options.promiscuous && packet_socket_promiscuous(fd, interface.index) == 0

    bypassesQdisc = options.qdiscBypass && packet_socket_qdisc_bypass(transmit.number) == 0
    _ = packet_socket_buffer(transmit.number, 0, 4 << 20)
    _ = try packetCheck(packet_socket_bind(transmit.number, interface.index, 0), "bind to send", name)

    let watch = try PacketWatch([fd])
    waitDescriptor = watch.descriptor
    let state = UnsafeMutablePointer<PacketState>.allocate(cacheAligned: 1)
    state.initialize(
      to: PacketState(
        receiveSocket: fd, transmitSocket: transmit.number, interface: name, mtu: interface.mtu,
        cursor: PacketRingCursor(base: base, geometry: geometry), transmitBatch: options.transmitBatch,
        watch: watch))
    self.name = "afpacket:\(name)"
    self.interface = interface
    macAddress = interface.address
    self.options = options
    self.geometry = geometry
    self.state = state
    cells = state.pointee.counters
    self.ring = ring
    receiveSocket = receive
    transmitSocket = transmit
    operations = WireOperations(
      context: UnsafeMutableRawPointer(state),
      transmitReserve: packetTransmitReserve, transmitCommit: packetTransmitCommit,
      transmitFlush: packetTransmitFlush, receiveNext: packetReceiveNext,
      receiveRelease: packetReceiveRelease, armWait: packetArmWait)

    // Last of all: from here on frames arrive.
    _ = try packetCheck(packet_socket_bind(receiveSocket.number, interface.index, UInt16(ETH_P_ALL)), "bind", name)
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
  }

  public var mtu: Int { state.pointee.refreshMTU() }

  public var isLinkUp: Bool {
    let needed = Int32(IFF_UP) | Int32(IFF_RUNNING)
    // The name may belong to another interface by now.
    return packet_interface_index(transmitSocket.number, interface.name) == interface.index
      && packet_interface_flags(transmitSocket.number, interface.name) & needed == needed
  }

  public func counters() -> WireCounters {
    PacketState.countKernelDrops(receiveSocket.number, cells)
    return cells.counters
  }

  public func count(in cells: WireCounterCells?) {
    state.pointee.count(in: cells)
    self.cells = state.pointee.counters
  }

  public var configuration: [(name: String, value: String)] {
    let promiscuous = isPromiscuous ? "yes" : options.promiscuous ? "no, refused" : "no"
    let bypass = bypassesQdisc ? "yes" : options.qdiscBypass ? "no, refused" : "no"
    return [
      ("interface", "\(interface.name), index \(interface.index), mtu \(mtu)"),
      ("receive ring", "TPACKET_V2, \(geometry.slots) slots of \(geometry.slotSize) bytes, \(geometry.size) bytes"),
      ("large frames", "segmented in software; beyond a slot through a queue of \(queueSize) bytes"),
      ("checksums", "partial ones completed in software"),
      ("offloads", "left as they are"),
      ("promiscuous", promiscuous),
      ("transmit", "send, from \(PacketBatch.smallest) frames sendmmsg, at most \(options.transmitBatch) at once"),
      ("qdisc bypass", bypass),
      ("timestamps", "software, CLOCK_REALTIME"),
      ("steal", options.steals ? stealing.withLock { $0.description } : "switched off"),
    ]
  }

  public var canSteal: Bool { options.steals }

  public func steal(_ matches: [StealMatch]) -> Bool {
    guard options.steals else { return false }
    return stealing.withLock { $0.replace(matches, interface: interface.index) }
  }
}
