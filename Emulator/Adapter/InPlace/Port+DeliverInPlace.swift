import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// As `dispatch`, where frames lie in posted buffers.
  @inline(never)
  func dispatchInPlace(_ frame: WireFrame, errors: UInt64, _ inPlace: UnsafeMutablePointer<InPlaceReceive>) {
    let isLent = frame.bytes >= inPlace.pointee.memory.base && frame.bytes < inPlace.pointee.memory.end
    var place: UInt32?
    if isLent {
      place = inPlace.pointee.takeBack(frame.bytes)
      guard place != nil else {
        pointee.counters.noDescriptor &+= 1
        return abandonInPlace(.disorder)
      }
    }
    let interface = inPlace.pointee.interface
    let flags: UInt64
    let datagram = PlainDatagram(frame.bytes, length: frame.length)
    if let datagram, pointee.matcher.known(datagram)?.interface == interface.pointee.index {
      flags = datagram.eventFlags | errors
    } else {
      guard let match = lookUp(frame, errors: errors, datagram: datagram) else { return }
      flags = match.flags
    }
    countTaken(deliverInPlace(frame, at: place, flags: flags, inPlace))
  }

  /// Completes the next descriptor with a frame that lies in its buffer already, or in one that came back.
  /// - Parameter place: the descriptor whose buffer it lies in; nil for a buffer of the wire's.
  @inline(__always)
  private func deliverInPlace(
    _ frame: WireFrame, at place: UInt32?, flags: UInt64, _ inPlace: UnsafeMutablePointer<InPlaceReceive>
  ) -> DeliveryOutcome {
    let interface = inPlace.pointee.interface
    let read = interface.pointee.receiveRead
    guard !interface.pointee.receiveStopped else {
      interface.pointee.counters.receiveStopped &+= 1
      return .stopped
    }
    // One that has not come back is the kernel's.
    guard read != inPlace.pointee.next, frame.length <= inPlace.pointee.memory.room,
      let host = UnsafeMutableRawPointer(bitPattern: inPlace.pointee.hosts[Int(read)])
    else {
      interface.pointee.counters.noDescriptor &+= 1
      return .noDescriptor
    }
    if place == read {
      pointee.counters.inPlace &+= 1
    } else {
      memmove(host, frame.bytes, frame.length)
    }
    interface.completeReceive(read, length: frame.length, flags: flags)
    if flags & ReceiveEventWord.Bit.anyError != 0 { countErrors(flags, interface) }
    return .delivered
  }
}
