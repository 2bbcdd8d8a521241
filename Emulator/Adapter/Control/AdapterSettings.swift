import EtherFabric
import Glibc

/// What an emulated adapter is built from.
public struct AdapterSettings: Sendable {
  public enum Service: String, Sendable { case inline, thread }

  /// The driver's parameter of who may use physical addresses, with which a program reaches all memory.
  public enum PhysicalMode: String, Sendable {
    /// Programs of the group 0: the driver's default.
    case group
    case on, off

    var isAllowed: Bool { self == .group ? getegid() == 0 : self == .on }
  }

  public var generation: Generation = .x2
  /// Who runs the adapter: the thread that rings or polls, or a thread of its own.
  public var service: Service = .inline
  /// Nil for the wire's MTU.
  public var mtu: Int?
  /// Nil for the wire's address, or one made from the wire's name.
  public var macAddress: MACAddress?
  public var hasManualClock = false
  /// Packets that one completion event may stand for, 1 to 64.
  public var completionBatch = 32
  /// Stamp frames with the adapter's clock even where the wire has stamps.
  public var stampsWithClock = false
  /// What the clock shows more than the system's time, or than a manual clock was set to, in nanoseconds.
  public var clockOffset: Int64 = 0
  /// Parts in 10^9 that the clock is too fast.
  public var clockDrift: Int64 = 0
  /// What time syncs say of the clock at first.
  public var isClockSet = true
  public var isClockInSync = true
  /// Whether time syncs say it, and not always yes.
  public var reportsClockState = true
  /// What the host is told to add to receive stamps, in ticks: a quarter of a nanosecond, on the 8000 series 2^-27 of
  /// a second. The adapter stamps late by it.
  public var receiveStampCorrection = 0
  /// What the host is told to add to transmit stamps, in quarters of a nanosecond. The adapter stamps early by it.
  public var transmitStampCorrection = 0
  /// How many event slots behind itself the reader clears, 0 to 64.
  public var eventClearStride = 0
  /// Descriptors that a new receive ring needs before the adapter takes any: 16 on hardware, 0 for as few as there are.
  public var minimumFill = 0
  public var startsLinkDown = false
  /// The wire keeps its frames until somebody polls or primes, so that none is lost before filters and descriptors
  /// are there: for wires that are always ready, such as a replay. Inline service only.
  public var waitsForPoll = false
  public var faults = FaultPlan()
  /// Lets other processes of this user look at the counters (`efvi stats`).
  public var sharesCounters = true
  /// Filters that the table holds.
  public var filterLimit = 8192
  /// What the firmware of an EF10 adapter can do.
  public var firmware = Firmware.full
  /// Who may use physical addresses.
  public var physicalMode = PhysicalMode.group
  /// Spread the UDP frames of a set by their ports too, which the driver does not ask for.
  public var hashesUDPPorts = false
  /// The device string in full, for `AdapterIdentity`.
  public var device = ""
  public init() {}
}
