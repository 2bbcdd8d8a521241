import EtherFabricFormats
import Synchronization

#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif

/// The host's side of one virtual interface: what libciul keeps in `struct ef_vi` and `ef_vi_state`.
///
/// It lives at a fixed address, because VIs that share an event queue find each other by pointer. Ring indexes run
/// freely and are masked at use.
@frozen
@usableFromInline
struct QueueState {
  // What is counted while an interface runs, in the order and the places of `ef_vi_state`: inline functions of the C
  // headers read it here. Source: facts sheet of the layout.

  /// Words taken out of the event queue.
  @usableFromInline var eventPointer: UInt32 = 0
  @usableFromInline var clearStride: UInt32 = 0
  // Clock, from time-sync events.
  @usableFromInline var syncSeconds: UInt32 = 0
  @usableFromInline var syncMinor: UInt32 = 0
  private var unusedSyncMinimum: UInt32 = 0
  @usableFromInline var isSynchronised = false
  @usableFromInline var hasSynchronised = false
  private var unusedCreditSequence: UInt32 = 0
  @usableFromInline var syncFlags: UInt8 = 0
  /// On EFCT and EF10CT, for C alone: what `ExpressState` has of the event queue and the stream.
  @usableFromInline var freeEventSlots: Int32 = 0
  // Transmit ring.
  @usableFromInline var transmitPrevious: UInt32 = 0
  @usableFromInline var transmitAdded: UInt32 = 0
  @usableFromInline var transmitRemoved: UInt32 = 0
  @usableFromInline var streamAdded: UInt32 = 0
  @usableFromInline var streamRemoved: UInt32 = 0
  @usableFromInline var stampMinor: UInt32 = 0
  @usableFromInline var stampFlags: UInt8 = 0
  // Receive ring.
  @usableFromInline var receivePosted: UInt32 = 0
  @usableFromInline var receiveAdded: UInt32 = 0
  @usableFromInline var receiveRemoved: UInt32 = 0

  // Event queue.
  @usableFromInline var events: UnsafeMutablePointer<Atomic<UInt64>>
  @usableFromInline var eventMask: UInt32
  /// `receiveMask` where each receive event completes one buffer; 0 where events are merged, and in packed stream.
  @usableFromInline var plainReceiveMask: UInt32 = 0
  /// Bits of a receive event that make it another than that of a whole packet without an error, which has a short way in
  /// `poll`; all of them within a packet of several buffers.
  @usableFromInline var unplainBits = UInt64.max
  /// Queues by label, 32 entries, on the VI that owns the event queue.
  @usableFromInline var labels: UnsafeMutablePointer<UnsafeMutablePointer<QueueState>?>

  // Receive ring.
  @usableFromInline var receiveDescriptors: UnsafeMutablePointer<UInt64>
  @usableFromInline var receiveIDs: UnsafeMutablePointer<UInt32>
  @usableFromInline var receiveMask: UInt32 = 0
  @usableFromInline var receiveBufferLength: UInt32
  @usableFromInline var receivePrefixLength: UInt32 = 0
  /// Bytes of the packet whose fragments are arriving, 0 between packets.
  @usableFromInline var jumboBytes: UInt32 = 0
  @usableFromInline var inJumbo = false { didSet { findUnplainBits() } }
  @usableFromInline var label: UInt8 = 0
  @usableFromInline var discardBits: UInt64 { didSet { findUnplainBits() } }
  /// The first DMA address that `receiveInit` does not write by itself: the end of those that fit a descriptor, and 0 in
  /// packed stream.
  @usableFromInline var receiveAddressLimit: UInt64 = TransmitDescriptor.maximumAddress + 1

  // Transmit ring.
  @usableFromInline var transmitDescriptors: UnsafeMutablePointer<UInt64>
  @usableFromInline var transmitIDs: UnsafeMutablePointer<UInt32>
  @usableFromInline var transmitMask: UInt32 = 0
  @usableFromInline var pushThreshold: UInt32 = RingRules.defaultPushThreshold
  /// Transmit events are completions alone: no timestamps, no alternatives.
  @usableFromInline var completesPlainly = true
  @usableFromInline var stampsTransmits = false
  /// Descriptors carry physical addresses, in both rings.
  @usableFromInline var isPhysical = false

  /// What the adapter granted: see `InterfaceGrant`.
  @usableFromInline var timestampFormat: TimestampFormat
  @usableFromInline var reportsClockState: Bool
  /// Ticks, as they are added.
  @usableFromInline var receiveStampCorrection: Int32
  /// Whole nanoseconds.
  @usableFromInline var transmitStampCorrection: Int32
  /// Nanoseconds a tick of the event timer.
  @usableFromInline var timerQuantum: UInt32

  /// What EFCT and EF10CT have instead of rings; nil on EF10.
  @usableFromInline var express: UnsafeMutablePointer<ExpressState>?
  /// PIO, cut-through and alternatives; nil without a transmit ring, and on EFCT and EF10CT.
  @usableFromInline var sending: UnsafeMutablePointer<SendingState>?
  /// Takes stores to command registers, where they are not memory.
  @usableFromInline var command: InterfaceGrant.Command?

  // Doorbells, and the call that wakes an adapter which has no thread of its own.
  @usableFromInline var doorbells: UnsafeMutableRawPointer
  @usableFromInline var service: InterfaceGrant.Service?
  @usableFromInline var context: UnsafeMutableRawPointer
  @usableFromInline var counts = EventCounts()

  // Receiving in other ways than with an event for each buffer.
  /// Descriptors that merged events have completed: ahead of `receiveRemoved` by those not unbundled yet.
  @usableFromInline var receiveCompleted: UInt32 = 0
  /// Frames carry the id of their filter in the prefix.
  @usableFromInline var hasFilterIDs = false
  @usableFromInline var packedStream: PackedStreamState
  #if ETHERFABRIC_HARDWARE
    // Over libciul.
    /// What the calls go to; nil where the rings are in memory.
    @usableFromInline var hardware: UnsafeMutablePointer<ef_vi>?
    @usableFromInline var hardwareState: UnsafeMutablePointer<HardwareState>?
    /// The highest address that a descriptor can carry.
    @usableFromInline var hardwareAddressLimit: UInt64 = 0
  #endif

  @usableFromInline
  init(
    grant: borrowing InterfaceGrant, ids: UnsafeMutablePointer<UInt32>, transmitIDs: UnsafeMutablePointer<UInt32>,
    labels: UnsafeMutablePointer<UnsafeMutablePointer<QueueState>?>
  ) {
    events = grant.eventQueue.assumingMemoryBound(to: Atomic<UInt64>.self)
    eventMask = UInt32(grant.eventCapacity - 1)
    self.labels = labels
    receiveDescriptors = grant.receiveRing
    receiveIDs = ids
    transmitDescriptors = grant.transmitRing
    self.transmitIDs = transmitIDs
    if grant.express == nil {
      receiveMask = grant.receiveCapacity == 0 ? 0 : UInt32(grant.receiveCapacity - 1)
      transmitMask = grant.transmitCapacity == 0 ? 0 : UInt32(grant.transmitCapacity - 1)
    } else {
      // Buffers are posted by someone else: the ring looks full, and nobody tries to fill it.
      receiveAdded = UInt32(grant.receiveCapacity)
      receivePosted = receiveAdded & ~(RingRules.receivePushBatch - 1)
    }
    receiveBufferLength = UInt32(RingRules.defaultReceiveBufferLength)
    receivePrefixLength = UInt32(grant.receivePrefixLength)
    discardBits = DiscardMask.standard.eventBits
    hasFilterIDs = grant.flags.contains(.receiveFilterID)
    packedStream = PackedStreamState(grant.flags)
    if packedStream.isOn {
      receiveAddressLimit = 0
    } else if !grant.flags.contains(.receiveEventMerge) {
      plainReceiveMask = receiveMask
    }
    label = UInt8(grant.label)
    clearStride = UInt32(grant.eventClearStride)
    stampsTransmits = grant.flags.contains(.transmitTimestamps)
    completesPlainly = !stampsTransmits
    isPhysical = grant.flags.contains(.transmitPhysicalAddresses)
    doorbells = grant.doorbells
    service = grant.service
    context = grant.serviceContext
    command = grant.command
    timestampFormat = grant.timestampFormat
    reportsClockState = grant.reportsClockState
    receiveStampCorrection = grant.timestampFormat.rounded(correction: grant.receiveStampCorrection)
    transmitStampCorrection = Int32(clamping: grant.transmitStampCorrection / 4)
    timerQuantum = UInt32(clamping: grant.timerQuantum)
    findUnplainBits()
  }

  private mutating func findUnplainBits() {
    unplainBits = inJumbo ? .max : discardBits | ReceiveEventWord.Bit.continues
  }

  /// Frames arrive by reference: nothing is posted.
  @inline(__always)
  var takesNoBuffers: Bool {
    #if ETHERFABRIC_HARDWARE
      if let hardwareState { return hardwareState.pointee.datapath.isExpress }
    #endif
    return express != nil
  }

  /// Stores to a 32-bit register. Release: the descriptors are in memory before the adapter sees the doorbell.
  @inlinable @inline(__always)
  func ring(_ register: Int, _ value: UInt32) {
    (doorbells + register).assumingMemoryBound(to: Atomic<UInt32>.self).pointee.store(value, ordering: .releasing)
  }
}

extension UnsafeMutablePointer where Pointee == QueueState {
  /// A store to a register that takes commands.
  func command(_ register: Int, _ value: UInt64) {
    if let command = pointee.command {
      command(pointee.context, register, value)
    } else {
      pointee.ring(register, UInt32(truncatingIfNeeded: value))
    }
  }
}

/// Words that a poll consumed without giving an event for them, as libciul logs them.
@frozen
public struct EventCounts: Equatable, Sendable {
  /// Receive events with a label that no queue has.
  public var badLabels: UInt64 = 0
  /// Events of a code, or with a descriptor pointer, that mean nothing.
  public var unknown: UInt64 = 0
  /// Empty slots that were skipped because an event stood behind them.
  public var gaps: UInt64 = 0
  /// Time-sync events.
  public var timeSyncs: UInt64 = 0
  /// Driver events that tell of an event timer which ran out. libciul logs them as errors.
  public var timers: UInt64 = 0
  /// Driver events that wake the kernel. libciul logs them as errors.
  public var wakeUps: UInt64 = 0
  @inlinable public init() {}
}

extension DiscardMask {
  /// The bits of a receive event that this mask looks at.
  @usableFromInline
  var eventBits: UInt64 {
    typealias Bit = ReceiveEventWord.Bit
    var bits: UInt64 = 0
    if contains(.l4ChecksumError) { bits |= Bit.l4ChecksumBad }
    if contains(.l3ChecksumError) { bits |= Bit.ipChecksumBad }
    // One bit stands for truncation and memory errors, so either mask shows it.
    if contains(.frameCheckError) { bits |= Bit.frameCheckBad | Bit.truncated }
    if contains(.lengthError) { bits |= Bit.truncated }
    if contains(.innerL4ChecksumError) { bits |= Bit.innerL4ChecksumBad }
    if contains(.innerL3ChecksumError) { bits |= Bit.innerIPChecksumBad }
    return bits
  }

  /// The mask that `bits` stand for, as `ef_vi_receive_get_discards` gives it back.
  @usableFromInline
  init(eventBits bits: UInt64) {
    typealias Bit = ReceiveEventWord.Bit
    self = []
    if bits & Bit.l4ChecksumBad != 0 { insert(.l4ChecksumError) }
    if bits & Bit.ipChecksumBad != 0 { insert(.l3ChecksumError) }
    if bits & Bit.truncated != 0 { formUnion([.frameCheckError, .lengthError]) }
    if bits & Bit.innerL4ChecksumBad != 0 { insert(.innerL4ChecksumError) }
    if bits & Bit.innerIPChecksumBad != 0 { insert(.innerL3ChecksumError) }
  }
}
