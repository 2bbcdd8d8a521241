import EtherFabricFormats

/// The host's side of an interface on EFCT or EF10CT, beside its `QueueState`, whose rings are empty there: a full
/// ring is where the calls of the datapath leave the EF10 path.
///
/// Ids of sends and the counts of added and removed ones stay in `QueueState`.
@usableFromInline
struct ExpressState {
  let parameters: DesignParameters
  let isEFCT: Bool

  // Transmit: a stream of headers and frames through the aperture.
  let memory: HostMemory
  let aperture: UnsafeMutableRawPointer
  /// Words of the aperture less one.
  let apertureMask: Int
  @usableFromInline let transmitMask: UInt32
  /// Bytes of the stream that each send takes.
  let footprints: UnsafeMutablePointer<UInt16>
  /// A longer frame would overwrite its own beginning in the aperture, or the other fields of its header.
  let longestFrame: Int
  /// Bytes of frames that the adapter's FIFO can hold.
  let fifoBytes: Int
  /// What every header has: timestamp request, and the warm mark while warming.
  var header: UInt64
  /// Bytes of the stream, both running freely.
  @usableFromInline var streamAdded: UInt32 = 0
  @usableFromInline var streamRemoved: UInt32 = 0
  /// Sends that events completed, unbundled or not; runs freely.
  var completed: UInt32 = 0
  /// The last cut-through send found no room; its fallback sends the frame.
  var cutThroughFailed = false
  /// After an error the queue takes nothing until it is initialised again.
  var hasStopped = false

  // Event queue, on the interface that owns it.
  /// Interface whose event queue it is.
  let owner: UnsafeMutablePointer<ExpressState>?
  /// Events that fit in the queue beside those nobody asked for.
  @usableFromInline let eventSlots: Int
  /// Slots for which no event is outstanding; below zero for a moment where receive events were counted twice.
  var unusedEventSlots: Int
  var creditSequence = CreditRegister.initialSequence

  // Receive.
  let stampsReceives: Bool
  /// `EF_VI_DISCARD_*` that make a discard event.
  var discards = FrameMetadata.Discard.standard
  @usableFromInline let receiveMask: UInt32
  let queueLimit: Int
  /// Queues in the order in which they were attached, room for `SuperbufLayout.maximumQueues`.
  let queues: UnsafeMutablePointer<UnsafeMutablePointer<SuperbufQueue>>
  var queueCount = 0
  /// Where the next poll begins.
  var firstQueue = 0
  /// Where `peekFuture` saw a frame begin, -1 for nowhere.
  var futureQueue = -1

  init(grant: InterfaceGrant, express: ExpressGrant, owner: UnsafeMutablePointer<ExpressState>?) {
    parameters = express.parameters
    isEFCT = grant.datapath == .efct
    memory = express.memory
    aperture = express.aperture
    apertureMask = express.parameters.transmitApertureBytes / 8 - 1
    longestFrame = min(
      express.parameters.transmitApertureBytes - StreamHeader.size, TransmitDescriptor.maximumLength)
    transmitMask = grant.transmitCapacity == 0 ? 0 : UInt32(grant.transmitCapacity - 1)
    footprints = .allocate(capacity: max(1, grant.transmitCapacity))
    footprints.initialize(repeating: 0, count: max(1, grant.transmitCapacity))
    var limits = express.parameters
    limits.transmitFIFOBytes = min(limits.transmitFIFOBytes, express.transmitFIFOBytes)
    fifoBytes = max(0, limits.transmitSpace(slots: grant.transmitCapacity))
    stampsReceives = grant.flags.contains(.receiveTimestamps)
    let stamps = grant.flags.contains(.transmitTimestamps)
    header = stamps ? StreamHeader.timestampBit : 0
    self.owner = owner
    // An X4 may write 64 bytes at once. An event in every slot would look like an overflow.
    let reserved = (isEFCT ? 1 : 7) + (stamps ? Int(CreditRegister.initialSequence) + 1 : 0)
    eventSlots = max(1, grant.eventCapacity - reserved)
    unusedEventSlots = eventSlots
    receiveMask = grant.receiveCapacity == 0 ? 0 : UInt32(grant.receiveCapacity - 1)
    queueLimit = min(express.receiveQueueLimit, SuperbufLayout.maximumQueues)
    queues = .allocate(capacity: SuperbufLayout.maximumQueues)
  }
}

extension UnsafeMutablePointer where Pointee == ExpressState {
  /// The state of the event queue.
  @inline(__always)
  var events: UnsafeMutablePointer<ExpressState> { pointee.owner ?? self }

  /// Bytes of the stream that the adapter holds.
  @inlinable @inline(__always)
  var streamFill: Int { Int(pointee.streamAdded &- pointee.streamRemoved) }

  /// Bytes that a frame can have now.
  var streamSpace: Int {
    events.pointee.unusedEventSlots > 0 && !pointee.hasStopped ? max(0, pointee.fifoBytes - streamFill) : 0
  }

  /// Frees the state; its queues end with the last frame that is out.
  func destroy() {
    for index in 0..<pointee.queueCount { pointee.queues[index].abandon() }
    pointee.queues.deallocate()
    pointee.footprints.deallocate()
    deinitialize(count: 1)
    deallocate()
  }
}
