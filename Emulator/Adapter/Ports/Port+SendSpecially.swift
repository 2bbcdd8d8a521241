import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// The way out where more takes part than the wire: multicast loopback, virtual ports, a sniffer, the fault plan,
  /// whichever way the frame came to the port. It is in the room reserved last.
  @inline(never)
  func sendSpecially(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ room: UnsafeMutableRawPointer, length: Int
  ) {
    let steering = pointee.steering
    var frame = WireFrame(bytes: room, length: length)
    if pointee.stampCount > 0 { frame.timestamp = pointee.clock.now() }
    if interface.pointee.stack != 0 { loop(frame, of: interface) }
    if interface.pointee.virtualPort != 0 {
      let tag = steering.pointee.tags[Int(interface.pointee.virtualPort)]
      if tag < SteeringState.untagged {
        guard let tagged = withTag(frame, tag, interface) else { return }
        frame = tagged
      }
    }
    var isInside = false
    if steering.pointee.virtualPortCount > 0 { isInside = exchange(frame, from: interface) }
    if steering.pointee.transmitSniffer >= 0 {
      let classified = ClassifiedFrame(frame, errors: 0, layout: &pointee.layout)
      pointee.counters.transmitSniffed &+= 1
      sniff(frame, steering.pointee.transmitSniffer, flags: classified.eventFlags)
    }
    if pointee.firstPending != nil { reportPending() }
    guard !isInside else {
      pointee.counters.keptInside &+= 1
      interface.pointee.counters.transmitted &+= 1
      interface.pointee.counters.transmittedBytes &+= UInt64(truncatingIfNeeded: frame.length)
      return
    }
    guard pointee.transmitFaults == nil else { return sendWithFaults(interface, frame.bytes, length: frame.length) }
    send(interface, length: frame.length)
  }

  /// Multicast of a domain with loopback, to the interfaces of the same port that ask for it. The adapter looks at UDP
  /// alone.
  private func loop(_ frame: WireFrame, of interface: UnsafeMutablePointer<InterfaceState>) {
    var classified = ClassifiedFrame(frame, errors: 0, layout: &pointee.layout)
    guard classified.key.isMulticast, pointee.layout.l4Class == .udp else { return }
    classified.key.stack = interface.pointee.stack
    classified.key.setVirtualPort(interface.pointee.virtualPort)
    let reach = deliverMatches(frame, classified.key, flags: classified.eventFlags)
    pointee.counters.looped &+= UInt64(truncatingIfNeeded: reach.count)
  }

  /// The adapter's switch between virtual ports. True for a frame that another one has taken alone.
  private func exchange(_ frame: WireFrame, from interface: UnsafeMutablePointer<InterfaceState>) -> Bool {
    let classified = ClassifiedFrame(frame, errors: 0, layout: &pointee.layout)
    let reach = deliverThroughPorts(frame, classified, errors: 0, sender: Int(interface.pointee.virtualPort))
    pointee.counters.switched &+= UInt64(truncatingIfNeeded: reach.count)
    return reach.count > 0 && !classified.key.isMulticast
  }

  /// The frame with a tag in front of its EtherType, in room of the wire's. Nil for one that is lost, and counted.
  private func withTag(
    _ frame: WireFrame, _ tag: UInt16, _ interface: UnsafeMutablePointer<InterfaceState>
  ) -> WireFrame? {
    let length = frame.length + 4
    guard length <= pointee.maximumFrame else {
      refuse(interface, length: length)
      return nil
    }
    let copy = pointee.steering.pointee.room
    memcpy(copy, frame.bytes, frame.length)
    guard let room = pointee.wire.transmitReserve(pointee.wire.context, length) else {
      countLost(interface, TransmitOutcome.congested.rawValue)
      return nil
    }
    memcpy(room, copy, 12)
    room.storeBytes(of: UInt16(0x8100).bigEndian, toByteOffset: 12, as: UInt16.self)
    room.storeBytes(of: tag.bigEndian, toByteOffset: 14, as: UInt16.self)
    memcpy(room + 16, copy + 12, frame.length - 12)
    return WireFrame(bytes: room, length: length, timestamp: frame.timestamp)
  }
}
