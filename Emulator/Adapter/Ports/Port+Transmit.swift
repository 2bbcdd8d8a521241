import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// Sends the packets between the adapter's read index and the doorbell. An interface of an X3 or X4 express has no
  /// such ring, and so leaves the way of the others here.
  @inline(__always)
  func transmitAll(_ interface: UnsafeMutablePointer<InterfaceState>) {
    let mask = interface.pointee.transmitMask
    guard mask != 0 else {
      if let express = interface.pointee.express { interface.serviceExpress(express) }
      return
    }
    let doorbell = interface.pointee.register(DoorbellPage.transmitDoorbell)
    // Bit 11 marks a command (alternatives, timers), not an index.
    guard doorbell & 0x800 == 0 else { return }
    let end = doorbell & mask
    guard interface.pointee.transmitRead != end, !interface.pointee.transmitStopped else { return }
    pointee.counters.doorbells &+= 1
    guard interface.pointee.transmitsPlainly else { return transmitSpecially(interface, end: end) }
    while interface.pointee.transmitRead != end {
      guard transmitOne(interface, end: end) else { break }
      reportTransmit(interface)
    }
    flush(interface)
    if interface.pointee.unreported > 0 { complete(interface) }
  }

  /// One packet is done: with others it makes an event, or three of its own.
  @inline(__always)
  func reportTransmit(_ interface: UnsafeMutablePointer<InterfaceState>) {
    if interface.pointee.stampsTransmits {
      completeWithTimestamp(interface)
    } else {
      interface.pointee.unreported &+= 1
      if interface.pointee.unreported >= pointee.completionBatch { complete(interface) }
    }
  }

  /// Ends a batch of commits. What the wire lost after all had been counted as sent.
  @inline(__always)
  func flush(_ interface: UnsafeMutablePointer<InterfaceState>?) {
    let lost = pointee.wire.transmitFlush(pointee.wire.context)
    guard lost > 0 else { return }
    pointee.counters.transmitCongested &+= UInt64(lost)
    pointee.counters.transmitted &-= UInt64(lost)
    interface?.pointee.counters.transmitted &-= UInt64(lost)
    interface?.pointee.counters.transmitDropped &+= UInt64(lost)
  }

  /// Room on the wire for a frame that may be sent. Nil for one that is dropped, and counted.
  @inline(__always)
  func room(
    _ interface: UnsafeMutablePointer<InterfaceState>, length: Int
  ) -> UnsafeMutableRawPointer? {
    guard length >= 14, length <= pointee.maximumFrame, !pointee.isForcedDown else {
      refuse(interface, length: length)
      return nil
    }
    let room = pointee.wire.transmitReserve(pointee.wire.context, max(length, 60))
    if room == nil { countLost(interface, TransmitOutcome.congested.rawValue) }
    return room
  }

  /// One event for all packets since the last.
  @inline(__always)
  func complete(_ interface: UnsafeMutablePointer<InterfaceState>) {
    interface.pointee.unreported = 0
    let last = (interface.pointee.transmitRead &- 1) & interface.pointee.transmitMask
    interface.pointee.events.post(TransmitEventWord(index: last, label: interface.pointee.label).word)
  }

  /// Three events for one packet: completion, low and high part of the time. That is the wire's where it stamps, and
  /// else the clock's.
  @inline(never)
  private func completeWithTimestamp(_ interface: UnsafeMutablePointer<InterfaceState>) {
    var time: UInt64 = 0
    if let transmitTime = pointee.wire.transmitTime, !pointee.clock.isManual, !pointee.clock.stampsFrames {
      flush(interface)
      time = transmitTime(pointee.wire.context)
    }
    complete(interface)
    postStamp(interface, time: time == 0 ? pointee.clock.now() : pointee.clock.shown(time))
  }

  /// Sends the packet at the read index. False when it is incomplete or has stopped the ring.
  @inline(__always)
  func transmitOne(_ interface: UnsafeMutablePointer<InterfaceState>, end: UInt32) -> Bool {
    let descriptor = TransmitDescriptor(word: interface.pointee.transmitRing[Int(interface.pointee.transmitRead)])
    guard descriptor.word >> 62 == 0 else { return transmitGathered(interface, end: end) }
    let length = descriptor.length
    guard
      let host = pointee.translation.translate(
        descriptor.address, length: length, domain: interface.pointee.domain)
    else {
      stopTransmit(interface, code: QueueFault.dmaTranslation)
      return false
    }
    interface.pointee.transmitRead = (interface.pointee.transmitRead &+ 1) & interface.pointee.transmitMask
    guard let room = room(interface, length: length) else { return true }
    copyFrame(room, host, length)
    finish(interface, room, length: length)
    return true
  }

  /// A packet of several fragments, or from a PIO buffer: two passes, so that nothing is sent of one that faults.
  @inline(never)
  private func transmitGathered(_ interface: UnsafeMutablePointer<InterfaceState>, end: UInt32) -> Bool {
    guard let packet = packet(interface, end: end) else { return false }
    let first = interface.pointee.transmitRead
    interface.pointee.transmitRead = packet.next
    guard let room = room(interface, length: packet.length) else { return true }
    gather(interface, from: first, to: packet.next, into: room)
    finish(interface, room, length: packet.length)
    return true
  }

  /// Checksums, padding, and the wire.
  @inline(__always)
  func finish(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ room: UnsafeMutableRawPointer, length: Int
  ) {
    var size = length
    if size < 60 {
      memset(room + size, 0, 60 &- size)
      size = 60
    }
    guard offload(interface, room, length: size) else {
      interface.pointee.counters.transmitDropped &+= 1
      pointee.counters.transmitFailed &+= 1
      return
    }
    if pointee.sendsSpecially {
      sendSpecially(interface, room, length: size)
      return
    }
    send(interface, length: size)
  }

  /// Commits the room reserved last.
  @inline(__always)
  func send(_ interface: UnsafeMutablePointer<InterfaceState>?, length: Int) {
    let outcome = pointee.wire.transmitCommit(pointee.wire.context, length)
    guard outcome == TransmitOutcome.sent.rawValue else {
      countLost(interface, outcome)
      return
    }
    countSent(interface, length: length)
  }

  @inline(__always)
  func countSent(_ interface: UnsafeMutablePointer<InterfaceState>?, length: Int) {
    let bytes = UInt64(truncatingIfNeeded: length)
    let counters = pointee.counterWords
    counters.pointee.transmitted &+= 1
    counters.pointee.transmittedBytes &+= bytes
    if let own = interface?.pointee.counterWords {
      own.pointee.transmitted &+= 1
      own.pointee.transmittedBytes &+= bytes
    }
  }

  @inline(never)
  func countLost(_ interface: UnsafeMutablePointer<InterfaceState>?, _ outcome: Int32) {
    interface?.pointee.counters.transmitDropped &+= 1
    switch TransmitOutcome(rawValue: outcome) {
    case .congested: pointee.counters.transmitCongested &+= 1
    case .linkDown: pointee.counters.transmitLinkDown &+= 1
    case .oversize: pointee.counters.transmitOversize &+= 1
    default: pointee.counters.transmitFailed &+= 1
    }
  }

  /// A frame that the adapter does not send. Its descriptors complete all the same.
  @inline(never)
  func refuse(_ interface: UnsafeMutablePointer<InterfaceState>, length: Int) {
    interface.pointee.counters.transmitDropped &+= 1
    if pointee.isForcedDown {
      pointee.counters.transmitLinkDown &+= 1
    } else if length > pointee.maximumFrame {
      pointee.counters.transmitOversize &+= 1
    } else {
      pointee.counters.transmitFailed &+= 1
    }
  }

  /// A DMA fault on transmit: what was sent before is completed, the ring stops, an error event tells why.
  @inline(never)
  func stopTransmit(_ interface: UnsafeMutablePointer<InterfaceState>, code: UInt32) {
    if interface.pointee.unreported > 0 { complete(interface) }
    interface.pointee.transmitStopped = true
    interface.pointee.counters.transmitFaults &+= 1
    interface.pointee.events.post(
      ManagementEventWord(
        kind: ManagementEventWord.Kind.transmitError, data: code << 16 | UInt32(interface.pointee.label)
      ).word)
  }
}
