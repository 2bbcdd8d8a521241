import EtherFabric
import EtherFabricFormats
import Synchronization

/// The datapath of a port at a fixed address: nothing in it is counted by reference. One thread at a time works on
/// it, the one that has taken `claim`.
struct PortState {
  // Not the first field, which the thread sanitizer takes for the whole: `claim` is read without the claim.
  var wire: WireOperations

  // What every frame needs, close together.
  let claim: UnsafeMutablePointer<Atomic<Bool>>
  /// In memory that others may look at.
  let counterWords: UnsafeMutablePointer<PortCounters>
  let matcher: FilterMatcher
  let interfaces: UnsafeMutablePointer<UnsafeMutablePointer<InterfaceState>?>
  let translation: TranslationTable
  /// Room for the frames of one burst from the wire.
  let burst: UnsafeMutablePointer<WireFrame>
  var receiveFaults: UnsafeMutablePointer<FaultInjector>?
  var transmitFaults: UnsafeMutablePointer<FaultInjector>?
  /// The first interface that owes an event; see `reportPending`.
  var firstPending: UnsafeMutablePointer<InterfaceState>?
  /// Largest frame without FCS, one VLAN tag included: MTU + 18.
  var maximumFrame: Int
  /// An interface wants timestamps, so the clock is read.
  var stampCount = 0
  /// Interfaces that want timestamps and timers that run: each service looks at the clock.
  var clockUsers = 0
  /// Packets that one completion event may stand for.
  var completionBatch: UInt32
  var isForcedDown = false
  /// The wire keeps its frames until somebody polls: doorbells and filters take none.
  var waitsForPoll = false
  /// A thread of the adapter's own serves it, not the callers.
  var watchesDoorbells = false
  /// Virtual ports or a sniffer take part in receiving.
  var dispatchesSpecially = false
  /// The same of sending, and of loopback; the fault plan of the way out counts here too.
  var sendsSpecially = false
  var counters: PortCounters {
    @inline(__always) get { counterWords.pointee }
    @inline(__always) nonmutating _modify { yield &counterWords.pointee }
  }

  /// Room for the interfaces of one match.
  let recipients: UnsafeMutablePointer<FilterRecipient>
  /// Room for one frame that has to be padded or damaged.
  let scratch: UnsafeMutableRawPointer
  /// What the parser found in the frame at hand.
  var layout = FrameLayout()
  var clock = AdapterClock()
  var timersRunning = 0
  /// When the first of the timers runs out, or before.
  var nextTimer = UInt64.max
  /// Which cut-through sends fail.
  var cutThroughFaults: CutThroughFaults
  /// Interfaces that keep poisoned frames from the wire, which holds for all.
  var noPoisonCount = 0
  /// What the fault plan did, where others may look at it.
  let faultWords: (receive: UnsafeMutablePointer<FaultCounters>, transmit: UnsafeMutablePointer<FaultCounters>)
  /// Bytes that the frame at hand had on the wire, where it has been cut since; otherwise 0.
  var originalLength = 0
  /// Receive queues of superbufs (EFCT, EF10CT) that interfaces are attached to, by number.
  let queues: UnsafeMutablePointer<UnsafeMutablePointer<ReceiveQueueState>?>
  /// What queues and interfaces of them counted that are no more.
  var finishedQueues = QueueCounters()
  var finishedExpress = ExpressCounters()
  /// The interfaces that there are, in no order: whoever serves all of them looks at no others.
  let live: UnsafeMutablePointer<UnsafeMutablePointer<InterfaceState>>
  var liveCount = 0
  /// Sets of interfaces, nil where there is none: `setLimit` of them.
  let sets: UnsafeMutablePointer<UnsafeMutablePointer<SetState>?>
  /// How the frames of sets are hashed, and the hash of the frame at hand; 0 where the adapter makes none.
  var hashing: FrameHashing?
  var frameHash: UInt32 = 0
  /// Virtual ports, sniffers and loopback.
  let steering: UnsafeMutablePointer<SteeringState>
  /// The interface that lends its buffers to the wire; nil where frames are copied. Then `dispatchesSpecially` is set.
  var inPlace: UnsafeMutablePointer<InPlaceReceive>?
  /// Why the datapath ended that, until the ring begins anew.
  var inPlaceRefusal: UserMemoryRefusal?

  static let interfaceLimit = 1024
  static let setLimit = 64
  /// The number of a set in the filter table, where interfaces have their index.
  static func destination(ofSet slot: Int) -> UInt32 { UInt32(interfaceLimit + slot) }
  static let scratchSize = 16384 + 256
  /// Frames that one service takes from the wire.
  static let receiveBudget = 256
  /// Frames that the wire gives at a time.
  static let burstLimit = 32
  /// Frames that a receive doorbell takes first: more than a wire holds.
  static let doorbellBudget = 65536
}

extension UnsafeMutablePointer where Pointee == PortState {
  /// Takes the port for this thread. False when another thread has it: that thread is doing the work.
  @inline(__always)
  func tryClaim() -> Bool { !pointee.claim.pointee.exchange(true, ordering: .acquiring) }

  @inline(__always)
  func release() { pointee.claim.pointee.store(false, ordering: .releasing) }

  /// Takes the port for a control call, which waits its turn.
  func withClaim<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    var spins = 0
    while !tryClaim() {
      spins += 1
      if spins > 100 { yieldProcessor() }
    }
    defer { release() }
    return try body()
  }
}

extension UnsafeMutablePointer where Pointee == PortState {
  /// Whoever holds the port may walk over its interfaces.
  @inline(__always)
  func forEachInterface(_ body: (UnsafeMutablePointer<InterfaceState>) -> Void) {
    for place in 0..<pointee.liveCount { body(pointee.live[place]) }
  }

  /// Puts a new interface where the datapath finds it.
  func attach(_ interface: UnsafeMutablePointer<InterfaceState>) {
    pointee.interfaces[Int(interface.pointee.index)] = interface
    interface.pointee.place = pointee.liveCount
    pointee.live[pointee.liveCount] = interface
    pointee.liveCount += 1
  }

  func detach(_ interface: UnsafeMutablePointer<InterfaceState>) {
    pointee.interfaces[Int(interface.pointee.index)] = nil
    pointee.liveCount -= 1
    let last = pointee.live[pointee.liveCount]
    pointee.live[interface.pointee.place] = last
    last.pointee.place = interface.pointee.place
  }
}
