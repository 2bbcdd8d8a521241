import CLinuxShims
import EmulatedAdapter
import EtherFabric
import Glibc
import Synchronization

/// A network interface of the kernel as a wire, through AF_XDP.
///
/// A program at the interface gives the frames that the adapter's filters ask for to the wire, in front of the kernel's
/// stack, which gets all others: filters steal as they do on hardware. Frames arrive as a real adapter would have
/// received them: VLAN tags in place, checksums complete, and what a sender on this machine left to segmentation cut.
/// Nothing is left behind when the wire goes or the process is killed.
public final class XDPWire: Wire {
  public let name: String
  public let macAddress: MACAddress?
  public let operations: WireOperations
  public let waitDescriptor: Int32

  let interface: PacketInterface
  let options: XDPWireOptions
  let steering: Mutex<XDPSteering>
  let sockets: Mutex<[XDPSocket]>
  /// What the first socket has while nothing is lent.
  let ownLayout: XDPMemoryLayout
  /// What came of `XDPWireOptions.memory`.
  let words = Mutex("not in use: \(UserMemoryRefusal.nobodyReceives.words)")
  /// Queues that the interface has.
  let interfaceQueues: Int
  let driver: String
  let isPromiscuous: Bool
  private let control: PacketDescriptor
  private let passed: PacketMapping
  let state: UnsafeMutablePointer<XDPState>

  /// Opens an Ethernet interface of the calling thread's network namespace.
  ///
  /// Throws `ENODEV` (no such interface), `ENETDOWN` (it is down), `EOPNOTSUPP` (not Ethernet), `EPERM` (needs
  /// CAP_NET_RAW, CAP_NET_ADMIN and CAP_BPF), `EBUSY` (another program at the interface, or socket at a queue),
  /// `EINVAL` (an option out of range, or more queues than there are), `ENOMEM` and `ENOBUFS` (frame memory).
  public init(interface name: String, options: XDPWireOptions = XDPWireOptions()) throws(EtherFabricError) {
    try XDPOpening.validate(options)
    // It receives nothing: it asks about the interface, and for frames to any address.
    let control = PacketDescriptor(
      number: try XDPOpening.check(packet_socket_open(), "open a packet socket", name))
    let interface = try PacketInterface(name, socket: control.number, allowDown: options.allowDown)
    driver = XDPWire.driver(control.number, name)
    let available = Int(max(1, xdp_interface_queues(control.number, name)))
    let count = options.queues ?? min(available, XDPOpening.limitOfQueues)
    guard count <= available else {
      throw EtherFabricError(
        XDPOpening.operation, errno: EINVAL, reason: "\(name) has \(available) receive queues, not \(count)",
        remedy: "Ask for fewer, or give it more with `ethtool -L \(name)`.")
    }
    let steering = try XDPSteering(interface, attach: options.attach, queues: XDPOpening.limitOfQueues)
    let slots = options.receiveSlots ?? XDPOpening.receiveSlots(queues: count)
    let tryZerocopy = steering.mode == .native && (options.attach == .best || options.attach == .zerocopy)
    var sockets: [XDPSocket] = []
    for queue in 0..<count {
      let layout = XDPMemoryLayout(
        mtu: interface.mtu, receiveSlots: slots, transmitSlots: queue == 0 ? options.transmitSlots : 0)
      let socket = try XDPSocket(queue: queue, layout: layout, name: name)
      try socket.bind(interface, zerocopy: tryZerocopy, needWakeup: options.needWakeup)
      sockets.append(socket)
    }
    let passed = try steering.mapCounts(name)
    let watch = try PacketWatch(sockets.map(\.number))
    waitDescriptor = watch.descriptor
    // Nothing comes before filters are there.
    for socket in sockets { try steering.connect(socket, name) }
    let isVirtual = ["veth", "tun", "virtio_net", "bridge"].contains(driver)
    let state = UnsafeMutablePointer<XDPState>.allocate(cacheAligned: 1)
    state.initialize(
      to: XDPState(
        control: control.number, interface: name, mtu: interface.mtu, completesChecksums: isVirtual,
        sendsPieces: sockets[0].takesMultiBuffer, needsWakeup: options.needWakeup,
        queues: sockets.map { $0.makeQueue() }, watch: watch, sender: sockets[0].makeSender()!, passed: passed.base))
    self.name = "xdp:\(name)"
    self.interface = interface
    self.options = options
    ownLayout = sockets[0].layout
    let hasMetadata = sockets[0].hasMetadata
    self.sockets = Mutex(sockets)
    self.state = state
    self.passed = passed
    interfaceQueues = available
    macAddress = interface.address
    isPromiscuous = options.promiscuous && packet_socket_promiscuous(control.number, interface.index) == 0
    self.control = control
    var operations = WireOperations(
      context: UnsafeMutableRawPointer(state),
      transmitReserve: xdpTransmitReserve, transmitCommit: xdpTransmitCommit, transmitFlush: xdpTransmitFlush,
      receiveNext: xdpReceiveNext, receiveRelease: xdpReceiveRelease, armWait: xdpArmWait,
      transmitTime: hasMetadata ? xdpTransmitTime : nil)
    if options.memory == .user {
      operations.receiveNext = xdpReceiveNextInPlace
      operations.receiveRelease = xdpReceiveReleaseInPlace
      operations.lend = xdpLend
      operations.relinquish = xdpRelinquish
    }
    self.operations = operations
    self.steering = Mutex(steering)
    state.pointee.wire = Unmanaged.passUnretained(self)
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
  }

  private static func driver(_ socket: Int32, _ name: String) -> String {
    var text = [CChar](repeating: 0, count: 32)
    guard xdp_interface_driver(socket, name, &text, 32) == 0 else { return "unknown" }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  public var mtu: Int { state.pointee.refreshMTU() }

  public var isLinkUp: Bool {
    let needed = Int32(IFF_UP) | Int32(IFF_RUNNING)
    // The name may belong to another interface by now.
    return packet_interface_index(control.number, interface.name) == interface.index
      && packet_interface_flags(control.number, interface.name) & needed == needed
  }

  public func counters() -> WireCounters {
    state.pointee.countKernelDrops()
    return state.pointee.counters.counters
  }

  public func count(in cells: WireCounterCells?) { state.pointee.count(in: cells) }

  public var leavesUnwanted: Bool { true }

  public func want(_ frames: WantedFrames) -> Bool { steering.withLock { $0.replace(frames) } }

  /// Frames that the program did not stamp have no time of arrival, and the line in front of them is not touched.
  public func stamp(_ isWanted: Bool) {
    state.pointee.wantsStamps = isWanted
    guard state.pointee.inPlace == nil else { return }
    // What a frame of earlier left there is not the time of a later one.
    if isWanted { sockets.withLock { for socket in $0 { socket.clearStamps() } } }
    state.pointee.readsStamps = steering.withLock { $0.stamp(isWanted) } == 0 && isWanted
  }
}
