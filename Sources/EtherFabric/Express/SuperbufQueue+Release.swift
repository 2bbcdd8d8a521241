import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == SuperbufQueue {
  /// Lets go of a frame that is out; the superbuf goes back with the last one.
  @inline(__always)
  func release(_ frame: Int) {
    pointee.core.pointee.lengths[frame] = 0
    if pointee.shared == nil { poison(address(of: frame)) }
    let references = pointee.superbufs[superbufNumber(of: frame)].references &- 1
    pointee.superbufs[superbufNumber(of: frame)].references = references
    if references == 0 { giveBack(superbufNumber(of: frame)) }
  }

  /// A superbuf of which no frame is out goes to the driver, or to the adapter.
  @inline(never)
  func giveBack(_ superbuf: Int) {
    guard pointee.state != nil else { return }
    if let shared = pointee.shared {
      returnShared(superbuf, shared)
    } else {
      repost(superbuf)
    }
  }

  /// Lets go of a frame of the owning level, which may be the last one of an interface that has gone.
  @inline(never)
  func releaseOwned(_ frame: Int) {
    release(frame)
    pointee.framesOut &-= 1
    if pointee.framesOut == 0, pointee.state == nil { destroy() }
  }
}
