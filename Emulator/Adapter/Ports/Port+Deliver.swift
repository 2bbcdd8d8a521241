import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// The same as `deliver` where one buffer takes the whole frame and there is no prefix; anything else goes there.
  @inline(__always)
  func deliverAtOnce(
    _ frame: WireFrame, to interface: UnsafeMutablePointer<InterfaceState>, flags: UInt64
  ) -> DeliveryOutcome {
    let read = interface.pointee.receiveRead
    guard read != interface.pointee.receiveAccepted, interface.pointee.takesWholeFrames else {
      return deliver(frame, to: interface, flags: flags)
    }
    let descriptor = ReceiveDescriptor(word: interface.pointee.receiveRing[Int(read)])
    guard frame.length <= descriptor.length, flags & ReceiveEventWord.Bit.anyError == 0,
      let host = pointee.translation.translate(
        descriptor.address, length: frame.length, domain: interface.pointee.domain)
    else { return deliver(frame, to: interface, flags: flags) }
    copyFrame(host, frame.bytes, frame.length)
    interface.completeReceive(read, length: frame.length, flags: flags)
    return .delivered
  }

  /// Writes one frame into the buffers of an interface, with an event for each buffer.
  @inline(never)
  func deliver(
    _ frame: WireFrame, to interface: UnsafeMutablePointer<InterfaceState>, flags: UInt64
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
        interface.pointee.events.post(
          ReceiveEventWord(bytes: 0, label: interface.pointee.label, pointer: read, flags: Bit.aborted).word)
        return .delivered
      }
      let descriptor = ReceiveDescriptor(word: interface.pointee.receiveRing[Int(read)])
      let room = descriptor.length &- prefix
      let part = min(room, frame.length &- position)
      guard part > 0,
        let host = pointee.translation.translate(
          descriptor.address, length: prefix &+ part, domain: interface.pointee.domain)
      else {
        stopReceive(interface)
        return .stopped
      }
      if prefix > 0 { storePrefix(host, frame, interface, filterID: .max) }
      memcpy(host + prefix, frame.bytes + position, part)
      position &+= part
      interface.pointee.receiveRead = (read &+ 1) & mask
      // Errors stand in the last event of a frame; the classes in all.
      let bits = position < frame.length ? (flags & ~Bit.anyError) | Bit.continues : flags
      interface.pointee.events.post(
        ReceiveEventWord(
          bytes: prefix &+ part, label: interface.pointee.label, pointer: read &+ 1, flags: bits
        ).word)
      prefix = 0
    } while position < frame.length
    interface.pointee.counters.received &+= 1
    interface.pointee.counters.receivedBytes &+= UInt64(truncatingIfNeeded: frame.length)
    if flags & Bit.anyError != 0 { countErrors(flags, interface) }
    return .delivered
  }

  /// An adapter with a thread of its own looks at the doorbell once more: it may have been rung since, before the
  /// frame was sent.
  @inline(never)
  func findsDescriptors(_ interface: UnsafeMutablePointer<InterfaceState>) -> Bool {
    guard pointee.watchesDoorbells else { return false }
    interface.acceptReceiveDoorbell()
    return interface.pointee.receiveRead != interface.pointee.receiveAccepted
  }

  /// - Parameter filterID: which filter brought the frame here, `.max` for none.
  @inline(never)
  func storePrefix(
    _ host: UnsafeMutableRawPointer, _ frame: WireFrame, _ interface: UnsafeMutablePointer<InterfaceState>,
    filterID: UInt32
  ) {
    var stamp = ReceivePrefix.noTimestamp
    if interface.pointee.flags.contains(.receiveTimestamps) {
      stamp = pointee.clock.receiveStamp(frame.timestamp)
    }
    ReceivePrefix.store(
      to: host, packetLength: frame.length, timestamp: stamp,
      filterID: filterID == .max ? nil : UInt16(truncatingIfNeeded: filterID))
    host.storeBytes(
      of: pointee.frameHash.littleEndian, toByteOffset: ReceivePrefix.hashOffset, as: UInt32.self)
  }

  @inline(never)
  func countErrors(_ flags: UInt64, _ interface: UnsafeMutablePointer<InterfaceState>) {
    typealias Bit = ReceiveEventWord.Bit
    if flags & Bit.truncated != 0 {
      interface.pointee.counters.cut &+= 1
    } else if flags & Bit.frameCheckBad != 0 {
      interface.pointee.counters.frameCheckErrors &+= 1
    } else {
      interface.pointee.counters.checksumErrors &+= 1
    }
  }

  /// A DMA fault on receive: the ring stops, an error event tells the queue and why.
  @inline(never)
  func stopReceive(_ interface: UnsafeMutablePointer<InterfaceState>) {
    interface.pointee.receiveStopped = true
    interface.pointee.counters.receiveFaults &+= 1
    interface.pointee.counters.receiveStopped &+= 1
    interface.pointee.events.post(
      ManagementEventWord(
        kind: ManagementEventWord.Kind.receiveError,
        data: QueueFault.dmaTranslation << 16 | UInt32(interface.pointee.label)
      ).word)
  }
}

extension UnsafeMutablePointer where Pointee == InterfaceState {
  /// The descriptor at `read`, the next, is done: a whole frame lies in its buffer.
  @inline(__always)
  func completeReceive(_ read: UInt32, length: Int, flags: UInt64) {
    pointee.receiveRead = (read &+ 1) & pointee.receiveMask
    pointee.events.post(
      ReceiveEventWord(bytes: length, label: pointee.label, pointer: read &+ 1, flags: flags).word)
    let counters = pointee.counterWords
    counters.pointee.received &+= 1
    counters.pointee.receivedBytes &+= UInt64(truncatingIfNeeded: length)
  }
}

/// Codes of the emulated adapter's queue errors, the `code` of `Event.transmitError` and `Event.receiveError`.
public enum QueueFault {
  /// The descriptor's address is not registered in the interface's protection domain.
  public static let dmaTranslation: UInt32 = 1
  /// An option descriptor that this adapter does not know.
  public static let badDescriptor: UInt32 = 2
}
