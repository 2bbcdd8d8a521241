import EtherFabric
import EtherFabricFormats
import Synchronization

/// The adapter's side of one virtual interface. Ring indexes are masked, as the doorbells carry them.
struct InterfaceState {
  // First, because the thread sanitizer takes the first field for the whole: `port` is read without its claim.
  let index: UInt32
  let domain: UInt32

  // What every frame needs, in two cache lines.
  let port: UnsafeMutablePointer<PortState>
  let events: UnsafeMutablePointer<EventQueueState>
  let doorbells: UnsafeMutableRawPointer
  let receiveRing: UnsafeMutablePointer<UInt64>
  let transmitRing: UnsafeMutablePointer<UInt64>
  let receiveMask: UInt32
  /// `receiveMask` once the ring has had the descriptors that the adapter needs to begin, 0 before, and while it lends
  /// its buffers.
  var acceptMask: UInt32
  /// Next descriptor to use.
  var receiveRead: UInt32 = 0
  /// End of the descriptors that the adapter has taken over.
  var receiveAccepted: UInt32 = 0
  let transmitMask: UInt32
  var transmitRead: UInt32 = 0
  /// Packets sent since the last completion event.
  var unreported: UInt32 = 0
  var receiveStopped = false
  var transmitStopped = false
  let fillsIPChecksum: Bool
  let fillsL4Checksum: Bool
  let stampsTransmits: Bool
  /// Neither TCP nor UDP: not sent.
  let isRestricted: Bool
  /// Descriptors are fetched, sent and completed, and that is all. Other ways are off the main path.
  var transmitsPlainly = true
  /// Frames go one by one into posted buffers, with an event for each buffer. Other ways are off the main path.
  var receivesPlainly: Bool
  let label: Int
  let prefixLength: Int
  /// In memory that others may look at.
  let counterWords: UnsafeMutablePointer<InterfaceCounters>
  /// What EFCT and EF10CT have instead of rings; nil on EF10.
  let express: UnsafeMutablePointer<ExpressInterfaceState>?

  let flags: InterfaceFlags
  let ownsEvents: Bool
  let minimumFill: UInt32
  /// PIO, cut-through, alternatives; nil without a transmit ring, and on EFCT and EF10CT.
  var sending: UnsafeMutablePointer<InterfaceSending>?
  let datapath: Datapath
  /// Merged events and filter ids; nil without them.
  var merge: UnsafeMutablePointer<MergeState>?
  /// Nil without packed stream.
  var packedStream: UnsafeMutablePointer<PackedStreamQueue>?
  /// Whether it owes an event, and who does besides.
  var isPending = false
  var nextPending: UnsafeMutablePointer<InterfaceState>?
  /// Place among the interfaces of the port that live.
  var place = 0
  /// The virtual port it is on, 0 for the port itself.
  var virtualPort: UInt8 = 0
  /// Whose multicast it sends, where that comes back to the interfaces of this host; 0 where it does not.
  var stack: UInt32 = 0

  /// Nothing is written in front of frames, and the ring runs.
  @inline(__always)
  var takesWholeFrames: Bool { prefixLength == 0 && !receiveStopped }

  var counters: InterfaceCounters {
    @inline(__always) get { counterWords.pointee }
    @inline(__always) nonmutating _modify { yield &counterWords.pointee }
  }

  @inline(__always)
  func register(_ offset: Int) -> UInt32 {
    (doorbells + offset).assumingMemoryBound(to: Atomic<UInt32>.self).pointee.load(ordering: .acquiring)
  }

  /// What `EVQ_RPTR` holds while no prime waits to be seen.
  static let notPrimed = UInt32.max

  /// The index of a prime, which is then seen.
  func takePrime() -> UInt32 {
    (doorbells + DoorbellPage.eventQueueReadPointer).assumingMemoryBound(to: Atomic<UInt32>.self)
      .pointee.exchange(Self.notPrimed, ordering: .acquiringAndReleasing)
  }
}
