import EtherFabricFormats

/// The host's side of a packed-stream receive queue, in its `QueueState`.
@frozen
@usableFromInline
struct PackedStreamState {
  /// Bytes of a buffer, and its alignment; 0 where the queue is not in packed stream.
  var bufferSize = 0
  /// The packet pointer of the last event; a new queue starts one before its first packet.
  var pointer: UInt32 = 0xf
  /// Credits that the adapter has, as far as events have told.
  var credits = PackedStreamLayout.initialCredits
  /// The most that it may have, so that the event queue holds what can come of them.
  var maximumCredits = 0

  init(_ flags: InterfaceFlags) {
    guard flags.contains(.receivePackedStream) else { return }
    bufferSize =
      flags.contains(.packedStream64K) ? PackedStreamLayout.smallBufferSize : PackedStreamLayout.bufferSize
  }

  @inline(__always)
  var isOn: Bool { bufferSize != 0 }
}

extension UnsafeMutablePointer where Pointee == QueueState {
  /// Grants the credits of a new queue.
  func startPackedStream(hasTransmitTimes: Bool) {
    pointee.packedStream.maximumCredits = PackedStreamLayout.maximumCredits(
      eventCapacity: Int(pointee.eventMask) - Int(pointee.clearStride), transmitCapacity: Int(pointee.transmitMask),
      hasTransmitTimes: hasTransmitTimes)
    grantCredits()
  }

  /// The queue begins anew, and so do its credits.
  func restartPackedStream() {
    pointee.packedStream.pointer = 0xf
    pointee.packedStream.credits = PackedStreamLayout.initialCredits
    grantCredits()
  }

  /// `ef_vi_packed_stream_update_credit`. Gives back what the adapter has used.
  func grantCredits() {
    let missing = pointee.packedStream.maximumCredits &- pointee.packedStream.credits
    guard missing > 0 else { return }
    pointee.packedStream.credits &+= missing
    command(DoorbellPage.receiveDoorbell, UInt64(PackedStreamCredit.word(missing)))
  }

  /// A receive event of packed stream. Nil where it tells of nothing, or of a buffer that was never posted.
  func packedStreamEvent(_ word: ReceiveEventWord) -> Event? {
    let packets = (word.pointer &- pointee.packedStream.pointer) & 0xf
    let rotates = word.word & ReceiveEventWord.Bit.rotate != 0
    guard packets > 0 || rotates else { return nil }
    if rotates {
      guard pointee.receiveRemoved != pointee.receiveAdded else { return nil }
      _ = takeReceiveID()
      pointee.packedStream.credits &-= 1
    }
    pointee.packedStream.pointer = word.pointer
    let errors = PackedStreamLayout.Packet.flags(errors: word.word & pointee.discardBits)
    return .receivePackedStream(
      Event.PackedStream(
        packets: UInt16(truncatingIfNeeded: packets), queue: pointee.label, nextBuffer: rotates,
        errors: PackedStreamFlags(rawValue: errors)))
  }

  /// `ef_vi_receive_init` where the address is none of a plain buffer: in packed stream, or none that fits.
  @usableFromInline
  func receiveInitPacked(_ address: DMAAddress) throws(QueueError) {
    guard address.rawValue <= TransmitDescriptor.maximumAddress else {
      throw QueueError(.addressOutOfRange, value: address.rawValue)
    }
    let size = pointee.packedStream.bufferSize
    guard let start = PackedStreamLayout.descriptorAddress(of: address.rawValue, bufferSize: size) else {
      throw QueueError(.unalignedBuffer, value: address.rawValue, limit: UInt64(size))
    }
    let slot = Int(pointee.receiveAdded & pointee.receiveMask)
    pointee.receiveDescriptors[slot] =
      ReceiveDescriptor(address: start, length: Int(pointee.receiveBufferLength)).word
    // As in the library, where the id of a packed-stream buffer is none of the caller's.
    pointee.receiveIDs[slot] = 0
    pointee.receiveAdded &+= 1
  }
}
