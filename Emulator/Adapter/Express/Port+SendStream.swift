import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// A command to the aperture of an X3 or X4: the stream is `total` bytes long. Sends the packets that are complete;
  /// one whose end is missing waits for it.
  func takeStream(
    _ total: UInt64, _ interface: UnsafeMutablePointer<InterfaceState>,
    _ express: UnsafeMutablePointer<ExpressInterfaceState>
  ) {
    guard express.pointee.transmitCapacity != 0, !interface.pointee.transmitStopped else {
      express.pointee.counters.refusedCommands &+= 1
      return
    }
    var left = UInt32(truncatingIfNeeded: total) &- express.pointee.streamRead
    guard left & UInt32(StreamHeader.alignment - 1) == 0 else {
      return interface.stopStream(express, .streamAlignment)
    }
    guard left <= express.pointee.streamLimit else { return interface.stopStream(express, .streamFIFOOverflow) }
    pointee.counters.doorbells &+= 1
    while left > 0 {
      let header = StreamHeader(word: express.streamWord(at: express.pointee.streamRead))
      if let reason = express.refusal(of: header) {
        interface.stopStream(express, reason)
        break
      }
      let footprint = UInt32(StreamHeader.footprint(of: header.length))
      guard footprint <= left else { break }
      sendStreamed(header, interface, express)
      express.pointee.streamRead &+= footprint
      left &-= footprint
    }
    flush(interface)
  }

  /// One frame of the stream. It completes whatever becomes of it.
  @inline(__always)
  private func sendStreamed(
    _ header: StreamHeader, _ interface: UnsafeMutablePointer<InterfaceState>,
    _ express: UnsafeMutablePointer<ExpressInterfaceState>
  ) {
    if header.warm {
      express.pointee.counters.warmed &+= 1
    } else if let room = room(interface, length: header.length) {
      express.copyFrame(to: room, length: header.length)
      var size = header.length
      if size < 60 {
        memset(room + size, 0, 60 &- size)
        size = 60
      }
      if pointee.sendsSpecially {
        sendSpecially(interface, room, length: size)
      } else {
        send(interface, length: size)
      }
    }
    let stamps = header.timestamp && !header.warm
    // A timestamp is one frame's alone: what was sent before is completed before.
    if stamps { interface.completeStream(express) }
    express.pointee.sequence &+= 1
    express.pointee.unreported &+= 1
    if stamps {
      interface.completeStream(
        express, time: pointee.clock.now(), status: pointee.clock.stampStatus(isEFCT: express.pointee.isEFCT))
    } else if express.pointee.unreported >= express.pointee.completionLimit {
      interface.completeStream(express)
    }
  }
}

extension UnsafeMutablePointer where Pointee == ExpressInterfaceState {
  /// The 64-bit word at a position of the stream.
  @inline(__always)
  fileprivate func streamWord(at position: UInt32) -> UInt64 {
    let mask = UInt32(pointee.parameters.transmitApertureBytes - 1)
    return pointee.aperture.load(fromByteOffset: Int(position & mask), as: UInt64.self)
  }

  /// Copies the frame behind the header at the read position; the stream wraps at the end of the aperture.
  @inline(__always)
  fileprivate func copyFrame(to room: UnsafeMutableRawPointer, length: Int) {
    let size = pointee.parameters.transmitApertureBytes
    let start = Int(pointee.streamRead &+ UInt32(StreamHeader.size)) & (size - 1)
    let first = min(length, size - start)
    memcpy(room, pointee.aperture + start, first)
    if first < length { memcpy(room + first, pointee.aperture, length - first) }
  }

  /// Why a header is refused; nil for one that is not.
  @inline(__always)
  fileprivate func refusal(of header: StreamHeader) -> ExpressErrorReason? {
    if pointee.failingStreams > 0 {
      pointee.failingStreams -= 1
      return pointee.failingReason
    }
    guard header.length > 0, header.length <= StreamHeader.maximumFrame else { return .streamLength }
    guard header.action == 0, header.threshold >= pointee.parameters.cutThroughMinimum else { return .streamFlags }
    return nil
  }
}

extension UnsafeMutablePointer where Pointee == InterfaceState {
  /// One event for all frames since the last completion.
  func completeStream(_ express: UnsafeMutablePointer<ExpressInterfaceState>) {
    guard express.pointee.unreported != 0 else { return }
    express.pointee.unreported = 0
    pointee.events.postExpress(
      ExpressTransmitEvent(sequence: express.pointee.sequence &- 1, label: pointee.label, phase: false).word)
  }

  /// The event of one frame, with its time.
  fileprivate func completeStream(
    _ express: UnsafeMutablePointer<ExpressInterfaceState>, time: UInt64, status: UInt8
  ) {
    express.pointee.unreported = 0
    let parts = AdapterClock.expressParts(time)
    pointee.events.postExpress(
      ExpressTransmitEvent(
        sequence: express.pointee.sequence &- 1, label: pointee.label,
        partialSeconds: UInt8(truncatingIfNeeded: parts.seconds), quarters: parts.quarters, timestampStatus: status,
        phase: false
      ).word)
  }

  /// The transmit queue stops: what was sent before is completed, then the reason.
  fileprivate func stopStream(
    _ express: UnsafeMutablePointer<ExpressInterfaceState>, _ reason: ExpressErrorReason
  ) {
    completeStream(express)
    pointee.transmitStopped = true
    pointee.counters.transmitFaults &+= 1
    express.pointee.counters.streamErrors &+= 1
    postError(
      isReceive: false, label: pointee.label, reason: reason, queue: UInt8(truncatingIfNeeded: pointee.index))
  }

  /// The transmit queue starts from its beginning.
  func restartStream(_ express: UnsafeMutablePointer<ExpressInterfaceState>) {
    express.pointee.streamRead = 0
    express.pointee.sequence = 0
    express.pointee.unreported = 0
  }
}
