import EtherFabricFormats
import Synchronization

#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif

extension VirtualInterface {
  /// `ef_vi_transmit_pio`. Sends a frame that lies in the linked PIO buffer, by `copyToPIO`. The bytes must stay as they
  /// are until the completion.
  /// - Parameters:
  ///   - offset: of the frame in the buffer, a multiple of 64.
  ///   - length: bytes of the frame without FCS, at least 16.
  ///   - id: comes back with the completion.
  /// - Throws: `EAGAIN` where the ring is full; `EINVAL` for another offset or length, for bytes beyond the buffer and
  ///   without a linked buffer; `EOPNOTSUPP` on EFCT and EF10CT. Nothing is changed.
  public mutating func transmitPIO(offset: Int, length: Int, id: RequestID) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        try state.checkPIO(
          interface, offset: offset, length: length, least: Self.minimumPIOLength,
          alignment: PIODescriptor.offsetAlignment)
        let result = ciul_ef_vi_transmit_pio(
          interface, Int32(offset), Int32(length), Int32(bitPattern: id.rawValue))
        guard result >= 0 else { throw QueueError(result, invalid: .misaligned, value: offset) }
        return
      }
    #endif
    _ = try checkPIO(offset: offset, length: length)
    try postPIO(offset: offset, length: length, id: id)
  }

  /// `ef_vi_transmit_copy_pio`. Copies a frame to the linked PIO buffer and sends it from there. The frame may be
  /// anywhere in memory, and is the caller's again when this returns; the bytes of the buffer are not until the
  /// completion. The copy that `copyToPIO` keeps does not learn of these bytes.
  /// - Parameters:
  ///   - frame: at least 16 bytes, without FCS.
  ///   - offset: of the frame in the buffer, a multiple of 64.
  ///   - id: comes back with the completion.
  /// - Throws: as `transmitPIO`. Where the ring is full the buffer has been written to.
  public mutating func transmitCopyPIO(
    _ frame: UnsafeRawBufferPointer, offset: Int, id: RequestID
  ) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        try state.checkPIO(
          interface, offset: offset, length: frame.count, least: Self.minimumPIOLength,
          alignment: PIODescriptor.offsetAlignment)
        let result = ciul_ef_vi_transmit_copy_pio(
          interface, Int32(offset), frame.baseAddress, Int32(frame.count), Int32(bitPattern: id.rawValue))
        guard result >= 0 else { throw QueueError(result, invalid: .misaligned, value: offset) }
        return
      }
    #endif
    let sending = try checkPIO(offset: offset, length: frame.count)
    guard let buffer = sending.pointee.pioBuffer else { throw QueueError(.noPIOBuffer) }
    var writer = WordWriter(buffer + offset)
    writer.append(frame)
    writer.finish(alignment: PIOBuffer.wordSize)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    try postPIO(offset: offset, length: frame.count, id: id)
  }

  /// `ef_vi_transmit_pio_warm`. Runs through `transmitPIO` without sending, so that its code and data are in the caches.
  public mutating func transmitPIOWarm() {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        guard interface.isEF10, interface.pointee.linked_pio != nil else { return }
        return ciul_ef_vi_transmit_pio_warm(interface)
      }
    #endif
    guard let sending = state.pointee.sending, sending.pointee.pioBuffer != nil else { return }
    let isWarming = sending.pointee.isWarming
    if !isWarming { startTransmitWarm() }
    try? postPIO(offset: 0, length: 0, id: 0)
    if !isWarming { stopTransmitWarm() }
  }

  /// `ef_vi_transmit_copy_pio_warm`. The same for `transmitCopyPIO`. The bytes are copied to the buffer, which must not
  /// be part of a send under way. What `transmitCopyPIO` refuses does nothing.
  public mutating func transmitCopyPIOWarm(_ frame: UnsafeRawBufferPointer, offset: Int) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        do throws(QueueError) {
          try state.checkPIO(
            interface, offset: offset, length: frame.count, least: Self.minimumPIOLength,
            alignment: PIODescriptor.offsetAlignment)
        } catch { return }
        return ciul_ef_vi_transmit_copy_pio_warm(interface, Int32(offset), frame.baseAddress, Int32(frame.count))
      }
    #endif
    guard let sending = state.pointee.sending else { return }
    let isWarming = sending.pointee.isWarming
    if !isWarming { startTransmitWarm() }
    try? transmitCopyPIO(frame, offset: offset, id: 0)
    if !isWarming { stopTransmitWarm() }
  }

  /// `ef_pio_memcpy`. Copies bytes to the linked PIO buffer, for `transmitPIO`. Any offset and count: the words at both
  /// ends are filled up from a copy of the buffer in host memory, which starts as zeros.
  /// - Throws: `EINVAL` for bytes beyond the buffer and without a linked buffer, `EOPNOTSUPP` on EFCT and EF10CT.
  ///   Nothing is changed.
  public mutating func copyToPIO(_ bytes: UnsafeRawBufferPointer, offset: Int) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        try state.checkPIO(interface, offset: offset, length: bytes.count, least: 0, alignment: 1)
        guard bytes.count > 0 else { return }
        _ = ciul_ef_pio_memcpy(interface, bytes.baseAddress, Int32(offset), Int32(bytes.count))
        return
      }
    #endif
    let sending = try linkedPIO()
    guard let buffer = sending.pointee.pioBuffer, let shadow = sending.pointee.pioShadow else {
      throw QueueError(.noPIOBuffer)
    }
    try checkBounds(offset: offset, length: bytes.count, limit: sending.pointee.pioLength)
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    (shadow + offset).copyMemory(from: base, byteCount: bytes.count)
    let mask = PIOBuffer.wordSize - 1
    let first = offset & ~mask
    let end = (offset + bytes.count + mask) & ~mask
    var writer = WordWriter(buffer + first)
    writer.append(UnsafeRawBufferPointer(start: shadow + first, count: end - first))
    writer.finish(alignment: PIOBuffer.wordSize)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
  }

  /// `ef_vi_get_pio_size`. Bytes of the linked PIO buffer, 0 without one.
  public var pioSize: Int {
    #if ETHERFABRIC_HARDWARE
      if state.pointee.hardware != nil { return resource.linkedPIO?.count ?? 0 }
    #endif
    return state.pointee.sending?.pointee.pioLength ?? 0
  }

  /// `ef_pio_link_vi`. Lets the interface send from a PIO buffer. One at a time.
  /// - Throws: `EBUSY` where the interface has one, `EINVAL` for a buffer of another adapter and without a transmit ring,
  ///   `EOPNOTSUPP` on EFCT and EF10CT.
  public mutating func linkPIO(_ buffer: PIOBuffer) throws(EtherFabricError) {
    let call = "VirtualInterface.linkPIO"
    guard !state.pointee.takesNoBuffers else { throw .unsupported(call, "PIO") }
    let sending = state.pointee.sending
    guard transmitCapacity > 0 else {
      throw EtherFabricError(
        call, errno: 22, reason: "the interface has no transmit ring",
        remedy: "Allocate it with a transmit capacity above zero.")
    }
    guard resource.linkedPIO == nil else {
      throw EtherFabricError(
        call, errno: 16, reason: "the interface has a PIO buffer already", remedy: "Unlink that one first.")
    }
    guard buffer.domain.driver.backend === resource.domain.driver.backend else {
      throw EtherFabricError(
        call, errno: 22, reason: "the PIO buffer belongs to \(buffer.domain.driver.identity.device)",
        remedy: "Link one of the same adapter.")
    }
    let memory = try resource.domain.driver.backend.linkPIO(buffer.handle, interface: resourceID)
    resource.linkedPIO = buffer
    sending?.pointee.pioBuffer = memory
    sending?.pointee.pioShadow = buffer.shadow
    sending?.pointee.pioLength = buffer.count
  }

  /// `ef_pio_unlink_vi`. Takes the linked PIO buffer away. What was sent from it must have completed.
  /// - Throws: `EINVAL` without a linked buffer.
  public mutating func unlinkPIO() throws(EtherFabricError) {
    guard let buffer = resource.linkedPIO else {
      throw EtherFabricError(
        "VirtualInterface.unlinkPIO", errno: 22, reason: "the interface has no PIO buffer",
        remedy: "Link one first.")
    }
    try resource.domain.driver.backend.unlinkPIO(buffer.handle, interface: resourceID)
    state.pointee.sending?.pointee.pioBuffer = nil
    state.pointee.sending?.pointee.pioShadow = nil
    state.pointee.sending?.pointee.pioLength = 0
    resource.linkedPIO = nil
  }

  /// Writes the descriptor behind the last one, and takes it back where the ring is full: the same stores in either case.
  private mutating func postPIO(offset: Int, length: Int, id: RequestID) throws(QueueError) {
    let added = state.pointee.transmitAdded
    let slot = Int(added & state.pointee.transmitMask)
    state.pointee.transmitDescriptors[slot] = PIODescriptor(offset: offset, length: length, continues: false).word
    state.pointee.transmitIDs[slot] = id.rawValue
    guard added &- state.pointee.transmitRemoved < state.pointee.transmitMask else {
      state.pointee.transmitIDs[slot] = .max
      throw QueueError(.ringFull, value: 1, limit: 0)
    }
    state.pointee.transmitAdded = added &+ 1
    transmitPush()
  }

  private func linkedPIO() throws(QueueError) -> UnsafeMutablePointer<SendingState> {
    guard let sending = state.pointee.sending else {
      throw QueueError(state.pointee.express == nil ? .noQueue : .unsupported)
    }
    guard sending.pointee.pioBuffer != nil else { throw QueueError(.noPIOBuffer) }
    return sending
  }

  private func checkPIO(offset: Int, length: Int) throws(QueueError) -> UnsafeMutablePointer<SendingState> {
    let sending = try linkedPIO()
    guard offset & (PIODescriptor.offsetAlignment - 1) == 0 else {
      throw QueueError(
        .misaligned, value: UInt64(bitPattern: Int64(offset)), limit: UInt64(PIODescriptor.offsetAlignment))
    }
    let limit = sending.pointee.pioLength
    guard length >= Self.minimumPIOLength else {
      throw QueueError(.tooShort, value: UInt64(clamping: length), limit: UInt64(Self.minimumPIOLength))
    }
    try checkBounds(offset: offset, length: length, limit: limit)
    return sending
  }

  private func checkBounds(offset: Int, length: Int, limit: Int) throws(QueueError) {
    guard offset >= 0, offset <= limit, length <= limit - offset else {
      throw QueueError(
        .lengthOutOfRange, value: UInt64(bitPattern: Int64(length)), limit: UInt64(max(0, limit - max(0, offset))))
    }
  }

  private static var minimumPIOLength: Int { 16 }
}
