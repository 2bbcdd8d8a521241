import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// A command in the place of the transmit doorbell. What the doorbell said before comes first.
  func carryOutTransmit(_ command: TransmitCommand?, _ interface: UnsafeMutablePointer<InterfaceState>) {
    transmitAll(interface)
    switch command {
    case .go(let number): change(number, to: .go, interface)
    case .stop(let number): change(number, to: .stop, interface)
    case .discard(let number): change(number, to: .discard, interface)
    default: pointee.counters.unknownCommands &+= 1
    }
  }

  /// A descriptor that leads the sends after it into an alternative, or back to the wire. It makes no event of its own.
  func select(
    _ number: UInt8, _ sending: UnsafeMutablePointer<InterfaceSending>,
    _ interface: UnsafeMutablePointer<InterfaceState>
  ) -> Bool {
    guard number == AlternativeDescriptor.normalPath || sending.pointee.fifo(number) != nil else {
      stopTransmit(interface, code: QueueFault.badDescriptor)
      return false
    }
    sending.pointee.selected = number
    interface.pointee.transmitRead = (interface.pointee.transmitRead &+ 1) & interface.pointee.transmitMask
    return true
  }

  /// Sends the packet at the read index where the selection leads it. Every packet completes when it has been fetched;
  /// one that leaves an alternative, or the wire's own path, tells so by a timestamp.
  func transmitByAlternative(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ sending: UnsafeMutablePointer<InterfaceSending>, end: UInt32
  ) -> Bool {
    let number = sending.pointee.selected
    guard let fifo = sending.pointee.fifo(number), fifo.pointee.state != .go else {
      guard transmitOne(interface, end: end) else { return false }
      complete(interface)
      postStamp(interface, time: pointee.clock.now(), soft: UInt16(number))
      return true
    }
    guard let packet = packet(interface, end: end) else { return false }
    let first = interface.pointee.transmitRead
    interface.pointee.transmitRead = packet.next
    complete(interface)
    if fifo.pointee.state == .discard {
      pointee.counters.alternativeDiscarded &+= 1
      postStamp(interface, time: pointee.clock.now(), soft: UInt16(number))
      return true
    }
    let usage = AlternativeFIFO.usage(packet.length)
    guard packet.length <= PortState.scratchSize, sending.pointee.used + usage <= sending.pointee.room else {
      // The hardware says nothing either.
      pointee.counters.alternativeOverflow &+= 1
      interface.pointee.counters.transmitDropped &+= 1
      return true
    }
    gather(interface, from: first, to: packet.next, into: pointee.scratch)
    fifo.pointee.append(pointee.scratch, length: packet.length)
    sending.pointee.used += usage
    return true
  }

  private func change(
    _ number: UInt8, to state: AlternativeFIFO.State, _ interface: UnsafeMutablePointer<InterfaceState>
  ) {
    guard let sending = interface.pointee.sending, let fifo = sending.pointee.fifo(number) else {
      pointee.counters.unknownCommands &+= 1
      return
    }
    fifo.pointee.state = state
    guard state != .stop else { return }
    while let length = fifo.pointee.firstLength {
      if state == .discard {
        pointee.counters.alternativeDiscarded &+= 1
      } else if let room = room(interface, length: length) {
        fifo.pointee.copyFirst(length, to: room)
        finish(interface, room, length: length)
      }
      fifo.pointee.removeFirst(length)
      sending.pointee.used -= AlternativeFIFO.usage(length)
      postStamp(interface, time: pointee.clock.now(), soft: UInt16(number))
    }
    flush(interface)
  }
}
