import EtherFabricFormats
import Glibc

/// The bookkeeping of a packet pool at a fixed address: buffers and frames point to it, so that taking and returning
/// one counts no reference. It outlives its pool while buffers are out.
@frozen
@usableFromInline
struct PoolCore {
  @usableFromInline var base: UnsafeMutableRawPointer
  @usableFromInline let bufferSize: Int
  @usableFromInline let count: Int
  /// Free buffers, a stack of indexes.
  @usableFromInline let free: UnsafeMutablePointer<UInt32>
  @usableFromInline var freeCount: Int
  /// The next buffer of the same frame, `.max` at its end.
  @usableFromInline let links: UnsafeMutablePointer<UInt32>
  /// Bytes that the adapter wrote to each buffer, prefix included.
  @usableFromInline let lengths: UnsafeMutablePointer<UInt32>
  @usableFromInline var framesDropped: UInt64 = 0
  @usableFromInline var framesReleased: UInt64 = 0
  @usableFromInline var buffersRefused: UInt64 = 0
  /// Returning a buffer takes more than putting it on the stack.
  @usableFromInline var returns = Returns.plainly
  @usableFromInline var memory: Unmanaged<DMAMemory>?
  /// Of frames in superbufs: the queue that they are given back to.
  @usableFromInline var superbufs: UnsafeMutablePointer<SuperbufQueue>?
  /// Of frames in superbufs: the pool whose buffers they can be copied to, while their endpoint lives.
  @usableFromInline var copies: UnsafeMutablePointer<PoolCore>?
  #if ETHERFABRIC_HARDWARE
    /// Of frames in superbufs of libciul: whom they are given back to.
    @usableFromInline var hardware: UnsafeMutablePointer<HardwareFrames>?
  #endif

  @frozen
  @usableFromInline
  enum Returns: UInt8 {
    case plainly
    /// The pool has gone; the last buffer to return takes the core with it.
    case afterItsPool
    /// There is no stack: the frames lie in superbufs.
    case toSuperbufs
  }

  init(memory: DMAMemory, bufferSize: Int, count: Int) {
    base = memory.base
    self.bufferSize = bufferSize
    self.count = count
    free = .allocate(capacity: count)
    links = .allocate(capacity: count)
    lengths = .allocate(capacity: count)
    links.initialize(repeating: .max, count: count)
    lengths.initialize(repeating: 0, count: count)
    // The first buffer taken is the first in memory.
    for index in 0..<count { (free + index).initialize(to: UInt32(count - 1 - index)) }
    freeCount = count
    self.memory = Unmanaged.passRetained(memory)
  }

  /// The frames of a receive queue: `count` slots of superbufs from `base` on. The links of a superbuf are set before its
  /// first use.
  init(superbufs base: UnsafeMutableRawPointer, count: Int) {
    self.base = base
    bufferSize = SuperbufLayout.slotSize
    self.count = count
    free = allocateZeros(1)
    freeCount = 0
    links = allocateZeros(count)
    lengths = allocateZeros(count)
    returns = .toSuperbufs
  }
}

extension UnsafeMutablePointer where Pointee == PoolCore {
  /// Takes a free buffer, `.max` when there is none.
  @inlinable @inline(__always)
  func take() -> UInt32 {
    guard pointee.freeCount > 0 else { return .max }
    pointee.freeCount &-= 1
    return pointee.free[pointee.freeCount]
  }

  /// Returns one buffer.
  @inlinable @inline(__always)
  func put(_ index: UInt32) {
    pointee.free[pointee.freeCount] = index
    pointee.freeCount &+= 1
    if pointee.returns != .plainly { putRarely() }
  }

  /// Returns the buffers of a frame.
  @inlinable
  func putChain(_ first: UInt32) {
    var index = first
    while index != .max {
      let next = pointee.links[Int(index)]
      pointee.links[Int(index)] = .max
      put(index)
      index = next
    }
  }

  /// What comes after a buffer is back on the stack.
  @usableFromInline @inline(never)
  func putRarely() {
    guard let superbufs = pointee.superbufs else {
      #if ETHERFABRIC_HARDWARE
        if let hardware = pointee.hardware { return hardware.releaseOwned(takeReturnedFrame()) }
      #endif
      return destroyIfWhole()
    }
    superbufs.releaseOwned(takeReturnedFrame())
  }

  /// The frame in a superbuf that came back.
  @inline(__always)
  private func takeReturnedFrame() -> Int {
    pointee.freeCount = 0
    let frame = Int(pointee.free[0])
    if let pool = pointee.copies {
      // The pool of the endpoint counts its frames, wherever they lie.
      pool.pointee.framesDropped &+= pointee.framesDropped
      pool.pointee.framesReleased &+= pointee.framesReleased
      pointee.framesDropped = 0
      pointee.framesReleased = 0
    }
    return frame
  }

  /// The pool has gone: ends when all buffers are back.
  func orphan() {
    pointee.returns = .afterItsPool
    destroyIfWhole()
  }

  private func destroyIfWhole() {
    guard pointee.freeCount == pointee.count else { return }
    destroy()
  }

  func destroySuperbufs() {
    free(pointee.free)
    free(pointee.links)
    free(pointee.lengths)
    deinitialize(count: 1)
    deallocate()
  }

  private func destroy() {
    pointee.free.deallocate()
    pointee.links.deallocate()
    pointee.lengths.deallocate()
    pointee.memory?.release()
    deinitialize(count: 1)
    deallocate()
  }
}
