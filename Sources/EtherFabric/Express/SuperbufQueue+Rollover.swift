import EtherFabricFormats

/// A superbuf that comes next, before it is taken.
struct NextSuperbuf {
  var number: Int
  var sentinel: UInt64
  var sequence: UInt32
}

extension UnsafeMutablePointer where Pointee == SuperbufQueue {
  /// Goes on to the next superbuf. False where none is there.
  @inline(never)
  func rollOver() -> Bool {
    if pointee.shared == nil {
      updateFilled()
      postSuperbufs()
    }
    guard let next = upcoming() else { return false }
    pointee.shared == nil ? takePosted(next) : takeShared()
    // The driver gave what does not exist, or what has frames out: nothing can be read from it.
    guard next.number < pointee.superbufCount, pointee.superbufs[next.number].references == 0 else {
      pointee.state?.pointee.counts.unknown &+= 1
      return false
    }
    let superbuf = pointee.superbufs + next.number
    superbuf.pointee.references = Int32(SuperbufLayout.slots)
    let first = next.number * SuperbufLayout.slots
    if !superbuf.pointee.isPrepared {
      (pointee.core.pointee.links + first).initialize(repeating: .max, count: SuperbufLayout.slots)
      superbuf.pointee.isPrepared = true
    }
    let slot = firstMetadataSlot(next)
    if slot == 0, pointee.metadataOffset != 0 {
      // The metadata in the first slot are about the last frame of the superbuf before.
    } else {
      // A driver that skipped superbufs took the last frame's metadata with them.
      if pointee.metadataOffset != 0, !pointee.startsAnew { drop(1, of: superbufNumber(of: pointee.next)) }
      pointee.next = first
    }
    pointee.metadataSlot = slot
    pointee.metadataSuperbuf = next.number
    pointee.sentinel = next.sentinel
    pointee.sequence = next.sequence
    pointee.startsAnew = false
    return true
  }

  /// Whether metadata have arrived that no poll has looked at, in a superbuf to come if need be.
  func hasFrame() -> Bool {
    let slot: Int
    let sentinel: UInt64
    if pointee.metadataSlot < SuperbufLayout.slots {
      slot = pointee.metadataSuperbuf * SuperbufLayout.slots + pointee.metadataSlot
      sentinel = pointee.sentinel
    } else {
      guard let next = upcoming() else { return false }
      // A poll puts this right.
      guard next.number < pointee.superbufCount else { return true }
      slot = next.number * SuperbufLayout.slots + firstMetadataSlot(next)
      sentinel = next.sentinel
    }
    return metadata(address(of: slot)) & FrameMetadata.sentinelBit == sentinel
  }

  /// Where the metadata begin that are to be looked at. On X3 the first slot's are about a frame before, if there is one.
  private func firstMetadataSlot(_ next: NextSuperbuf) -> Int {
    guard pointee.metadataOffset != 0 else { return 0 }
    return pointee.startsAnew || next.sequence != pointee.sequence &+ 1 ? 1 : 0
  }

  private func upcoming() -> NextSuperbuf? { pointee.shared == nil ? upcomingPosted() : upcomingShared() }

  /// Lets go of frames that nobody was given.
  func drop(_ count: Int, of superbuf: Int) {
    pointee.superbufs[superbuf].references -= Int32(count)
    if pointee.superbufs[superbuf].references == 0 { giveBack(superbuf) }
  }

  /// The adapter left a superbuf early. Returns with the reading position at the next one.
  @inline(never)
  func leaveEarly() {
    let frame = pointee.next
    let left = superbufNumber(of: frame)
    let skipped: Int
    if left == pointee.metadataSuperbuf {
      skipped = SuperbufLayout.slots - slotNumber(of: frame)
      pointee.superbufs[left].used = Int32(pointee.metadataSlot + 1)
      pointee.metadataSlot = SuperbufLayout.slots
      pointee.startsAnew = true
      if pointee.shared == nil { poison(address(of: frame)) }
    } else {
      // X3: what it left is the last slot of the superbuf before, and it went on in this one.
      skipped = 1
      pointee.next = pointee.metadataSuperbuf * SuperbufLayout.slots + pointee.metadataSlot
      pointee.metadataSlot += 1
    }
    if pointee.generatesEvents, let events = pointee.state?.pointee.express?.events {
      // The rollover's own event stood for all slots of the superbuf, and some had been counted one by one.
      events.pointee.unusedEventSlots -= SuperbufLayout.slots - skipped
    }
    drop(skipped, of: left)
  }
}
