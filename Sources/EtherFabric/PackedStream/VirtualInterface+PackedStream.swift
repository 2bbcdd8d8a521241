import EtherFabricFormats

#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif

extension VirtualInterface {
  /// `ef_vi_packed_stream_get_params`.
  /// - Throws: `EINVAL` without `InterfaceFlags.receivePackedStream`.
  public func packedStreamParameters() throws(EtherFabricError) -> PackedStreamParameters {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return try state.packedStreamParameters(interface) }
    #endif
    let packed = state.pointee.packedStream
    guard packed.isOn else {
      throw EtherFabricError(
        "VirtualInterface.packedStreamParameters", errno: 22, reason: "the interface is not in packed stream",
        remedy: "Allocate it with InterfaceFlags.receivePackedStream.")
    }
    return PackedStreamParameters(
      bufferSize: packed.bufferSize, bufferAlignment: packed.bufferSize,
      startOffset: PackedStreamLayout.startOffset,
      maximumUsableBuffers: PackedStreamLayout.usableBuffers(
        credits: packed.maximumCredits, bufferSize: packed.bufferSize))
  }

  /// `ef_vi_packed_stream_unbundle`. Writes a header in front of each packet of an event, and gives the adapter back the
  /// credits that they used. Each event once, in the order in which they came.
  /// - Parameter position: where the packets are; moves behind them. For an event with `nextBuffer` the start of the next
  ///   buffer, in the order in which they were posted.
  /// - Returns: the packets. Packets whose prefixes lead out of the buffer are left out.
  @_lifetime(&position)
  public mutating func unbundle(
    _ event: Event.PackedStream, at position: inout PackedStreamPosition
  ) -> PackedStreamBatch {
    _overrideLifetime(PackedStreamBatch(annotate(event, at: &position)), mutating: &position)
  }

  /// The same, before a lifetime is given to it.
  mutating func annotate(_ event: Event.PackedStream, at position: inout PackedStreamPosition) -> AnnotatedPackets {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return state.annotate(interface, event, at: &position) }
    #endif
    typealias Layout = PackedStreamLayout
    let start = position.offset
    var end = start
    var found = AnnotatedPackets(
      start: UnsafeRawPointer(position.buffer + start), end: UnsafeRawPointer(position.buffer + position.size))
    while found.count < Int(event.packets) {
      guard let captured = annotate(at: position, errors: event.errors, &found.timestampError) else {
        // What is not there cannot be walked over: nothing more is found in this buffer.
        state.pointee.counts.unknown &+= 1
        position.offset = position.size
        break
      }
      position.offset &+= Layout.stride(captured: captured)
      end = position.offset
      found.byteCount &+= captured
      found.count &+= 1
    }
    let used = Layout.creditsCrossed(
      from: UInt(bitPattern: start + Layout.Packet.size), to: UInt(bitPattern: end + Layout.Packet.size))
    state.pointee.packedStream.credits &-= used
    state.grantCredits()
    return found
  }

  /// Makes the header of one packet of its prefix. Nil where it is not inside the buffer.
  @inline(__always)
  private mutating func annotate(
    at position: PackedStreamPosition, errors: PackedStreamFlags, _ error: inout TimestampError?
  ) -> Int? {
    typealias Layout = PackedStreamLayout
    let room = position.size - position.offset - Layout.payloadOffset
    guard room >= 0 else { return nil }
    let header = position.buffer + position.offset
    let bytes = header + Layout.Packet.size
    let prefix = Layout.Prefix(loading: bytes)
    let captured = Int(prefix.captured)
    guard captured <= room, Layout.stride(captured: captured) <= Int(UInt16.max) else { return nil }
    var marks = errors.rawValue
    var seconds: UInt32 = 0
    var nanoseconds: UInt32 = 0
    do throws(TimestampError) {
      guard flags.contains(.receiveTimestamps) else { throw .noTimestamp }
      let time = try timestamp(ofStamp: prefix.timestamp)
      marks |= time.sync.rawValue
      seconds = UInt32(truncatingIfNeeded: time.seconds)
      nanoseconds = time.nanoseconds
      error = nil
    } catch let failure {
      error = failure
    }
    Layout.Packet(prefix, flags: marks, seconds: seconds, nanoseconds: nanoseconds).store(to: header)
    bytes.storeBytes(of: 0, as: UInt32.self)
    return captured
  }
}

/// The packets of one event as they are in their buffer.
struct AnnotatedPackets {
  let start: UnsafeRawPointer
  let end: UnsafeRawPointer
  var count = 0
  var byteCount = 0
  var timestampError: TimestampError?
}
