import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == ExpressState {
  /// The queue of a packet that is out, and its number there.
  @inline(__always)
  func find(_ packet: UInt32) -> (queue: UnsafeMutablePointer<SuperbufQueue>, frame: Int)? {
    let id = PacketID(word: packet)
    guard packet >> 27 < UInt32(truncatingIfNeeded: pointee.queueCount), let frame = pointee.queues[id.queue].frame(id)
    else { return nil }
    return (pointee.queues[id.queue], frame)
  }

  /// The packet whose first byte is at an address, nil where there is none.
  func packet(at address: UnsafeRawPointer) -> UInt32? {
    for index in 0..<pointee.queueCount {
      let queue = pointee.queues[index]
      let offset = address - UnsafeRawPointer(queue.pointee.base) - SuperbufLayout.dataOffset
      guard offset >= 0, offset < queue.pointee.superbufCount * SuperbufLayout.size,
        offset % SuperbufLayout.slotSize == 0
      else { continue }
      return queue.pointee.packetBase | PacketID(offset: offset).word
    }
    return nil
  }

  /// `efct_vi_rxpkt_get_precise_timestamp`.
  func timestamp(ofPacket packet: UInt32) throws(TimestampError) -> Timestamp {
    guard let (queue, frame) = find(packet) else { throw .noTimestamp }
    return try timestamp(queue, frame)
  }

  /// The time in the metadata of a frame that is out.
  @inline(__always)
  func timestamp(
    _ queue: UnsafeMutablePointer<SuperbufQueue>, _ frame: Int
  ) throws(TimestampError) -> Timestamp {
    let offset = queue.pointee.metadataOffset
    let metadata: FrameMetadata
    if offset != 0, slotNumber(of: frame) == SuperbufLayout.slots - 1 {
      metadata = queue.pointee.superbufs[superbufNumber(of: frame)].last
    } else {
      let address = queue.address(of: frame + offset)
      metadata = FrameMetadata(
        first: address.load(as: UInt64.self), second: address.load(fromByteOffset: 8, as: UInt64.self))
    }
    let status = metadata.timestampStatus
    guard status != FrameMetadata.TimestampStatus.none else { throw .noTimestamp }
    var sync: ClockFlags = []
    if let shared = queue.pointee.shared {
      // An X3 says whether there is a time; how good it is says the last time sync.
      let word = ExpressControlEvent(word: loadAcquiring(shared + SharedReceiveQueue.timeSync))
      if word.isSet { sync.insert(.clockSet) }
      if word.inSync { sync.insert(.inSync) }
    } else {
      if status & 1 != 0 { sync.insert(.clockSet) }
      if status & 2 == 0 { sync.insert(.inSync) }
    }
    return Timestamp(
      seconds: UInt64(metadata.seconds), nanoseconds: metadata.quarters >> 2,
      fraction: UInt16(truncatingIfNeeded: metadata.quarters) << 14, sync: sync)
  }

  /// `efct_vi_rx_future_peek`. The next frame of a queue, once its first 62 bytes have arrived.
  func peekFuture() -> UnsafeRawPointer? {
    for index in 0..<pointee.queueCount {
      let queue = pointee.queues[index]
      // Where the next frame will be is not known before the superbuf.
      if queue.pointee.metadataSlot >= SuperbufLayout.slots,
        queue.pointee.metadataOffset == 0 || queue.pointee.startsAnew, !queue.rollOver()
      {
        continue
      }
      let slot = queue.address(of: queue.pointee.next)
      if loadAcquiring(slot + SuperbufLayout.futureOffset) != SuperbufLayout.futurePoison {
        pointee.futureQueue = index
        return UnsafeRawPointer(slot + SuperbufLayout.dataOffset)
      }
    }
    pointee.futureQueue = -1
    return nil
  }
}

extension UnsafeMutablePointer where Pointee == QueueState {
  /// `efct_vi_rx_future_peek`, with the adapter at work before.
  func peekFutureExpress(_ express: UnsafeMutablePointer<ExpressState>) -> UnsafeRawPointer? {
    if let bytes = express.peekFuture() { return bytes }
    guard let service = pointee.service else { return nil }
    service(pointee.context, InterfaceGrant.Reason.poll)
    return express.peekFuture()
  }

  /// `efct_vi_rx_future_poll`.
  func pollFutureExpress(
    _ express: UnsafeMutablePointer<ExpressState>, into output: UnsafeMutablePointer<Event>, capacity: Int
  ) -> Int {
    guard express.pointee.futureQueue >= 0 else { return 0 }
    return express.pointee.queues[express.pointee.futureQueue].poll(
      into: output, capacity: capacity, discards: express.pointee.discards)
  }
}
