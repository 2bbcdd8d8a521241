import EtherFabric
import EtherFabricFormats

/// What an interface has received and not reported yet, where one event tells of several descriptors or packets.
struct MergeState {
  /// Descriptors that one event may complete: 1 for a receive ring that only has its prefix written by this path.
  let limit: UInt32
  /// Whether the prefix carries the filter's id.
  let hasFilterIDs: Bool
  /// Descriptors completed since the last event.
  var pending: UInt32 = 0
  /// Class bits of the frames that they hold; all the same, for an event has room for one set.
  var classes: UInt64 = 0
  /// Bytes written to the last of them.
  var lastBytes = 0

  init(_ flags: InterfaceFlags) {
    limit = flags.contains(.receiveEventMerge) ? UInt32(RingRules.receiveBatch) : 1
    hasFilterIDs = flags.contains(.receiveFilterID)
  }

  /// Whether interfaces with these flags need it.
  static func isNeeded(_ flags: InterfaceFlags) -> Bool {
    !flags.isDisjoint(with: [.receiveEventMerge, .receiveFilterID])
  }
}

extension UnsafeMutablePointer where Pointee == PortState {
  /// Posts the events that wait for more packets to tell of. At the end of every service: no event waits for longer.
  @inline(never)
  func reportPending() {
    while let interface = pointee.firstPending {
      pointee.firstPending = interface.pointee.nextPending
      interface.pointee.nextPending = nil
      interface.pointee.isPending = false
      report(interface)
    }
  }

  /// Posts the event that an interface owes, if it does.
  func report(_ interface: UnsafeMutablePointer<InterfaceState>) {
    if let merge = interface.pointee.merge, merge.pointee.pending > 0 {
      reportMerged(interface, merge, bits: merge.pointee.classes)
    } else if let packed = interface.pointee.packedStream, packed.pointee.pending > 0 {
      reportPacked(interface, packed, errors: 0)
    }
  }

  /// Remembers that an interface owes an event.
  @inline(__always)
  func owes(_ interface: UnsafeMutablePointer<InterfaceState>) {
    guard !interface.pointee.isPending else { return }
    interface.pointee.isPending = true
    interface.pointee.nextPending = pointee.firstPending
    pointee.firstPending = interface
  }
}
