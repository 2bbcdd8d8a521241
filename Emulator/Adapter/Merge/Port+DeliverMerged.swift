import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// Writes one frame into the buffers of an interface whose events are merged, or whose prefix has the filter's id.
  /// The frame is known whole, so its length stands in its prefix.
  ///
  /// Descriptors share an event while all that it says of them is the same: frames of one buffer and of the same
  /// classes and errors, or the middle of a longer one. Its first and its last buffer have events of their own.
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
    var position = 0
    var prefix = interface.pointee.prefixLength
    repeat {
      let read = interface.pointee.receiveRead
      guard read != interface.pointee.receiveAccepted || findsDescriptors(interface) else {
        // Descriptors ended within the frame: an event that completes nothing says so.
        interface.pointee.counters.truncated &+= 1
        report(interface)
        interface.pointee.events.post(
          ReceiveEventWord(bytes: 0, label: interface.pointee.label, pointer: read, flags: Bit.aborted).word)
        return .delivered
      }
      let descriptor = ReceiveDescriptor(word: interface.pointee.receiveRing[Int(read)])
      let part = min(descriptor.length &- prefix, frame.length &- position)
      guard part > 0,
        let host = pointee.translation.translate(
          descriptor.address, length: prefix &+ part, domain: interface.pointee.domain)
      else {
        report(interface)
        stopReceive(interface)
        return .stopped
      }
      if prefix > 0 {
        storePrefix(host, frame, interface, filterID: merge.pointee.hasFilterIDs ? filter : .max)
      }
      memcpy(host + prefix, frame.bytes + position, part)
      let isStart = position == 0
      position &+= part
      // Errors stand in the last event of a frame; the classes in all.
      let bits = position < frame.length ? (flags & ~Bit.anyError) | Bit.continues : flags
      if merge.pointee.pending > 0, bits != merge.pointee.bits || isStart != merge.pointee.isStart {
        reportMerged(interface, merge)
      }
      interface.pointee.receiveRead = (read &+ 1) & mask
      merge.pointee.pending &+= 1
      merge.pointee.bits = bits
      merge.pointee.isStart = isStart
      merge.pointee.lastBytes = prefix &+ part
      prefix = 0
      if merge.pointee.pending >= merge.pointee.limit { reportMerged(interface, merge) }
    } while position < frame.length
    if merge.pointee.pending > 0 { owes(interface) }
    interface.pointee.counters.received &+= 1
    interface.pointee.counters.receivedBytes &+= UInt64(truncatingIfNeeded: frame.length)
    if flags & Bit.anyError != 0 { countErrors(flags, interface) }
    return .delivered
  }

  /// One event for the descriptors that have been completed since the last.
  func reportMerged(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ merge: UnsafeMutablePointer<MergeState>
  ) {
    merge.pointee.pending = 0
    interface.pointee.events.post(
      ReceiveEventWord(
        bytes: merge.pointee.lastBytes, label: interface.pointee.label, pointer: interface.pointee.receiveRead,
        flags: merge.pointee.bits
      ).word)
  }
}
