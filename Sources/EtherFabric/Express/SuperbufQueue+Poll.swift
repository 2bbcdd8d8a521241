import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == SuperbufQueue {
  /// Takes the frames that have arrived, at most to the end of the superbuf.
  @inline(__always)
  func poll(
    into output: UnsafeMutablePointer<Event>, capacity: Int, discards: UInt32
  ) -> Int {
    if pointee.metadataSlot >= SuperbufLayout.slots, !rollOver() { return 0 }
    let metadataSuperbuf = pointee.metadataSuperbuf
    let metadataOffset = pointee.metadataOffset
    let first = metadataSuperbuf &* SuperbufLayout.slots &+ pointee.metadataSlot
    let end = first &+ min(capacity, SuperbufLayout.slots &- pointee.metadataSlot)
    let expected = pointee.sentinel | FrameMetadata.frameLocation
    let lengths = pointee.core.pointee.lengths
    let packetBase = pointee.packetBase
    let number = pointee.number
    let begun = pointee.next
    var frame = begun
    var metadata = first
    var address = address(of: first)
    var stored = 0
    while metadata < end {
      let word = self.metadata(address)
      var errors: UInt32 = 0
      if (word ^ expected) & (FrameMetadata.sentinelBit | 3 << 14) != 0
        || word & 0x3fff > UInt64(SuperbufLayout.slotSize - SuperbufLayout.dataOffset)
        || word & FrameMetadata.inspectedBits != 0
      {
        if (word ^ expected) & FrameMetadata.sentinelBit != 0 { break }
        guard let found = inspect(word, discards) else {
          if word & FrameMetadata.rolloverBit != 0 {
            pointee.next = frame
            pointee.metadataSlot = metadata &- metadataSuperbuf &* SuperbufLayout.slots
            if metadata != first { keepLast(begun, first) }
            leaveEarly()
            return stored
          }
          pass(frame)
          metadata &+= 1
          address += SuperbufLayout.slotSize
          frame = metadata &- metadataOffset
          continue
        }
        errors = found
      }
      lengths[frame] = UInt32(truncatingIfNeeded: word & 0x3fff) &+ UInt32(SuperbufLayout.dataOffset)
      let packet =
        packetBase | UInt32(truncatingIfNeeded: frame >> 9) << 16 | UInt32(truncatingIfNeeded: frame & 0x1ff)
      let reference = Event.ReceiveReference(
        packet: packet, bytes: UInt16(truncatingIfNeeded: word & 0x3fff),
        filterID: UInt16(truncatingIfNeeded: word >> 46), queue: number)
      output[stored] = .receiveReference(reference)
      if errors != 0 { output[stored] = Self.discard(reference, errors) }
      stored &+= 1
      metadata &+= 1
      address += SuperbufLayout.slotSize
      frame = metadata &- metadataOffset
    }
    guard metadata != first else { return 0 }
    keepLast(begun, first)
    pointee.next = frame
    pointee.metadataSlot = metadata &- metadataSuperbuf &* SuperbufLayout.slots
    return stored
  }

  @inline(never)
  private static func discard(_ reference: Event.ReceiveReference, _ errors: UInt32) -> Event {
    .receiveReferenceDiscard(
      Event.ReceiveReference(
        packet: reference.packet, bytes: reference.bytes, filterID: reference.filterID, queue: reference.queue,
        errors: DiscardMask(rawValue: errors)))
  }

  /// Keeps the metadata of a superbuf's last frame, which stand in a superbuf that may be filled again while the frame
  /// is out.
  @inline(__always)
  private func keepLast(_ frame: Int, _ metadata: Int) {
    guard superbufNumber(of: frame) != pointee.metadataSuperbuf else { return }
    let address = address(of: metadata)
    pointee.superbufs[superbufNumber(of: frame)].last = FrameMetadata(
      first: self.metadata(address), second: address.load(fromByteOffset: 8, as: UInt64.self))
  }

  /// The errors that make a frame a discard; nil where the metadata are not those of a frame.
  @inline(never)
  private func inspect(_ word: UInt64, _ discards: UInt32) -> UInt32? {
    let metadata = FrameMetadata(first: word, second: 0)
    guard !metadata.rollover, metadata.location == 1,
      metadata.length <= SuperbufLayout.slotSize - SuperbufLayout.dataOffset
    else { return nil }
    return metadata.discardBits & discards
  }

  /// Passes a slot whose metadata no adapter writes.
  @inline(never)
  private func pass(_ frame: Int) {
    pointee.state?.pointee.counts.unknown &+= 1
    if pointee.shared == nil { poison(address(of: frame)) }
    drop(1, of: superbufNumber(of: frame))
  }
}
