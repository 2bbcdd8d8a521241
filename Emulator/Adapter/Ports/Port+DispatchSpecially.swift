import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// As `dispatch`, where there are virtual ports, a sniffer or lent buffers.
  @inline(never)
  func dispatchSpecially(_ frame: WireFrame, errors: UInt64) {
    if let inPlace = pointee.inPlace { return dispatchInPlace(frame, errors: errors, inPlace) }
    let classified = ClassifiedFrame(frame, errors: errors, layout: &pointee.layout)
    let steering = pointee.steering
    let reach =
      steering.pointee.virtualPortCount > 0
      ? deliverThroughPorts(frame, classified, errors: errors)
      : deliverMatches(frame, classified.key, flags: classified.eventFlags)
    if steering.pointee.receiveSniffer >= 0 {
      let isTaken = reach.count > 0 || reach.toKernel && pointee.matcher.isForKernel(classified.key)
      if steering.pointee.sniffsAllReceived || isTaken {
        pointee.counters.receiveSniffed &+= 1
        sniff(frame, steering.pointee.receiveSniffer, flags: classified.eventFlags)
      }
    }
    if reach.count > 0 {
      countTaken(reach.best, copies: reach.count)
    } else {
      pointee.counters.filtered &+= 1
    }
  }

  /// A copy for each interface whose filters take the frame.
  @inline(never)
  func deliverMatches(_ frame: WireFrame, _ key: FrameKey, flags: UInt64) -> FrameReach {
    let verdict = pointee.matcher.match(key, into: pointee.recipients, capacity: PortState.interfaceLimit)
    let best = deliverCopies(frame, count: verdict.count, flags: flags)
    return FrameReach(count: verdict.count, best: best, toKernel: verdict.toKernel)
  }

  /// A copy for a sniffer, an interface or a set.
  func sniff(_ frame: WireFrame, _ destination: Int, flags: UInt64) {
    if let interface = pointee.interfaces[destination] {
      _ = hand(frame, to: interface, flags: flags, filter: FilterRecipient.noFilter)
    } else {
      _ = deliverToSet(frame, destination, flags: flags, filter: FilterRecipient.noFilter)
    }
  }

  /// The filters of the virtual ports that have the frame's tag, of the port itself, and of the virtual ports without a
  /// tag. Unicast goes to the first of these that takes it, groups go to all.
  /// - Parameter sender: the virtual port that the frame comes from, where it does not come from the wire; -1 else.
  func deliverThroughPorts(
    _ frame: WireFrame, _ classified: ClassifiedFrame, errors: UInt64, sender: Int = -1
  ) -> FrameReach {
    let tags = pointee.steering.pointee.tags
    let isGroup = classified.key.isMulticast
    var reach = FrameReach()
    if pointee.layout.vlanCount > 0 {
      let outer = pointee.layout
      defer { pointee.layout = outer }
      for number in 1...SteeringState.virtualPortLimit where tags[number] == outer.outerVLAN && number != sender {
        let inner = withoutTag(frame)
        var inside = ClassifiedFrame(inner, errors: errors, layout: &pointee.layout)
        inside.key.setVirtualPort(UInt8(number))
        reach.add(deliverMatches(inner, inside.key, flags: inside.eventFlags))
        if reach.count > 0, !isGroup { return reach }
      }
    }
    if sender != 0 {
      reach.add(deliverMatches(frame, classified.key, flags: classified.eventFlags))
      if reach.count > 0, !isGroup { return reach }
    }
    for number in 1...SteeringState.virtualPortLimit where tags[number] == SteeringState.untagged && number != sender {
      var key = classified.key
      key.setVirtualPort(UInt8(number))
      reach.add(deliverMatches(frame, key, flags: classified.eventFlags))
      if reach.count > 0, !isGroup { return reach }
    }
    return reach
  }

  /// The frame without its outer tag, padded.
  private func withoutTag(_ frame: WireFrame) -> WireFrame {
    let room = pointee.steering.pointee.room
    var inner = WireFrame(bytes: room, length: frame.length - 4, timestamp: frame.timestamp)
    memcpy(room, frame.bytes, 12)
    memcpy(room + 12, frame.bytes + 16, inner.length - 12)
    if inner.length < 60 {
      memset(room + inner.length, 0, 60 - inner.length)
      inner.length = 60
    }
    return inner
  }
}
