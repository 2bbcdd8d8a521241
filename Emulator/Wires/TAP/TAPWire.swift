import CLinuxShims
import EmulatedAdapter
import EtherFabric
import Glibc

/// A TAP interface as a wire: the peer of the port is the kernel's own stack.
///
/// The interface is made, brought up, and goes with the wire or the process. One that was made to stay (`ip tuntap
/// add`) is used, and stays. The kernel completes checksums and cuts large segments before it hands a frame over.
public final class TAPWire: Wire {
  public let name: String
  public let operations: WireOperations
  private let interface: String
  private let index: Int32
  private let socket: Int32
  private let state: UnsafeMutablePointer<TAPState>
  private let address: String?

  /// Makes the interface in the network namespace of the calling thread.
  ///
  /// Throws `EPERM` (needs CAP_NET_ADMIN), `EBUSY` (another program has it), `EINVAL` (an interface of another kind, or
  /// an option out of range), `ENOENT` (the kernel has no TAP).
  public init(interface: String, options: TAPWireOptions = TAPWireOptions()) throws(EtherFabricError) {
    try tapValidate(interface, options)
    self.interface = interface
    name = "tap:\(interface)"
    address = options.address
    var open: [Int32] = []
    do throws(EtherFabricError) {
      func keep(_ result: Int32, _ step: String) throws(EtherFabricError) -> Int32 {
        open.append(try tapCheck(result, step, interface))
        return result
      }
      let descriptor = try keep(tap_open(interface), "make the interface")
      let socket = try keep(tap_socket(), "open a socket for")
      let statistics = try keep(tap_statistics_socket(), "open a netlink socket for")
      let wait = try keep(efvi_wait_create(), "make a descriptor to sleep on for")
      let wake = try keep(efvi_wake_create(), "make a descriptor to sleep on for")
      let index = try tapCheck(tap_index(socket, interface), "look for", interface)
      // An interface that stays may be another's to set up: it is taken as it is, unless the options say otherwise.
      let sized = tap_set_queue(socket, interface, Int32(options.queueLength))
      if sized != -EPERM { try tapCheck(sized, "size the queue of", interface) }
      if let mtu = options.mtu, tap_mtu(socket, interface) != mtu {
        try tapCheck(tap_set_mtu(socket, interface, Int32(mtu)), "set the MTU of", interface)
      }
      if let network = options.address.flatMap(tapNetwork) {
        try tapCheck(
          tap_set_address(socket, interface, network.address, network.bits), "give an address to", interface)
      }
      try tapCheck(tap_up(socket, interface), "bring up", interface)
      for source in [descriptor, wake] { _ = efvi_wait_add(wait, source) }
      self.socket = socket
      self.index = index
      state = .allocate(cacheAligned: 1)
      state.initialize(
        to: TAPState(
          descriptor: descriptor, waitDescriptor: wait, wakeDescriptor: wake, statistics: statistics, index: index))
      operations = TAPOperations.make(UnsafeMutableRawPointer(state))
    } catch {
      for descriptor in open { close(descriptor) }
      throw error
    }
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
    close(socket)
  }

  /// The adapter's end has an address of its own; the interface's is the kernel's.
  public var macAddress: MACAddress? { nil }
  public var waitDescriptor: Int32 { state.pointee.waitDescriptor }

  public var mtu: Int {
    let now = tap_mtu(socket, interface)
    return now > 0 ? Int(now) : 1500
  }

  public var isLinkUp: Bool {
    let needed = Int32(IFF_UP) | Int32(IFF_RUNNING)
    let flags = tap_flags(socket, interface)
    // The name may belong to another interface by now.
    return flags >= 0 && flags & needed == needed && tap_index(socket, interface) == index
  }

  public func counters() -> WireCounters {
    state.pointee.countKernelDrops()
    return state.pointee.counters.counters
  }

  public func count(in cells: WireCounterCells?) { state.pointee.count(in: cells) }

  public var configuration: [(name: String, value: String)] {
    [
      ("interface", "\(interface), index \(index), mtu \(mtu), the kernel's stack behind it"),
      ("address of the kernel", address ?? "not given here"),
      ("datapath", "read and write, one frame a system call"),
      ("checksums", "completed by the kernel"),
      ("offloads", "none"),
    ]
  }
}
