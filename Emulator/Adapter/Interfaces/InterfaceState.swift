import EtherFabric
import EtherFabricFormats
import Synchronization

/// The adapter's side of one virtual interface. Ring indexes are masked, as the doorbells carry them.
struct InterfaceState {
  // First, because the thread sanitizer takes the first field for the whole: `port` is read without its claim.
  let index: UInt32
  let port: UnsafeMutablePointer<PortState>
  let domain: UInt32
  let label: Int
  let flags: InterfaceFlags
  let events: UnsafeMutablePointer<EventQueueState>
  let ownsEvents: Bool
  let doorbells: UnsafeMutableRawPointer

  let receiveRing: UnsafeMutablePointer<UInt64>
  let receiveMask: UInt32
  /// Next descriptor to use.
  var receiveRead: UInt32 = 0
  /// End of the descriptors that the adapter has taken over.
  var receiveAccepted: UInt32 = 0
  var receiveStopped = false
  let prefixLength: Int

  let transmitRing: UnsafeMutablePointer<UInt64>
  let transmitMask: UInt32
  var transmitRead: UInt32 = 0
  var transmitStopped = false
  let fillsIPChecksum: Bool
  let fillsL4Checksum: Bool
  let stampsTransmits: Bool
  /// Neither TCP nor UDP: not sent.
  let isRestricted: Bool
  /// Write index that the last service saw, while a packet is incomplete.
  var unreported: UInt32 = 0

  let datapath: Datapath
  /// Frames go one by one into posted buffers, with an event for each buffer. Other ways are off the main path.
  var receivesPlainly = true
  /// Place among the interfaces of the port that live.
  var place = 0
  /// The virtual port it is on, 0 for the port itself.
  var virtualPort: UInt8 = 0
  /// Whose multicast it sends, where that comes back to the interfaces of this host; 0 where it does not.
  var stack: UInt32 = 0

  var counters = InterfaceCounters()

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

/// What an interface counts. Frames, unless named otherwise.
struct InterfaceCounters {
  var received: UInt64 = 0
  var receivedBytes: UInt64 = 0
  /// Dropped: no descriptor was posted.
  var noDescriptor: UInt64 = 0
  /// Cut: the descriptors ended in the middle of the frame.
  var truncated: UInt64 = 0
  /// Dropped: the receive ring has stopped, or never was.
  var receiveStopped: UInt64 = 0
  var receiveFaults: UInt64 = 0
  var checksumErrors: UInt64 = 0
  var frameCheckErrors: UInt64 = 0
  var transmitted: UInt64 = 0
  var transmittedBytes: UInt64 = 0
  var transmitFaults: UInt64 = 0
  /// Completed without being sent: link down, congestion, too large, not allowed, malformed.
  var transmitDropped: UInt64 = 0
}
