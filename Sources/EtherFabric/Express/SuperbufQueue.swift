import EtherFabricFormats
import Glibc

/// One receive queue that an interface is attached to, at a fixed address: where the next frame is expected, and who
/// holds what of the superbufs. It outlives its interface while frames are out.
///
/// Frames are numbered over all superbufs of the queue: superbuf times 512, plus slot. Such a number is a packet id
/// without its queue, the index of the frame in `core`, and its place in memory.
@usableFromInline
struct SuperbufQueue {
  // Reading position.
  /// Slot of the next metadata, in `metadataSuperbuf`; at the end of it, a new superbuf is due.
  var metadataSlot = SuperbufLayout.slots
  var metadataSuperbuf = 0
  /// Number of the frame that the next metadata are about. On X3 it is the slot before.
  var next = 0
  /// `FrameMetadata.sentinelBit` or 0: what valid metadata of the superbuf have.
  var sentinel: UInt64 = 0
  /// The next superbuf continues nothing: at the start, and after the adapter left one early.
  var startsAnew = true
  /// The driver's number of the superbuf.
  var sequence: UInt32 = 0

  var base: UnsafeMutableRawPointer
  let superbufCount: Int
  /// Slots from a frame to its metadata.
  let metadataOffset: Int
  /// The queue's part of a packet id.
  let packetBase: UInt32
  /// Hardware's number.
  let number: UInt8
  let hasHugePages: Bool
  let generatesEvents: Bool
  let superbufs: UnsafeMutablePointer<Superbuf>
  /// What received frames point to. `lengths` tells for every frame whether it is out: 66 more than its bytes, or 0.
  @usableFromInline let core: UnsafeMutablePointer<PoolCore>
  /// Frames of the owning level that are out.
  var framesOut = 0
  /// Nil once the interface has gone.
  var state: UnsafeMutablePointer<QueueState>?
  /// What keeps the memory of the superbufs.
  let memory: Unmanaged<AnyObject>
  /// Where frames that outlive the interface have been copied to.
  var copies: UnsafeMutableRawPointer?

  // X3: superbufs come from the driver and go back to it.
  let shared: UnsafeMutableRawPointer?

  // X4: the interface's own superbufs, posted in order.
  let postRegister: Int
  let address: UInt64
  /// Superbufs that can be posted, or on X3 wait for room on their way back: a list, -1 at its end.
  var free: Int32 = -1
  /// The one that was posted last.
  var lastPosted: Int32 = -1
  /// The oldest that the adapter has not filled, as far as the memory shows.
  var oldestAtAdapter: Int32 = -1
  var countAtAdapter = 0
  /// The oldest that has not been begun to read.
  var oldestUnread: Int32 = -1
  var countUnread = 0

  /// A superbuf; all zero before its first use.
  struct Superbuf {
    /// Frames that are out or not yet looked at.
    var references: Int32
    /// The next one of a list, -1 at its end.
    var next: Int32
    var sentinel: UInt64
    /// Slots that the adapter has used, where it left the superbuf early.
    var used: Int32
    /// The links of its frames are set.
    var isPrepared: Bool
    /// X3: the metadata of the last frame, which stand in the next superbuf.
    var last: FrameMetadata
  }

  init(
    grant: ReceiveQueueGrant, index: Int, parameters: DesignParameters, state: UnsafeMutablePointer<QueueState>,
    base: UnsafeMutableRawPointer, address: UInt64, hasHugePages: Bool, memory: AnyObject,
    core: UnsafeMutablePointer<PoolCore>
  ) {
    self.base = base
    superbufCount = grant.superbufCount
    metadataOffset = parameters.metadataOffset
    packetBase = PacketID(queue: index, superbuf: 0, slot: 0).word
    number = UInt8(truncatingIfNeeded: grant.queue)
    self.hasHugePages = hasHugePages
    generatesEvents = grant.generatesEvents
    superbufs = allocateZeros(superbufCount)
    self.core = core
    self.state = state
    self.memory = Unmanaged.passRetained(memory)
    shared = grant.shared
    postRegister = grant.postRegister
    self.address = address
  }
}

extension UnsafeMutablePointer where Pointee == SuperbufQueue {
  @inline(__always)
  func address(of number: Int) -> UnsafeMutableRawPointer { pointee.base + number &* SuperbufLayout.slotSize }

  /// The first word of the metadata in a slot. Acquire: frame and second word are there when it is.
  @inline(__always)
  func metadata(_ slot: UnsafeMutableRawPointer) -> UInt64 { loadAcquiring(slot) }

  /// The number of the frame that a packet id names; nil where none of this queue is out by this name.
  @inline(__always)
  func frame(_ packet: PacketID) -> Int? {
    guard packet.slot < SuperbufLayout.slots, packet.superbuf < pointee.superbufCount else { return nil }
    return pointee.core.pointee.lengths[packet.frame] != 0 ? packet.frame : nil
  }

  /// The interface has gone. Frames that are out keep the memory.
  func abandon() {
    pointee.state = nil
    pointee.core.pointee.copies = nil
    if pointee.framesOut == 0 { destroy() }
  }

  func destroy() {
    free(pointee.superbufs)
    if let copies = pointee.copies { munmap(copies, pointee.superbufCount * SuperbufLayout.size) }
    pointee.memory.release()
    pointee.core.destroySuperbufs()
    deinitialize(count: 1)
    deallocate()
  }
}

/// Zeros, of which only those pages take memory that are written to; for `free(3)`. What an interface may hold is a
/// small part of what a queue can have.
func allocateZeros<Element>(_ count: Int) -> UnsafeMutablePointer<Element> {
  guard let memory = calloc(max(1, count), MemoryLayout<Element>.stride) else {
    fatalError("no memory for \(count) entries of \(Element.self)")
  }
  return memory.bindMemory(to: Element.self, capacity: count)
}

/// The superbuf of a frame, by its number in the queue.
@inline(__always)
func superbufNumber(of frame: Int) -> Int { frame &>> SuperbufLayout.slots.trailingZeroBitCount }

/// The slot of a frame in its superbuf.
@inline(__always)
func slotNumber(of frame: Int) -> Int { frame & (SuperbufLayout.slots - 1) }

extension PacketID {
  /// The number of the frame in its queue.
  @inlinable @inline(__always)
  var frame: Int { superbuf &* SuperbufLayout.slots &+ slot }
}
