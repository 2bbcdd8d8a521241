import EtherFabric
import EtherFabricFormats
import Synchronization

/// Leaving a superbuf before it is full.
extension UnsafeMutablePointer where Pointee == ReceiveQueueState {
  /// X3: as soon as the hardware has another superbuf. It happens when an interface joins the queue, so that it begins
  /// with a superbuf of its own.
  func rollOver() {
    guard let shared = pointee.shared else { return }
    publishHeld()
    guard shared.pointee.next != nil || begin(shared) else {
      pointee.attention.insert(.rollover)
      return
    }
    pointee.attention.remove(.rollover)
    if let superbuf = pointee.superbuf, let next = shared.pointee.next {
      if pointee.slot < SuperbufLayout.slots - 1 {
        markRest(superbuf, from: pointee.slot + 1)
      } else {
        // The frame that never comes is the last of the superbuf: its metadata stand in the next.
        store(FrameMetadata.rolloverBit | shared.pointee.nextSentinel, next)
      }
      pointee.counters.rollovers &+= 1
    }
    moveOn(shared)
    wake()
  }

  /// X4: everything in use or posted is left, in order.
  func leavePosted(_ posted: UnsafeMutablePointer<PostedSuperbufs>, _ translation: TranslationTable) {
    repeat { leaveCurrent(posted, translation) } while takePosted(posted)
  }

  /// X4: the superbuf in use is left; the event stands for all of its slots.
  func leaveCurrent(_ posted: UnsafeMutablePointer<PostedSuperbufs>, _ translation: TranslationTable) {
    publishHeld()
    guard hasRoom else { return }
    let owner = posted.pointee.owner
    let domain = owner.pointee.domain
    if translation.isContiguous(pointee.address, length: SuperbufLayout.size, domain: domain),
      let superbuf = translation.translate(pointee.address, length: 1, domain: domain)
    {
      markRest(superbuf, from: pointee.slot)
    }
    pointee.counters.rollovers &+= 1
    pointee.address = 0
    pointee.slot = SuperbufLayout.slots
    guard pointee.generatesEvents else { return }
    owner.pointee.events.postExpress(
      ExpressReceiveEvent(packets: 1, label: UInt8(truncatingIfNeeded: pointee.number), rollover: true, phase: false)
        .word)
  }

  /// Every slot that gets no frame says so: the first tells the reader, the others carry the sentinel, by which the
  /// superbuf's next use is told from this one, and the last of them that the superbuf is done.
  private func markRest(_ superbuf: UnsafeMutableRawPointer, from first: Int) {
    let word = FrameMetadata.rolloverBit | FrameMetadata.frameLocation | pointee.sentinel
    // Backwards: a reader that finds the first one finds all of them.
    for slot in stride(from: SuperbufLayout.slots - 1, through: first, by: -1) {
      store(word, superbuf + slot * SuperbufLayout.slotSize)
    }
  }

  private func store(_ word: UInt64, _ metadata: UnsafeMutableRawPointer) {
    metadata.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
    metadata.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.store(word, ordering: .releasing)
  }
}
