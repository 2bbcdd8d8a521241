/// Which way a frame goes, seen from the adapter.
public enum FaultDirection: UInt64, Sendable, CaseIterable {
  /// From the wire into the adapter.
  case receive = 1
  /// From the adapter onto the wire.
  case transmit = 2
}

/// How often frames of one direction suffer what. A rate is the share of frames, 0 for never to 1 for each.
///
/// The faults are independent of each other, so that one frame may suffer several; a dropped frame suffers no more.
public struct FaultRates: Sendable, Equatable {
  /// The frame is lost.
  public var drop: Double = 0
  /// The frame arrives twice.
  public var duplicate: Double = 0
  /// The frame arrives behind the one that follows it.
  public var reorder: Double = 0
  /// One bit of the frame is flipped.
  public var corrupt: Double = 0
  /// The frame arrives late, by `delayNanoseconds`.
  public var delay: Double = 0
  /// The end of the frame is missing, from a random byte on.
  public var cut: Double = 0
  /// How late a delayed frame is, in nanoseconds of the adapter's clock.
  public var delayNanoseconds: UInt64 = 0
  /// How long a reordered frame waits at most when none follows it, in nanoseconds of the adapter's clock.
  public var reorderNanoseconds: UInt64 = 1_000_000
  public init() {}

  /// Whether nothing is ever done to a frame.
  public var isHarmless: Bool {
    drop <= 0 && duplicate <= 0 && reorder <= 0 && corrupt <= 0 && delay <= 0 && cut <= 0
  }

  /// Whether frames are ever held back.
  public var holdsFrames: Bool { reorder > 0 || delay > 0 }
}

/// What an application allocates of an adapter, and a plan can refuse.
public enum AllocationKind: String, Sendable, CaseIterable {
  case protectionDomain = "pd"
  case memoryRegistration = "memreg"
  case virtualInterface = "vi"
  case filter = "filter"
}

/// Which allocations of a kind fail. They are counted from 1.
public enum AllocationFault: Sendable, Equatable {
  /// The one with this number.
  case only(UInt64)
  /// Each whose number is a multiple of this.
  case every(UInt64)

  /// Whether the allocation with this number fails.
  public func hits(_ number: UInt64) -> Bool {
    switch self {
    case .only(let hit): number == hit
    case .every(let interval): interval > 0 && number % interval == 0
    }
  }
}

/// Everything that is to go wrong with an emulated adapter: plain data.
///
/// The same plan over the same frames does the same to the same frames.
public struct FaultPlan: Sendable, Equatable {
  /// Fixes all random choices.
  public var seed: UInt64 = 0
  /// What happens to frames from the wire.
  public var receive = FaultRates()
  /// What happens to frames onto the wire.
  public var transmit = FaultRates()
  /// How often cut-through sends fail.
  public var cutThrough = CutThroughRates()
  /// Which allocations are refused.
  public var failAllocations: [AllocationKind: AllocationFault] = [:]
  /// Most frames of one direction that are held back at a time. Beyond, frames pass undelayed and are counted.
  public var holdCapacity: Int = 64
  public init() {}

  /// The rates of one direction.
  public subscript(direction: FaultDirection) -> FaultRates {
    get { direction == .receive ? receive : transmit }
    set { if direction == .receive { receive = newValue } else { transmit = newValue } }
  }

  /// Whether nothing at all goes wrong.
  public var isHarmless: Bool {
    receive.isHarmless && transmit.isHarmless && cutThrough.isHarmless && failAllocations.isEmpty
  }
}

/// Counts allocations, and says which fail. For the control path; one thread at a time.
public struct AllocationFaults: Sendable {
  private let plan: [AllocationKind: AllocationFault]
  private var seen: [AllocationKind: UInt64] = [:]
  private var refused: [AllocationKind: UInt64] = [:]

  public init(_ plan: FaultPlan) { self.plan = plan.failAllocations }

  /// Counts an allocation; true when it must fail.
  public mutating func nextFails(_ kind: AllocationKind) -> Bool {
    seen[kind, default: 0] += 1
    guard let fault = plan[kind], fault.hits(seen[kind, default: 0]) else { return false }
    refused[kind, default: 0] += 1
    return true
  }

  /// Allocations refused of each kind, for tables.
  public var counters: [(name: String, value: UInt64)] {
    AllocationKind.allCases.map { (name: "fault_\($0.rawValue)_refused", value: refused[$0, default: 0]) }
  }
}
