import CLinuxShims
import EmulatedAdapter
import Glibc
import Synchronization

/// Everything that the datapath of a TAP wire touches, in memory of its own.
struct TAPState {
  let descriptor: Int32
  let waitDescriptor: Int32
  /// For this end itself.
  let wakeDescriptor: Int32
  /// Room for a frame on its way out, and for one that came.
  let staged: UnsafeMutableRawPointer
  let received: UnsafeMutableRawPointer
  /// Bytes of the frame that was handed out and not released; 0 where there is none.
  var receivedLength = 0
  /// The interface was deleted; its descriptor says so for ever.
  var isGone = false
  var counters: WireCounterCells
  let ownCounters: WireCounterCells

  /// Above every MTU that a TAP can have, with headers.
  static let room = 65_536 + 128

  init(descriptor: Int32, waitDescriptor: Int32, wakeDescriptor: Int32) {
    self.descriptor = descriptor
    self.waitDescriptor = waitDescriptor
    self.wakeDescriptor = wakeDescriptor
    staged = .allocate(byteCount: Self.room, alignment: 64)
    received = .allocate(byteCount: Self.room, alignment: 64)
    ownCounters = .allocate()
    counters = ownCounters
  }

  func deallocate() {
    staged.deallocate()
    received.deallocate()
    ownCounters.deallocate()
  }

  mutating func count(in cells: WireCounterCells?) {
    let next = cells ?? ownCounters
    next.take(from: counters)
    counters = next
  }

  /// Nobody is to be woken by an interface that there is no more.
  mutating func lose() {
    guard !isGone else { return }
    isGone = true
    efvi_wait_remove(waitDescriptor, descriptor)
  }
}
