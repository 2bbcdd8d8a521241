import EtherFabric

/// What a port plugs into: the control path of a wire. The datapath is `operations`.
///
/// The adapter keeps the wire alive, and calls nothing of it after it has let go of it; `deinit` gives everything
/// back that the wire took from the kernel.
public protocol Wire: AnyObject {
  /// The datapath. Constant for the life of the wire.
  var operations: WireOperations { get }
  /// Short name for tables and errors: `cable:0`, `afpacket:eth0`.
  var name: String { get }
  /// Largest payload after the Ethernet header, in bytes, as the wire has it now.
  var mtu: Int { get }
  /// The MAC address that the wire's interface has, or nil where the adapter chooses one.
  var macAddress: MACAddress? { get }
  /// Whether the link is up now.
  var isLinkUp: Bool { get }
  /// A descriptor that is readable when frames may have arrived (after `armWait`), or -1 where there is none.
  var waitDescriptor: Int32 { get }
  /// What the wire itself counted.
  func counters() -> WireCounters
  /// Counts in `cells` from now on, and takes what was counted so far along; nil for memory of its own. Called before
  /// and after any datapath. A wire may leave it; then others do not see its counters while it runs.
  func count(in cells: WireCounterCells?)
  /// What was really obtained, as lines of name and value (ring sizes, modes, offloads), for `efvi info`.
  var configuration: [(name: String, value: String)] { get }
  /// Whether `steal` can do anything here.
  var canSteal: Bool { get }
  /// Tells the wire which frames the adapter's filters take, so that it can keep them from the kernel's own
  /// stack where it can. `matches` is empty when there are none. Returns false where the wire cannot steal.
  func steal(_ matches: [StealMatch]) -> Bool
  /// Whether the wire leaves what the adapter does not want to somebody else.
  var leavesUnwanted: Bool { get }
  /// Tells the wire which frames the adapter's filters can take. Returns false where it brings others too.
  func want(_ frames: WantedFrames) -> Bool
  /// Tells the wire whether anybody asks when frames arrive; at first nobody does. A wire that stamps whatever it is told
  /// may leave it.
  func stamp(_ isWanted: Bool)
  /// Whether the wire is to receive into posted buffers (`WireOperations.lend`), so that nothing is copied. The four
  /// calls below come from whoever works on the port.
  var takesUserMemory: Bool { get }
  /// Leaves frames to the kernel until `takeFrames`; those that have arrived can still be taken.
  func holdFrames()
  /// Receives into buffers of this memory that will be lent. What was lent before is the adapter's again: the kernel
  /// writes no more into it. Throws where nothing has changed.
  func adopt(_ memory: UserMemory) throws(UserMemoryRefusal)
  /// Receives into memory of the wire; what was lent is the adapter's again.
  func relinquish(_ reason: UserMemoryRefusal)
  func takeFrames()
}

extension Wire {
  public func count(in cells: WireCounterCells?) {}
  public var canSteal: Bool { false }
  public func steal(_ matches: [StealMatch]) -> Bool { false }
  public var leavesUnwanted: Bool { false }
  public func want(_ frames: WantedFrames) -> Bool { false }
  public func stamp(_ isWanted: Bool) {}
  public var takesUserMemory: Bool { false }
  public func holdFrames() {}
  public func adopt(_ memory: UserMemory) throws(UserMemoryRefusal) { throw .nobodyReceives }
  public func relinquish(_ reason: UserMemoryRefusal) {}
  public func takeFrames() {}
}

/// One filter as a wire sees it: nil fields match anything.
public struct StealMatch: Sendable, Equatable {
  public var destinationMAC: MACAddress?
  public var vlan: UInt16?
  public var etherType: UInt16?
  public var ipProtocol: UInt8?
  /// 4 or 16 bytes, network order.
  public var localAddress: [UInt8]?
  public var remoteAddress: [UInt8]?
  public var localPort: UInt16?
  public var remotePort: UInt16?
  /// Only addresses of this kind; never set for `steal`.
  public var group: Group?
  public init() {}

  /// Kinds of destination addresses.
  public enum Group: Sendable {
    case unicast
    case multicast
    /// Those that the kernel does not listen to.
    case unknownUnicast
    case unknownMulticast
  }
}

/// The frames that an adapter's filters can take: those of any of the matches, or all.
public struct WantedFrames: Sendable, Equatable {
  public var matches: [StealMatch] = []
  public var isEverything = false
  /// The addresses that the kernel listens to.
  public var known: [MACAddress] = []
  public init() {}
}
