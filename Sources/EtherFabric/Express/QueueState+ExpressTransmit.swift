import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == QueueState {
  /// A packet for which the descriptor ring has no room: the ring is full, or there is none. EFCT and EF10CT send here.
  @usableFromInline
  func transmitWithoutRing(_ address: DMAAddress, length: Int, id: RequestID) throws(QueueError) {
    guard let express = pointee.express else {
      throw pointee.transmitMask == 0 ? QueueError(.noQueue) : QueueError(.ringFull, value: 1, limit: 0)
    }
    guard let source = express.pointee.memory.translate(address.rawValue, length: length) else {
      throw QueueError(.addressOutOfRange, value: address.rawValue)
    }
    try takeRoom(express, length: length)
    let header = header(express, length: length, threshold: StreamHeader.storeAndForward)
    if !StreamWriter.write(express, header: header, source, length) {
      var writer = StreamWriter(express, header: header)
      writer.add(source, length)
      writer.finish()
    }
    account(express, length: length, id: id.rawValue)
  }

  /// The same for a packet in fragments.
  func transmitVectorWithoutRing(
    _ fragments: UnsafeBufferPointer<DMAFragment>, id: RequestID
  ) throws(QueueError) {
    guard let express = pointee.express else { throw QueueError(.noQueue) }
    guard !fragments.isEmpty else { throw QueueError(.badVector, value: 0, limit: UInt64(express.pointee.fifoBytes)) }
    var length = 0
    for fragment in fragments {
      guard (0...TransmitDescriptor.maximumLength).contains(fragment.length) else {
        throw QueueError(
          .lengthOutOfRange, value: UInt64(bitPattern: Int64(fragment.length)),
          limit: UInt64(TransmitDescriptor.maximumLength))
      }
      guard express.pointee.memory.translate(fragment.address.rawValue, length: fragment.length) != nil else {
        throw QueueError(.addressOutOfRange, value: fragment.address.rawValue)
      }
      length += fragment.length
    }
    try takeRoom(express, length: length)
    var writer = StreamWriter(express, header: header(express, length: length, threshold: StreamHeader.storeAndForward))
    for fragment in fragments {
      // Translated before; no other thread changes what this interface sends from.
      guard let source = express.pointee.memory.translate(fragment.address.rawValue, length: fragment.length) else {
        continue
      }
      writer.add(source, fragment.length)
    }
    writer.finish()
    account(express, length: length, id: id.rawValue)
  }

  /// Takes room for one send: bytes of the FIFO, a slot of the event queue, a place for the id.
  @inline(__always)
  func takeRoom(_ express: UnsafeMutablePointer<ExpressState>, length: Int) throws(QueueError) {
    guard express.pointee.transmitMask != 0 else { throw QueueError(.noQueue) }
    let limit = express.pointee.longestFrame
    guard length <= limit else {
      throw QueueError(
        .lengthOutOfRange, value: UInt64(truncatingIfNeeded: length), limit: UInt64(truncatingIfNeeded: limit))
    }
    let events = express.events
    guard !express.pointee.hasStopped, express.pointee.fifoBytes &- express.streamFill >= length,
      events.pointee.unusedEventSlots > 0,
      pointee.transmitAdded &- pointee.transmitRemoved < express.pointee.transmitMask
    else {
      throw QueueError(.ringFull, value: UInt64(truncatingIfNeeded: length), limit: UInt64(express.streamSpace))
    }
    events.pointee.unusedEventSlots &-= 1
  }

  @inline(__always)
  func header(_ express: UnsafeMutablePointer<ExpressState>, length: Int, threshold: UInt8) -> UInt64 {
    express.pointee.header | UInt64(truncatingIfNeeded: length) | UInt64(threshold) << 14
  }

  /// Counts a send that is in the aperture, and tells the adapter how far the stream goes.
  @inline(__always)
  func account(_ express: UnsafeMutablePointer<ExpressState>, length: Int, id: UInt32) {
    let footprint = StreamWriter.footprint(length)
    let added = pointee.transmitAdded
    let slot = Int(added & express.pointee.transmitMask)
    express.pointee.footprints[slot] = UInt16(truncatingIfNeeded: footprint)
    pointee.transmitIDs[slot] = id
    pointee.transmitAdded = added &+ 1
    // Sent is sent: there is nothing to push, nor to undo.
    pointee.transmitPrevious = added &+ 1
    express.pointee.streamAdded &+= UInt32(truncatingIfNeeded: footprint)
    command(DoorbellPage.ctpioAperture, UInt64(express.pointee.streamAdded))
  }
}
