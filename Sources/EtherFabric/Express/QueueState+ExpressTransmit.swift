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
    var writer = StreamWriter(express, header: header(express, length: length, threshold: StreamHeader.storeAndForward))
    writer.add(source, length)
    finish(express, &writer, length: length, id: id.rawValue)
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
    finish(express, &writer, length: length, id: id.rawValue)
  }

  /// Takes room for one send: bytes of the FIFO, a slot of the event queue, a place for the id.
  @inline(__always)
  func takeRoom(_ express: UnsafeMutablePointer<ExpressState>, length: Int) throws(QueueError) {
    guard express.pointee.transmitMask != 0 else { throw QueueError(.noQueue) }
    // A longer frame would overwrite its own beginning in the aperture, or the other fields of its header.
    let limit = min(
      express.pointee.parameters.transmitApertureBytes &- StreamHeader.size, TransmitDescriptor.maximumLength)
    guard length <= limit else { throw QueueError(.lengthOutOfRange, value: UInt64(length), limit: UInt64(limit)) }
    let events = express.events
    guard !express.pointee.hasStopped, express.pointee.fifoBytes &- express.streamFill >= length,
      events.pointee.unusedEventSlots > 0,
      pointee.transmitAdded &- pointee.transmitRemoved < express.pointee.transmitMask
    else { throw QueueError(.ringFull, value: UInt64(length), limit: UInt64(express.streamSpace)) }
    events.pointee.unusedEventSlots &-= 1
  }

  @inline(__always)
  func header(_ express: UnsafeMutablePointer<ExpressState>, length: Int, threshold: UInt8) -> UInt64 {
    express.pointee.header | UInt64(length) | UInt64(threshold) << 14
  }

  /// Ends a send and tells the adapter how far the stream goes.
  @inline(__always)
  func finish(
    _ express: UnsafeMutablePointer<ExpressState>, _ writer: inout StreamWriter, length: Int, id: UInt32
  ) {
    writer.finish()
    let footprint = StreamHeader.footprint(of: length)
    let added = pointee.transmitAdded
    let slot = Int(added & express.pointee.transmitMask)
    express.pointee.footprints[slot] = UInt16(truncatingIfNeeded: footprint)
    pointee.transmitIDs[slot] = id
    pointee.transmitAdded = added &+ 1
    // Sent is sent: there is nothing to push, nor to undo.
    pointee.transmitPrevious = added &+ 1
    express.pointee.streamAdded &+= UInt32(footprint)
    command(DoorbellPage.ctpioAperture, UInt64(express.pointee.streamAdded))
  }
}
