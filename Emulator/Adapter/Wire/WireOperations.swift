/// A frame on its way from a wire into the adapter's port.
///
/// The bytes are what a real adapter's MAC would have received: VLAN tag in place, checksums complete, no FCS.
/// The wire owns them; they stay valid until `receiveRelease` of the same wire. Shorter than 60 bytes is allowed,
/// the port pads.
public struct WireFrame {
  public var bytes: UnsafeMutableRawPointer
  /// Bytes at `bytes`.
  public var length: Int
  /// Nanoseconds since the epoch at which the wire saw the frame, 0 where the wire does not stamp.
  public var timestamp: UInt64
  /// The frame came with a bad frame check sequence: its sender could not finish it. Wires that carry no such frames
  /// leave it.
  public var isPoisoned: Bool

  @inlinable
  public init(bytes: UnsafeMutableRawPointer, length: Int, timestamp: UInt64 = 0, isPoisoned: Bool = false) {
    self.bytes = bytes
    self.length = length
    self.timestamp = timestamp
    self.isPoisoned = isPoisoned
  }
}

/// What happened to a frame that was committed to a wire. The adapter completes the descriptor in every case, as
/// the hardware does, and moves the counter of the same name.
public enum TransmitOutcome: Int32 {
  /// On the wire, or in its queue.
  case sent = 0
  /// Lost: the wire is congested (EAGAIN, ENOBUFS) or its queue is full.
  case congested = 1
  /// Lost: the link or the interface is down.
  case linkDown = 2
  /// Lost: larger than the wire carries (EMSGSIZE).
  case oversize = 3
  /// Lost: any other error.
  case failed = 4
}

/// Counts that a wire keeps of what it lost itself, before or after the adapter. All are totals since the wire was
/// opened and only ever grow.
public struct WireCounters: Sendable {
  /// Frames that the wire dropped on the way in (ring or queue full, kernel backlog).
  public var receiveDropped: UInt64 = 0
  /// Frames that arrived cut and were dropped.
  public var receiveTruncated: UInt64 = 0
  /// Frames above the port's limit that could not be segmented.
  public var receiveOversize: UInt64 = 0
  /// Frames lost on the way out.
  public var transmitDropped: UInt64 = 0
  /// System calls made on the datapath.
  public var systemCalls: UInt64 = 0
  /// Frames whose partial checksum the wire completed.
  public var checksumsCompleted: UInt64 = 0
  /// Larger frames (TSO, GRO) that the wire cut into segments.
  public var framesSegmented: UInt64 = 0
  /// Frames that no filter asks for, which the wire left to the kernel.
  public var receiveLeft: UInt64 = 0
  public init() {}
}

/// The datapath of a wire: C function pointers over a context, so that a port calls it with no existential, no
/// retain and no allocation. All are called by one thread at a time (the port's service guard); `receive*` and
/// `transmit*` may be called from different threads at different times.
///
/// A new wire is a context of its own memory, these functions, and a `Wire` for the control path.
public struct WireOperations {
  public typealias Context = UnsafeMutableRawPointer

  /// Passed to every function.
  public var context: Context
  /// Room for one outgoing frame of at most `length` bytes, aligned to 16; the adapter gathers the frame into it.
  /// Nil when there is no room now: the frame is counted as congested.
  public var transmitReserve: @convention(c) (Context, _ length: Int) -> UnsafeMutableRawPointer?
  /// Sends the first `length` bytes (padded to 60, checksums final) of the room reserved last. Returns
  /// `TransmitOutcome.rawValue`. A wire may delay the sending until `transmitFlush`.
  public var transmitCommit: @convention(c) (Context, _ length: Int) -> Int32
  /// End of a batch of commits: everything leaves now. Returns the number of frames of this batch which were
  /// committed as sent and then lost after all (they are counted as congested).
  public var transmitFlush: @convention(c) (Context) -> Int32
  /// The next frame that has arrived, in order, without consuming it, stored as a `WireFrame` at the pointer. False when there
  /// is none. Never blocks.
  public var receiveNext: @convention(c) (Context, UnsafeMutableRawPointer) -> Bool
  /// Consumes the frame that `receiveNext` gave last.
  public var receiveRelease: @convention(c) (Context) -> Void
  /// As `receiveNext`, for as many frames as are there, up to a number: stored one behind the other at the pointer, and
  /// consumed together by `receiveReleaseBurst`. Returns how many. Nil for wires that give one frame at a time.
  public var receiveBurst: (@convention(c) (Context, UnsafeMutableRawPointer, _ limit: Int) -> Int)?
  /// Consumes the frames that `receiveBurst` gave last, all of them.
  public var receiveReleaseBurst: (@convention(c) (Context) -> Void)?
  /// Makes `Wire.waitDescriptor` readable when the next frame arrives, or at once if one is there. Called before
  /// a thread sleeps; a wire whose descriptor is level-triggered by the kernel leaves it empty.
  public var armWait: @convention(c) (Context) -> Void
  /// As `transmitCommit`, with a bad frame check sequence. Nil for wires that carry no such frames: nothing is sent.
  public var transmitPoisoned: (@convention(c) (Context, _ length: Int) -> Int32)?
  /// When the frame that was committed last left, in nanoseconds since the epoch: asked once, after a flush. 0 where it
  /// was not stamped; a wire may begin to stamp with the first question. Nil for wires that never do.
  public var transmitTime: (@convention(c) (Context) -> UInt64)?
  /// After `Wire.adopt`: the addresses of buffers that frames will be written to, one frame in each, in this order; 0 for
  /// a buffer of the wire's own in between. Returns how many are lent now, for frames that were not released yet;
  /// negative where frames come that fit into no buffer, and copies are better. Nil for wires that receive into memory
  /// of their own.
  public var lend: (@convention(c) (Context, _ buffers: UnsafePointer<UInt>, _ count: Int) -> Int)?
  /// As `Wire.relinquish`, from within the datapath; `reason` points to a `UserMemoryRefusal`.
  public var relinquish: (@convention(c) (Context, _ reason: UnsafeRawPointer) -> Void)?

  public init(
    context: Context,
    transmitReserve: @escaping @convention(c) (Context, Int) -> UnsafeMutableRawPointer?,
    transmitCommit: @escaping @convention(c) (Context, Int) -> Int32,
    transmitFlush: @escaping @convention(c) (Context) -> Int32,
    receiveNext: @escaping @convention(c) (Context, UnsafeMutableRawPointer) -> Bool,
    receiveRelease: @escaping @convention(c) (Context) -> Void,
    armWait: @escaping @convention(c) (Context) -> Void,
    receiveBurst: (@convention(c) (Context, UnsafeMutableRawPointer, Int) -> Int)? = nil,
    receiveReleaseBurst: (@convention(c) (Context) -> Void)? = nil,
    transmitPoisoned: (@convention(c) (Context, Int) -> Int32)? = nil,
    transmitTime: (@convention(c) (Context) -> UInt64)? = nil,
    lend: (@convention(c) (Context, UnsafePointer<UInt>, Int) -> Int)? = nil,
    relinquish: (@convention(c) (Context, UnsafeRawPointer) -> Void)? = nil
  ) {
    self.context = context
    self.transmitReserve = transmitReserve
    self.transmitCommit = transmitCommit
    self.transmitFlush = transmitFlush
    self.receiveNext = receiveNext
    self.receiveRelease = receiveRelease
    self.armWait = armWait
    self.receiveBurst = receiveBurst
    self.receiveReleaseBurst = receiveReleaseBurst
    self.transmitPoisoned = transmitPoisoned
    self.transmitTime = transmitTime
    self.lend = lend
    self.relinquish = relinquish
  }
}
