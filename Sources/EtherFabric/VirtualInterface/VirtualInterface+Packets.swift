import EtherFabricFormats

#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif

/// Frames that arrive by reference, in superbufs (EFCT, EF10CT).
extension VirtualInterface {
  /// `efct_vi_rxpkt_get`. The first byte of a packet, from its receive event until its release.
  ///
  /// The superbuf is shared with other packets, on EFCT with other programs: bytes are not to be written to.
  /// - Precondition: a packet of this interface.
  public func packet(_ id: UInt32) -> UnsafeRawPointer {
    #if ETHERFABRIC_HARDWARE
      if let hardware = state.pointee.hardwareState {
        precondition(hardware.find(id) != nil, "packet 0x\(String(id, radix: 16)) is not out on this interface")
        return ciul_efct_vi_rxpkt_get(hardware.pointee.interface, id)!
      }
    #endif
    guard let express = state.pointee.express, let (queue, frame) = express.find(id) else {
      preconditionFailure("packet 0x\(String(id, radix: 16)) is not out on this interface")
    }
    return UnsafeRawPointer(queue.address(of: frame) + SuperbufLayout.dataOffset)
  }

  /// `efct_vi_rxpkt_release`. Gives a packet back; its superbuf goes back with the last of its packets.
  /// - Throws: `EINVAL` for a packet that is not out: foreign, or released before. Nothing is changed.
  public mutating func release(packet id: UInt32) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let hardware = state.pointee.hardwareState {
        guard let (frames, frame) = hardware.find(id) else { throw QueueError(.unknownPacket, value: UInt64(id)) }
        return frames.release(frame)
      }
    #endif
    guard let express = state.pointee.express, let (queue, frame) = express.find(id) else {
      throw QueueError(.unknownPacket, value: UInt64(id))
    }
    queue.release(frame)
  }

  /// `efct_vi_rxpkt_get_timestamp` and `efct_vi_rxpkt_get_precise_timestamp`. When a packet that is out arrived.
  /// - Throws: `ENODATA` where the adapter did not stamp it.
  public func timestamp(ofPacket id: UInt32) throws(TimestampError) -> Timestamp {
    #if ETHERFABRIC_HARDWARE
      if let hardware = state.pointee.hardwareState {
        let interface = hardware.pointee.interface
        guard hardware.find(id) != nil, let packet = ciul_efct_vi_rxpkt_get(interface, id) else { throw .noTimestamp }
        return try state.timestamp(interface, packet)
      }
    #endif
    guard let express = state.pointee.express else { throw .noTimestamp }
    return try express.timestamp(ofPacket: id)
  }

  /// `ef_vi_receive_get_filter_id`. The hardware's id of the filter that picked a packet, as `queryFilter` tells it.
  /// - Parameter packet: on EF10, start of the packet's first buffer, where the prefix is.
  /// - Throws: `EINVAL` for an event of another kind, and on EF10 without `InterfaceFlags.receiveFilterID`; `ENODATA`
  ///   where no filter picked it.
  public func filterID(of event: Event, packet: UnsafeRawPointer? = nil) throws(QueueError) -> UInt16 {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return try state.filterID(interface, event, packet) }
    #endif
    guard state.pointee.express == nil else {
      switch event {
      case .receiveReference(let reference), .receiveReferenceDiscard(let reference): return reference.filterID
      default: throw QueueError(.wrongEvent)
      }
    }
    guard let packet else { throw QueueError(.wrongEvent) }
    return try state.filterIDOfPrefix(event, buffer: packet)
  }

  /// `ef_receive_poll`. Takes received packets alone, and leaves the event queue as it is.
  /// - Throws: `EOPNOTSUPP` on EF10.
  public mutating func receivePoll(into events: UnsafeMutableBufferPointer<Event>) throws(QueueError) -> Int {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return try state.receivePoll(interface, into: events) }
    #endif
    guard let express = state.pointee.express else { throw QueueError(.unsupported) }
    guard let base = events.baseAddress else { return 0 }
    return state.receivePollExpress(express, into: base, capacity: events.count)
  }

  /// The same into a batch. Returns the count, which the batch has as well.
  @discardableResult
  public mutating func receivePoll(_ batch: inout EventBatch) throws(QueueError) -> Int {
    batch.stored = 0
    batch.stored = try receivePoll(into: UnsafeMutableBufferPointer(start: batch.base, count: batch.capacity))
    return batch.stored
  }

  /// `efct_vi_rx_future_peek`. The next packet, as soon as its first 62 bytes are there (`SuperbufLayout.futureLength`):
  /// before the adapter has seen all of it, and may yet find it bad.
  /// - Returns: its first byte; nil where none has begun, and on EF10.
  public mutating func peekFuture() -> UnsafeRawPointer? {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return state.peekFuture(interface) }
    #endif
    guard let express = state.pointee.express else { return nil }
    return state.peekFutureExpress(express)
  }

  /// `efct_vi_rx_future_poll`. Polls the receive queue in which `peekFuture` saw a packet, and no other.
  /// - Returns: how many events were stored: none until the packet is whole, and on EF10.
  public mutating func pollFuture(into events: UnsafeMutableBufferPointer<Event>) -> Int {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return state.pollFuture(interface, into: events) }
    #endif
    guard let express = state.pointee.express, let base = events.baseAddress else { return 0 }
    return state.pollFutureExpress(express, into: base, capacity: events.count)
  }

  /// What receive queues the interface has been attached to, by filters. Empty on EF10. No C counterpart.
  public var receiveQueues: [ReceiveQueueInfo] {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return interface.receiveQueues }
    #endif
    guard let express = state.pointee.express else { return [] }
    return (0..<express.pointee.queueCount).map { index in
      let queue = express.pointee.queues[index].pointee
      return ReceiveQueueInfo(
        queue: Int(queue.number), superbufs: queue.superbufCount, hasHugePages: queue.hasHugePages)
    }
  }
}

/// A receive queue of superbufs.
public struct ReceiveQueueInfo: Equatable, Sendable {
  /// Hardware's number, as receive events have it.
  public var queue: Int
  /// Superbufs of 512 packets in flight.
  public var superbufs: Int
  /// Whether they were obtained on huge pages.
  public var hasHugePages: Bool
}
