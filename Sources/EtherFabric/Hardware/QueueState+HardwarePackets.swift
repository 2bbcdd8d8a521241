import CEtherFabric
import EtherFabricFormats

/// Packets by reference, prefixes, packed stream and the event timer, over libciul.
extension UnsafeMutablePointer where Pointee == QueueState {
  /// `ef_vi_receive_get_precise_timestamp`.
  func timestamp(
    _ interface: UnsafeMutablePointer<ef_vi>, _ packet: UnsafeRawPointer
  ) throws(TimestampError) -> Timestamp {
    guard interface.has(.receiveTimestamps) else { throw .noTimestamp }
    var time = ef_precisetime()
    let result = ciul_ef_vi_receive_get_precise_timestamp(interface, packet, &time)
    guard result >= 0 else { throw TimestampError(result) }
    return Timestamp(
      seconds: UInt64(bitPattern: time.tv_sec), nanoseconds: time.tv_nsec, fraction: time.tv_nsec_frac,
      sync: ClockFlags(rawValue: UInt8(truncatingIfNeeded: time.tv_flags) & 3))
  }

  /// The time of a frame of an endpoint's, nil where there is none.
  func stamp(_ interface: UnsafeMutablePointer<ef_vi>, _ packet: UnsafeRawPointer) -> Timestamp? {
    try? timestamp(interface, packet)
  }

  /// `ef_vi_receive_get_filter_id`, which of the event looks at its type alone.
  func filterID(
    _ interface: UnsafeMutablePointer<ef_vi>, _ event: Event, _ packet: UnsafeRawPointer?
  ) throws(QueueError) -> UInt16 {
    switch event {
    case .receiveReference(let reference), .receiveReferenceDiscard(let reference):
      return reference.filterID
    case .receive, .receiveDiscard, .receiveMulti, .receiveMultiDiscard: break
    default: throw QueueError(.wrongEvent)
    }
    guard interface.isEF10, interface.has(.receiveFilterID), let packet else { throw QueueError(.wrongEvent) }
    var told = ef_event()
    told.generic.type = UInt32(EF_EVENT_TYPE_RX)
    let result = ciul_ef_vi_receive_get_filter_id(interface, &told, packet)
    guard result >= 0 else { throw QueueError(result, invalid: .wrongEvent) }
    return UInt16(truncatingIfNeeded: result)
  }

  /// `ef_vi_receive_query_layout`. Fields that this library has no name for are left out.
  func prefixFields(_ interface: UnsafeMutablePointer<ef_vi>) throws(EtherFabricError) -> [PrefixField] {
    var table: UnsafePointer<ef_vi_layout_entry>?
    var count: Int32 = 0
    let result = interface.isEF10 ? ciul_ef_vi_receive_query_layout(interface, &table, &count) : -22
    guard result >= 0, let table else {
      throw EtherFabricError(
        "VirtualInterface.receiveLayout", errno: result < 0 ? -result : 22,
        reason: "frames of this adapter have no prefix",
        remedy: "Use timestamp(ofPacket:) and filterID(of:), and the length in the event.")
    }
    return (0..<Int(count)).compactMap { index in
      PrefixField.Kind(rawValue: Int(table[index].evle_type.rawValue)).map {
        PrefixField(kind: $0, offset: Int(table[index].evle_offset))
      }
    }
  }

  /// `ef_receive_poll`.
  func receivePoll(
    _ interface: UnsafeMutablePointer<ef_vi>, into events: UnsafeMutableBufferPointer<Event>
  ) throws(QueueError) -> Int {
    guard !interface.isEF10, let state = pointee.hardwareState else { throw QueueError(.unsupported) }
    guard let base = events.baseAddress, events.count > 0 else { return 0 }
    let count = ciul_ef_receive_poll(
      interface, state.pointee.events, Int32(min(events.count, HardwareState.eventRoom)))
    guard count >= 0 else { throw QueueError(count, invalid: .noQueue) }
    return convert(state, Int(count), base)
  }

  /// `efct_vi_rx_future_peek`.
  func peekFuture(_ interface: UnsafeMutablePointer<ef_vi>) -> UnsafeRawPointer? {
    guard !interface.isEF10, let state = pointee.hardwareState else { return nil }
    let bytes = ciul_efct_vi_rx_future_peek(interface)
    state.pointee.hasFuture = bytes != nil
    return bytes
  }

  /// `efct_vi_rx_future_poll`, which takes the queue of the last peek for one that it found.
  func pollFuture(
    _ interface: UnsafeMutablePointer<ef_vi>, into events: UnsafeMutableBufferPointer<Event>
  ) -> Int {
    guard let state = pointee.hardwareState, state.pointee.hasFuture, let base = events.baseAddress, events.count > 0
    else { return 0 }
    let count = ciul_efct_vi_rx_future_poll(
      interface, state.pointee.events, Int32(min(events.count, HardwareState.eventRoom)))
    return convert(state, max(0, Int(count)), base)
  }

  /// Sets the event timer: libciul divides by a quantum that no driver tells.
  func setEventTimer(
    _ interface: UnsafeMutablePointer<ef_vi>, _ time: Duration,
    _ call: (UnsafeMutablePointer<ef_vi>, UInt32) -> Void
  ) {
    guard interface.isEF10, interface.pointee.timer_quantum_ns > 0, interface.has(.eventTimer) else { return }
    let (seconds, attoseconds) = time.components
    let most: Int64 = 1_000_000
    let microseconds =
      seconds >= most ? most : seconds * 1_000_000 + (attoseconds + 999_999_999_999) / 1_000_000_000_000
    call(interface, UInt32(clamping: max(1, microseconds)))
  }

  /// `ef_vi_packed_stream_get_params`.
  func packedStreamParameters(
    _ interface: UnsafeMutablePointer<ef_vi>
  ) throws(EtherFabricError) -> PackedStreamParameters {
    var parameters = ef_packed_stream_params()
    let result = ciul_ef_vi_packed_stream_get_params(interface, &parameters)
    guard result >= 0 else {
      throw EtherFabricError(
        "VirtualInterface.packedStreamParameters", errno: -result, reason: "the interface is not in packed stream",
        remedy: "Allocate it with InterfaceFlags.receivePackedStream.")
    }
    return PackedStreamParameters(
      bufferSize: Int(parameters.psp_buffer_size), bufferAlignment: Int(parameters.psp_buffer_align),
      startOffset: Int(parameters.psp_start_offset), maximumUsableBuffers: Int(parameters.psp_max_usable_buffers))
  }

  /// `ef_vi_packed_stream_unbundle`.
  func annotate(
    _ interface: UnsafeMutablePointer<ef_vi>, _ event: Event.PackedStream, at position: inout PackedStreamPosition
  ) -> AnnotatedPackets {
    let start = position.offset
    var found = AnnotatedPackets(
      start: UnsafeRawPointer(position.buffer + start), end: UnsafeRawPointer(position.buffer + position.size))
    guard interface.pointee.vi_is_packed_stream != 0, start < position.size else { return found }
    var told = ef_event()
    told.rx_packed_stream.type = UInt32(EF_EVENT_TYPE_RX_PACKED_STREAM)
    told.rx_packed_stream.n_pkts = UInt32(event.packets)
    told.rx_packed_stream.flags = event.nextBuffer ? UInt32(EF_EVENT_FLAG_PS_NEXT_BUFFER) : 0
    told.rx_packed_stream.ps_flags = UInt32(event.errors.rawValue)
    var next: UnsafeMutablePointer<ef_packed_stream_packet>? = (position.buffer + start)
      .assumingMemoryBound(to: ef_packed_stream_packet.self)
    var packets: Int32 = 0
    var bytes: Int32 = 0
    let result = ciul_ef_vi_packed_stream_unbundle(interface, &told, &next, &packets, &bytes)
    // Packets are good whatever the clock says.
    found.timestampError = result < 0 ? TimestampError(result) : nil
    found.count = Int(packets)
    found.byteCount = Int(bytes)
    if let next { position.offset = min(position.size, UnsafeMutableRawPointer(next) - position.buffer) }
    return found
  }
}
