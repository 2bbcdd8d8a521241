import EtherFabricFormats

/// Calls for arguments that nobody has looked at.
extension VirtualInterface {
  /// `ef_eventq_poll` with room for one event at least, in memory of events of either kind.
  @inlinable @inline(__always)
  package mutating func poll(into room: UnsafeMutableRawPointer, capacity: Int) -> Int {
    state.poll(into: room.assumingMemoryBound(to: Event.self), capacity: capacity)
  }

  /// `ef_vi_transmit_unbundle` of an event that has only the low 16 bits of the descriptor. Room for 64 ids.
  @inlinable @inline(__always)
  package mutating func unbundle(descriptor: UInt16, into ids: UnsafeMutablePointer<UInt32>) -> Int {
    let removed = state.pointee.transmitRemoved
    let event = Event.Transmit(
      descriptor: removed &+ UInt32(descriptor &- UInt16(truncatingIfNeeded: removed)), queue: 0)
    return ids.withMemoryRebound(to: RequestID.self, capacity: 64) { state.unbundle(event, into: $0, capacity: 64) }
  }

  /// `ef_vi_receive_unbundle`. Room for 15 ids.
  package mutating func unbundle(merged count: UInt16, into ids: UnsafeMutablePointer<UInt32>) -> Int {
    let event = Event.ReceiveMulti(descriptors: min(count, 15), flags: [], queue: 0, reason: .other)
    return ids.withMemoryRebound(to: RequestID.self, capacity: 15) { state.unbundle(event, into: $0) }
  }

  /// `ef_vi_packed_stream_unbundle` at an offset of a buffer.
  package mutating func unbundle(
    packets: UInt16, errors: PackedStreamFlags, in buffer: UnsafeMutableRawPointer, size: Int, offset: Int
  ) -> (count: Int, byteCount: Int, offset: Int, timestampError: TimestampError?) {
    var position = PackedStreamPosition(in: buffer, size: size, offset: offset)
    let event = Event.PackedStream(packets: packets, queue: 0, nextBuffer: false, errors: errors)
    let found = annotate(event, at: &position)
    return (found.count, found.byteCount, position.offset, found.timestampError)
  }

  /// `efct_vi_rxpkt_get`. Nil for a packet that is not out.
  package func packetIfOut(_ id: UInt32) -> UnsafeRawPointer? {
    guard let express = state.pointee.express, let (queue, frame) = express.find(id) else { return nil }
    return UnsafeRawPointer(queue.address(of: frame) + SuperbufLayout.dataOffset)
  }

  /// `ef_vi_prime`, for the event after a place of the queue that the caller names.
  package mutating func prime(after index: UInt32) {
    state.ring(DoorbellPage.eventQueueReadPointer, index & state.pointee.eventMask)
    guard let service = state.pointee.service else { return }
    service(state.pointee.context, InterfaceGrant.Reason.prime | InterfaceGrant.Reason.receiveDoorbell)
  }
}

extension UnsafeMutablePointer where Pointee == QueueState {
  func ring(_ register: Int, _ value: UInt32) { pointee.ring(register, value) }
}
