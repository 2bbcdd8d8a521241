import EtherFabric
import EtherFabricFormats

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
    if let merge = interface.pointee.merge {
      if merge.pointee.pending > 0 { reportMerged(interface, merge) }
    } else if let packed = interface.pointee.packedStream {
      if packed.pointee.pending > 0 { reportPacked(interface, packed, errors: 0) }
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
