import EtherFabricFormats

extension Endpoint {
  /// Sends the packet in a buffer. The buffer comes back with `.sent`, or returns to the pool.
  /// - Parameter push: false to ring the doorbell later, with `push()`: several packets, one doorbell.
  /// - Throws: `EAGAIN` where the ring is full, `EINVAL` for a buffer of another pool. The buffer returns to its
  ///   pool; `tryTransmit` hands it back.
  public mutating func transmit(_ buffer: consuming PacketBuffer, push: Bool = true) throws(QueueError) {
    guard buffer.core == core else { throw QueueError(.foreignBuffer) }
    let needed = 1 + (Int(buffer.offset) % 4096 + buffer.count) / 4096
    guard interface.transmitSpace >= needed else {
      core.pointee.buffersRefused &+= 1
      throw interface.transmitCapacity == 0
        ? QueueError(.noQueue)
        : QueueError(.ringFull, value: UInt64(needed), limit: UInt64(interface.transmitSpace))
    }
    let parts = buffer.surrender()
    // Kept for the buffer that comes back.
    core.pointee.lengths[Int(parts.index)] = parts.length
    do throws(QueueError) {
      try interface.transmitInit(
        addresses[Int(parts.index)].advanced(by: Int(parts.offset)), length: Int(parts.length),
        id: RequestID(parts.index))
    } catch {
      core.put(parts.index)
      throw error
    }
    if push { interface.transmitPush() }
  }

  /// Sends the packet in a buffer, or hands the buffer back where the ring is full.
  /// - Returns: nil when it is on its way.
  public mutating func tryTransmit(_ buffer: consuming PacketBuffer, push: Bool = true) -> PacketBuffer? {
    guard buffer.core == core, interface.transmitSpace >= 1 + (Int(buffer.offset) % 4096 + buffer.count) / 4096 else {
      return buffer
    }
    do throws(QueueError) { try transmit(buffer, push: push) } catch { return nil }
    return nil
  }

  /// Rings the doorbell for packets that were sent without `push`.
  public mutating func push() { interface.transmitPush() }

  /// Takes a free buffer of the pool; nil when all are in use.
  public func allocate() -> PacketBuffer? { pool.allocate() }
}
