import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// A frame has been written to the aperture of an interface, `count` bytes with its control word and padding. It goes
  /// out as it is, and the fallback that follows is not sent; or it does not, and the fallback is.
  func takeCutThrough(_ count: Int, _ interface: UnsafeMutablePointer<InterfaceState>) {
    guard let sending = interface.pointee.sending, let aperture = sending.pointee.aperture else {
      pointee.counters.unknownCommands &+= 1
      return
    }
    let control = CTPIOControl(word: aperture.load(as: UInt32.self))
    let frame = aperture + CTPIOControl.size
    // The choice is drawn for each send, so that it does not depend on what else keeps one from passing.
    let verdict = pointee.cutThroughFaults.next()
    guard verdict == .passes, count == CTPIOControl.footprint(of: control.length),
      takesCutThrough(interface, sending, length: control.length), send(interface, frame, length: control.length)
    else {
      pointee.counters.cutThroughFailed &+= 1
      if verdict == .underruns { poison(frame, control) }
      return
    }
    pointee.counters.cutThrough &+= 1
    sending.pointee.awaitsFallback = true
    sending.pointee.cutThroughTime = pointee.clock.now()
    interface.pointee.transmitsPlainly = false
  }

  /// The ring must be empty: what was sent by DMA comes first. One cut-through frame waits for its fallback at most.
  private func takesCutThrough(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ sending: UnsafeMutablePointer<InterfaceSending>, length: Int
  ) -> Bool {
    let doorbell = interface.pointee.register(DoorbellPage.transmitDoorbell) & interface.pointee.transmitMask
    // What an interface may send is looked at on the way of DMA alone.
    return doorbell == interface.pointee.transmitRead && !interface.pointee.transmitStopped
      && !sending.pointee.awaitsFallback && !interface.pointee.isRestricted && !pointee.isForcedDown && length >= 14
      && length <= min(pointee.maximumFrame, DoorbellPage.ctpioApertureSize - CTPIOControl.size)
  }

  /// No checksums: cut-through goes past the offloads. False where the wire did not take it.
  private func send(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ frame: UnsafeMutableRawPointer, length: Int
  ) -> Bool {
    guard let room = pointee.wire.transmitReserve(pointee.wire.context, max(length, 60)) else { return false }
    let size = copyPadded(frame, length: length, to: room)
    if pointee.sendsSpecially {
      sendSpecially(interface, room, length: size)
    } else {
      let outcome = pointee.wire.transmitCommit(pointee.wire.context, size)
      guard outcome == TransmitOutcome.sent.rawValue else { return false }
      countSent(interface, length: size)
    }
    flush(interface)
    return true
  }

  /// What had begun to go out when the frame failed to come in time ends with a bad frame check sequence. Nothing had
  /// where the adapter waits for the whole frame: for this one, or for all of the port.
  private func poison(_ frame: UnsafeMutableRawPointer, _ control: CTPIOControl) {
    let length = control.length
    guard Int(control.hardwareThreshold) < length, pointee.noPoisonCount == 0, !pointee.isForcedDown, length >= 14,
      length <= min(pointee.maximumFrame, DoorbellPage.ctpioApertureSize - CTPIOControl.size),
      let commit = pointee.wire.transmitPoisoned,
      let room = pointee.wire.transmitReserve(pointee.wire.context, max(length, 60))
    else { return }
    let size = copyPadded(frame, length: length, to: room)
    if commit(pointee.wire.context, size) == TransmitOutcome.sent.rawValue { pointee.counters.poisoned &+= 1 }
    flush(nil)
  }

  private func copyPadded(_ frame: UnsafeMutableRawPointer, length: Int, to room: UnsafeMutableRawPointer) -> Int {
    memcpy(room, frame, length)
    guard length < 60 else { return length }
    memset(room + length, 0, 60 - length)
    return 60
  }

  /// Completes the packet at the read index without sending it. False when it is incomplete, or none.
  func passFallback(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ sending: UnsafeMutablePointer<InterfaceSending>, end: UInt32
  ) -> Bool {
    var read = interface.pointee.transmitRead
    var continues = true
    while continues {
      guard read != end else { return false }
      let word = interface.pointee.transmitRing[Int(read)]
      guard !TransmitDescriptor(word: word).isOption || PIODescriptor.isPIO(word) else {
        stopTransmit(interface, code: QueueFault.badDescriptor)
        return false
      }
      let isOption = TransmitDescriptor(word: word).isOption
      continues = isOption ? PIODescriptor(word: word).continues : TransmitDescriptor(word: word).continues
      read = (read &+ 1) & interface.pointee.transmitMask
    }
    if interface.pointee.unreported > 0 { complete(interface) }
    sending.pointee.awaitsFallback = false
    interface.pointee.transmitRead = read
    typealias Kind = TransmitEventWord.Kind
    let last = (read &- 1) & interface.pointee.transmitMask
    interface.pointee.events.post(
      TransmitEventWord(kind: Kind.ctpioCompletion, index: last, label: interface.pointee.label).word)
    if interface.pointee.stampsTransmits {
      postStamp(interface, time: sending.pointee.cutThroughTime, low: Kind.ctpioTimestampLow)
    }
    return true
  }
}
