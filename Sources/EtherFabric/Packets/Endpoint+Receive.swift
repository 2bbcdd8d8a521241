import EtherFabricFormats

extension Endpoint {
  /// Posts free buffers until `fillLevel` is reached or the pool is empty, and shows them to the adapter in eights.
  /// - Returns: buffers posted; none on EFCT and EF10CT, which take no buffers.
  @discardableResult
  public mutating func refill() -> Int {
    guard !interface.state.pointee.takesNoBuffers else { return 0 }
    var posted = 0
    while interface.receiveFillLevel < fillLevel {
      let index = core.take()
      guard index != .max else { break }
      do throws(QueueError) {
        try interface.receiveInit(addresses[Int(index)], id: RequestID(index))
      } catch {
        core.put(index)
        break
      }
      posted &+= 1
    }
    if posted > 0 { interface.receivePush() }
    return posted
  }

  /// Posts one buffer.
  /// - Throws: `EAGAIN` where the ring is full, `EINVAL` for a buffer of another pool, `ENOSYS` on EFCT and EF10CT. The
  ///   buffer returns to its pool.
  public mutating func post(_ buffer: consuming PacketBuffer) throws(QueueError) {
    guard buffer.core == core else { throw QueueError(.foreignBuffer) }
    do throws(QueueError) {
      try interface.receiveInit(addresses[Int(buffer.index)], id: RequestID(buffer.index))
    } catch {
      core.pointee.buffersRefused &+= 1
      throw error
    }
    _ = buffer.surrender()
    interface.receivePush()
  }

  /// The next frame; nil when none has arrived. Buffers of sent packets return to the pool, other events are counted.
  public mutating func receive() -> ReceivedFrame? {
    while let occurrence = next() {
      switch consume occurrence {
      case .received(let frame): return frame
      default: continue
      }
    }
    return nil
  }

  /// The next thing that happened; nil when nothing has.
  public mutating func next() -> Occurrence? {
    while true {
      if sentNext < sentCount {
        let id = sentIDs[sentNext].rawValue
        sentNext &+= 1
        counters.packetsSent &+= 1
        return .sent(SentPacket(buffer: sentBuffer(id), timestamp: nil))
      }
      if eventNext == eventCount {
        if interface.receiveFillLevel &+ 8 <= fillLevel { refill() }
        eventNext = 0
        eventCount = interface.state.poll(into: events, capacity: Self.eventCapacity)
        if eventCount == 0 { return nil }
      }
      let event = events[eventNext]
      eventNext &+= 1
      switch event {
      case .receive(let event):
        guard
          let frame = assemble(event.id.rawValue, bytes: event.bytes, flags: event.flags, discard: nil)
        else { continue }
        return .received(frame)
      case .receiveDiscard(let event):
        guard
          let frame = assemble(event.id.rawValue, bytes: event.bytes, flags: event.flags, discard: event.reason)
        else { continue }
        return .received(frame)
      case .receiveReference(let event):
        return .received(referenced(event, discard: nil))
      case .receiveReferenceDiscard(let event):
        counters.framesDiscarded &+= 1
        return .received(referenced(event, discard: event.errors.reason))
      case .transmit(let event):
        sentNext = 0
        sentCount = interface.state.unbundle(event, into: sentIDs, capacity: RingRules.transmitBatch)
      default:
        if let occurrence = other(event) { return occurrence }
      }
    }
  }

  /// Adds a buffer to the frame that is arriving. Returns the frame when it is whole.
  @inline(__always)
  private mutating func assemble(
    _ index: UInt32, bytes: UInt16, flags: ReceiveFlags, discard: DiscardReason?
  ) -> ReceivedFrame? {
    let prefix = UInt16(interface.state.pointee.receivePrefixLength)
    // Whole in one buffer: all but jumbos.
    if flags.contains(.startOfPacket), !flags.contains(.continues), partialFirst == .max {
      core.pointee.lengths[Int(index)] = UInt32(bytes)
      counters.framesReceived &+= 1
      if discard != nil { counters.framesDiscarded &+= 1 }
      return ReceivedFrame(
        core: core, first: index, length: UInt32(bytes &- prefix), prefix: prefix, fragments: 1,
        timestamp: stamp(index), discardReason: discard, isMulticast: flags.contains(.multicast))
    }
    return assembleFragment(index, bytes: bytes, flags: flags, discard: discard, prefix: prefix)
  }

  @inline(never)
  private mutating func assembleFragment(
    _ index: UInt32, bytes: UInt16, flags: ReceiveFlags, discard: DiscardReason?, prefix: UInt16
  ) -> ReceivedFrame? {
    if flags.contains(.startOfPacket) {
      partialFirst = index
      partialCount = 0
      core.pointee.lengths[Int(index)] = UInt32(bytes)
      partialBytes = 0
    } else {
      core.pointee.links[Int(partialLast)] = index
      core.pointee.lengths[Int(index)] = UInt32(bytes &- UInt16(truncatingIfNeeded: partialBytes))
    }
    partialBytes = UInt32(bytes)
    partialLast = index
    partialCount &+= 1
    guard !flags.contains(.continues) else { return nil }
    counters.framesReceived &+= 1
    if discard != nil { counters.framesDiscarded &+= 1 }
    return takePartial(discard: discard, isMulticast: flags.contains(.multicast))
  }

  /// The frame that has been put together so far.
  mutating func takePartial(discard: DiscardReason?, isMulticast: Bool) -> ReceivedFrame {
    let prefix = UInt16(interface.state.pointee.receivePrefixLength)
    let frame = ReceivedFrame(
      core: core, first: partialFirst, length: partialBytes &- UInt32(prefix), prefix: prefix,
      fragments: partialCount, timestamp: stamp(partialFirst), discardReason: discard, isMulticast: isMulticast)
    partialFirst = .max
    partialLast = .max
    return frame
  }

  /// A frame in a superbuf.
  @inline(__always)
  private mutating func referenced(_ event: Event.ReceiveReference, discard: DiscardReason?) -> ReceivedFrame {
    #if ETHERFABRIC_HARDWARE
      if let hardware = interface.state.pointee.hardwareState {
        return referenced(hardware, event, discard: discard)
      }
    #endif
    let express = interface.state.pointee.express.unsafelyUnwrapped
    let packet = PacketID(word: event.packet)
    let queue = express.pointee.queues[packet.queue]
    queue.pointee.framesOut &+= 1
    counters.framesReceived &+= 1
    let bytes = queue.address(of: packet.frame) + SuperbufLayout.dataOffset
    return ReceivedFrame(
      core: queue.pointee.core, first: UInt32(truncatingIfNeeded: packet.frame), length: UInt32(event.bytes),
      prefix: UInt16(SuperbufLayout.dataOffset), fragments: 0,
      timestamp: express.pointee.stampsReceives ? try? express.timestamp(queue, packet.frame) : nil,
      discardReason: discard,
      isMulticast: bytes.load(as: UInt8.self) & 1 != 0)
  }

  #if ETHERFABRIC_HARDWARE
    private mutating func referenced(
      _ hardware: UnsafeMutablePointer<HardwareState>, _ event: Event.ReceiveReference, discard: DiscardReason?
    ) -> ReceivedFrame {
      let packet = PacketID(word: event.packet)
      let frames = hardware.pointee.frames[packet.queue].unsafelyUnwrapped
      frames.pointee.framesOut &+= 1
      frames.pointee.core.pointee.copies = core
      counters.framesReceived &+= 1
      let bytes = frames.bytes(of: packet.frame)
      return ReceivedFrame(
        core: frames.pointee.core, first: UInt32(truncatingIfNeeded: packet.frame), length: UInt32(event.bytes),
        prefix: UInt16(SuperbufLayout.dataOffset), fragments: 0,
        timestamp: interface.state.stamp(hardware.pointee.interface, bytes), discardReason: discard,
        isMulticast: bytes.load(as: UInt8.self) & 1 != 0)
    }
  #endif

  @inline(__always)
  private mutating func stamp(_ index: UInt32) -> Timestamp? {
    guard interface.state.pointee.receivePrefixLength != 0 else { return nil }
    return readStamp(index)
  }

  @inline(never)
  private mutating func readStamp(_ index: UInt32) -> Timestamp? {
    try? interface.receiveTimestamp(core.pointee.base + Int(index) * core.pointee.bufferSize)
  }

  @inline(never)
  private mutating func other(_ event: Event) -> Occurrence? {
    switch event {
    case .transmitTimestamp(let event):
      counters.packetsSent &+= 1
      let stamp = Timestamp(
        seconds: UInt64(event.seconds), nanoseconds: event.nanoseconds, fraction: event.fraction, sync: event.sync)
      return .sent(SentPacket(buffer: sentBuffer(event.id.rawValue), timestamp: event.seconds == 0 ? nil : stamp))
    case .receiveTruncated:
      counters.framesTruncated &+= 1
      guard partialFirst != .max else { return nil }
      counters.framesReceived &+= 1
      return .received(takePartial(discard: .truncated, isMulticast: false))
    case .receiveMulti(let event):
      guard let frame = takeMerged(event, discard: nil) else { return nil }
      return .received(frame)
    case .receiveMultiDiscard(let event):
      guard let frame = takeMerged(event, discard: event.reason) else { return nil }
      return .received(frame)
    case .software(let data):
      counters.softwareEvents &+= 1
      return .software(data: data)
    case .overflow:
      counters.overflows &+= 1
      return .overflow
    case .reset: return .reset
    case .transmitError(_, let code): return .transmitStopped(code: code)
    case .receiveError(_, let code): return .receiveStopped(code: code)
    default: return nil
    }
  }

  private func sentBuffer(_ index: UInt32) -> PacketBuffer {
    PacketBuffer(core: core, index: index, length: core.pointee.lengths[Int(index)])
  }
}
