import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// Writes one frame into the buffers of an interface whose events are merged, or whose prefix has the filter's id.
  /// The frame is known whole, so its length stands in its prefix.
  ///
  /// Frames share an event while their classes are the same. A frame with an error has events of its own, and the error
  /// stands in the last of them.
  @inline(never)
  func deliverMerged(
    _ frame: WireFrame, to interface: UnsafeMutablePointer<InterfaceState>, flags: UInt64, filter: UInt32,
    _ merge: UnsafeMutablePointer<MergeState>
  ) -> DeliveryOutcome {
    typealias Bit = ReceiveEventWord.Bit
    let mask = interface.pointee.receiveMask
    guard mask != 0, !interface.pointee.receiveStopped else {
      interface.pointee.counters.receiveStopped &+= 1
      return .stopped
    }
    guard interface.pointee.receiveRead != interface.pointee.receiveAccepted || findsDescriptors(interface) else {
      interface.pointee.counters.noDescriptor &+= 1
      return .noDescriptor
    }
    let isBad = flags & Bit.anyError != 0
    let classes = flags & ~Bit.anyError
    if merge.pointee.pending > 0, isBad || classes != merge.pointee.classes { report(interface) }
    merge.pointee.classes = classes
    var position = 0
    var prefix = interface.pointee.prefixLength
    repeat {
      let read = interface.pointee.receiveRead
      guard read != interface.pointee.receiveAccepted || findsDescriptors(interface) else {
        endTruncated(interface, merge)
        return .delivered
      }
      let descriptor = ReceiveDescriptor(word: interface.pointee.receiveRing[Int(read)])
      let part = min(descriptor.length &- prefix, frame.length &- position)
      guard part > 0,
        let host = pointee.translation.translate(
          descriptor.address, length: prefix &+ part, domain: interface.pointee.domain)
      else {
        if merge.pointee.pending > 0 {
          reportMerged(interface, merge, bits: position > 0 ? classes | Bit.continues : classes)
        }
        stopReceive(interface)
        return .stopped
      }
      if prefix > 0 {
        storePrefix(host, frame, interface, filterID: merge.pointee.hasFilterIDs ? filter : .max)
      }
      memcpy(host + prefix, frame.bytes + position, part)
      position &+= part
      interface.pointee.receiveRead = (read &+ 1) & mask
      merge.pointee.pending &+= 1
      merge.pointee.lastBytes = prefix &+ part
      prefix = 0
      if position == frame.length, isBad {
        reportMerged(interface, merge, bits: flags)
      } else if merge.pointee.pending >= merge.pointee.limit {
        reportMerged(interface, merge, bits: position < frame.length ? classes | Bit.continues : classes)
      }
    } while position < frame.length
    if merge.pointee.pending > 0 { owes(interface) }
    interface.pointee.counters.received &+= 1
    interface.pointee.counters.receivedBytes &+= UInt64(truncatingIfNeeded: frame.length)
    if isBad { countErrors(flags, interface) }
    return .delivered
  }

  /// Descriptors ended within a frame: what there is of it is reported, and an event that completes nothing says so.
  private func endTruncated(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ merge: UnsafeMutablePointer<MergeState>
  ) {
    typealias Bit = ReceiveEventWord.Bit
    interface.pointee.counters.truncated &+= 1
    if merge.pointee.pending > 0 {
      reportMerged(interface, merge, bits: merge.pointee.classes | Bit.continues)
    }
    interface.pointee.events.post(
      ReceiveEventWord(
        bytes: 0, label: interface.pointee.label, pointer: interface.pointee.receiveRead, flags: Bit.aborted
      ).word)
  }

  /// One event for the descriptors that have been completed since the last.
  func reportMerged(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ merge: UnsafeMutablePointer<MergeState>, bits: UInt64
  ) {
    merge.pointee.pending = 0
    interface.pointee.events.post(
      ReceiveEventWord(
        bytes: merge.pointee.lastBytes, label: interface.pointee.label, pointer: interface.pointee.receiveRead,
        flags: bits
      ).word)
  }
}
