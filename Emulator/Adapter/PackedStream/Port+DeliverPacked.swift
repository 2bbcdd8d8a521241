import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// Writes one frame behind the last in a packed-stream buffer, or at the start of the next buffer where it does not
  /// fit. A frame with an error has an event of its own.
  @inline(never)
  func deliverPacked(
    _ frame: WireFrame, to interface: UnsafeMutablePointer<InterfaceState>, flags: UInt64,
    _ packed: UnsafeMutablePointer<PackedStreamQueue>
  ) -> DeliveryOutcome {
    typealias Bit = ReceiveEventWord.Bit
    typealias Layout = PackedStreamLayout
    guard interface.pointee.receiveMask != 0, !interface.pointee.receiveStopped else {
      interface.pointee.counters.receiveStopped &+= 1
      return .stopped
    }
    let stride = Layout.stride(captured: frame.length)
    var buffer = packed.pointee.buffer
    var offset = packed.pointee.offset
    // The next prefix stays inside the buffer, so that its end counts as no boundary.
    let rotates = buffer == 0 || offset &+ stride >= packed.pointee.bufferSize
    if rotates {
      guard interface.pointee.receiveRead != interface.pointee.receiveAccepted || findsDescriptors(interface) else {
        interface.pointee.counters.noDescriptor &+= 1
        return .noDescriptor
      }
      let read = Int(interface.pointee.receiveRead)
      let start = ReceiveDescriptor(word: interface.pointee.receiveRing[read]).address
      buffer = start & ~UInt64(packed.pointee.bufferSize - 1)
      offset = Int(start & UInt64(packed.pointee.bufferSize - 1))
    }
    let crossings = Layout.creditsCrossed(from: UInt(offset), to: UInt(offset &+ stride))
    let price = crossings + (rotates ? 1 : 0)
    guard price <= packed.pointee.credits else {
      interface.pointee.counters.noCredit &+= 1
      return .noCredit
    }
    guard
      let host = pointee.translation.translate(
        buffer &+ UInt64(offset), length: Layout.Prefix.size &+ frame.length, domain: interface.pointee.domain)
    else {
      report(interface)
      stopReceive(interface)
      return .stopped
    }
    let isBad = flags & Bit.anyError != 0
    if packed.pointee.pending > 0, rotates || isBad || packed.pointee.pendingCrossings &+ crossings > 2 {
      report(interface)
    }
    if rotates {
      interface.pointee.receiveRead = (interface.pointee.receiveRead &+ 1) & interface.pointee.receiveMask
      packed.pointee.buffer = buffer
      packed.pointee.pendingRotation = true
    }
    packed.pointee.credits &-= price
    var stamp = ReceivePrefix.noTimestamp
    if interface.pointee.flags.contains(.receiveTimestamps) { stamp = pointee.clock.receiveStamp(frame.timestamp) }
    Layout.Prefix(
      timestamp: stamp, captured: UInt16(truncatingIfNeeded: frame.length),
      original: UInt16(truncatingIfNeeded: max(frame.length, pointee.originalLength))
    ).store(to: host)
    memcpy(host + Layout.Prefix.size, frame.bytes, frame.length)
    packed.pointee.offset = offset &+ stride
    packed.pointee.pending &+= 1
    packed.pointee.pendingCrossings &+= crossings
    if isBad {
      reportPacked(interface, packed, errors: flags & Bit.anyError)
      countErrors(flags, interface)
    } else if packed.pointee.pending == Layout.maximumPacketsPerEvent {
      reportPacked(interface, packed, errors: 0)
    } else {
      owes(interface)
    }
    interface.pointee.counters.received &+= 1
    interface.pointee.counters.receivedBytes &+= UInt64(truncatingIfNeeded: frame.length)
    return .delivered
  }

  /// One event for the packets since the last. It carries no classes: they may differ.
  func reportPacked(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ packed: UnsafeMutablePointer<PackedStreamQueue>, errors: UInt64
  ) {
    packed.pointee.pointer = (packed.pointee.pointer &+ UInt32(truncatingIfNeeded: packed.pointee.pending)) & 0xf
    let rotation = packed.pointee.pendingRotation ? ReceiveEventWord.Bit.rotate : 0
    packed.pointee.pending = 0
    packed.pointee.pendingRotation = false
    packed.pointee.pendingCrossings = 0
    interface.pointee.events.post(
      ReceiveEventWord(
        bytes: 0, label: interface.pointee.label, pointer: packed.pointee.pointer, flags: errors | rotation
      ).word)
  }
}
