import EtherFabric
import EtherFabricFormats

/// The adapter's side of an interface on EFCT or EF10CT, beside its `InterfaceState`, whose rings are empty.
struct ExpressInterfaceState {
  let parameters: DesignParameters
  let isEFCT: Bool

  // Sending: a stream of headers and frames in the aperture.
  let aperture: UnsafeMutableRawPointer
  /// Entries of the transmit queue, 0 for none.
  let transmitCapacity: UInt32
  /// Bytes that may be added before they are taken.
  let streamLimit: UInt32
  /// Bytes of the stream that have been taken; runs freely.
  var streamRead: UInt32 = 0
  /// Number of the next frame.
  var sequence: UInt8 = 0
  /// Frames that were sent since the last completion.
  var unreported: UInt32 = 0
  /// Frames that one completion may stand for.
  let completionLimit: UInt32
  /// Streams that are to fail, whatever is in them.
  var failingStreams: UInt32 = 0
  var failingReason = ExpressErrorReason.hardwareInternal

  // Unsolicited events.
  let wantsTimeSync: Bool
  var creditsGranted = CreditRegister.initialSequence
  var creditsUsed: UInt32 = 0
  /// The reader has been told that credits ran out, and has not answered yet.
  var isOutOfCredits = false

  // Receiving.
  /// Queues that the interface is attached to, `SuperbufLayout.maximumQueues` places.
  let attachments: UnsafeMutablePointer<UnsafeMutablePointer<QueueAttachment>?>
  var attachmentCount = 0
  /// X4: slots of the event queue that frames may fill.
  var receiveEventSlots: Int
  /// The queue that its filters steer to unless they say otherwise; -1 before the first filter.
  var homeQueue: Int32 = -1
  /// Frames in the attached queues when the reader last asked to be woken.
  var arrivalsAtPrime: UInt64 = 0

  /// Its counters, in the page of the adapter.
  let counterWords: UnsafeMutablePointer<ExpressCounters>
  var counters: ExpressCounters {
    @inline(__always) get { counterWords.pointee }
    @inline(__always) nonmutating _modify { yield &counterWords.pointee }
  }

  init(
    datapath: Datapath, flags: InterfaceFlags, transmitCapacity: Int, eventCapacity: Int, mergesCompletions: Bool,
    counters: UnsafeMutablePointer<ExpressCounters>
  ) {
    counterWords = counters
    let parameters = ExpressParameters.design(datapath)
    self.parameters = parameters
    isEFCT = datapath == .efct
    aperture = .allocate(byteCount: parameters.transmitApertureBytes, alignment: 4096)
    aperture.initializeMemory(as: UInt8.self, repeating: 0, count: parameters.transmitApertureBytes)
    self.transmitCapacity = UInt32(transmitCapacity)
    // A cache line of the FIFO stays free.
    let fifo = ExpressParameters.fifoBytes(parameters, transmitCapacity: transmitCapacity)
    streamLimit = UInt32(max(0, fifo - StreamHeader.alignment))
    completionLimit = mergesCompletions ? ExpressParameters.completionLimit : 1
    wantsTimeSync = flags.contains(.transmitTimestamps)
    receiveEventSlots =
      eventCapacity - ExpressParameters.eventSlots(transmitCapacity: transmitCapacity, flags)
      - ExpressParameters.freeEventSlots
    attachments = .allocate(capacity: SuperbufLayout.maximumQueues)
    attachments.initialize(repeating: nil, count: SuperbufLayout.maximumQueues)
  }

  func deallocate() {
    aperture.deallocate()
    attachments.deallocate()
  }

  /// Credits that are left.
  var credits: UInt32 { (creditsGranted &- creditsUsed) & parameters.creditSequenceMask }

  /// Frames that were put into the attached queues, and of which no event told.
  var arrivals: UInt64 {
    var sum: UInt64 = 0
    for index in 0..<attachmentCount {
      guard let queue = attachments[index]?.pointee.queue, !queue.pointee.generatesEvents else { continue }
      sum &+= queue.pointee.counters.frames
    }
    return sum
  }
}
