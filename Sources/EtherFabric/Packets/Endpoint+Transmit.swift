import EtherFabricFormats

extension Endpoint {
  /// Sends the packet in a buffer. The buffer comes back with `.sent`, or returns to the pool.
  /// - Parameter push: false to ring the doorbell later, with `push()`: several packets, one doorbell.
  /// - Throws: `EAGAIN` where the ring is full, `EINVAL` for a buffer of another pool. The buffer returns to its
  ///   pool; `tryTransmit` hands it back.
  public mutating func transmit(_ buffer: consuming PacketBuffer, push: Bool = true) throws(QueueError) {
    guard buffer.core == core else { throw QueueError(.foreignBuffer) }
    do throws(QueueError) {
      try enqueue(buffer)
    } catch {
      core.pointee.buffersRefused &+= 1
      throw error
    }
    handOver(buffer, push: push)
  }

  /// Sends the packet in a buffer, or hands the buffer back where `transmit` would throw.
  /// - Returns: nil when it is on its way.
  public mutating func tryTransmit(_ buffer: consuming PacketBuffer, push: Bool = true) -> PacketBuffer? {
    guard buffer.core == core else { return buffer }
    do throws(QueueError) { try enqueue(buffer) } catch { return buffer }
    handOver(buffer, push: push)
    return nil
  }

  /// Writes the descriptors of a packet; where the ring refuses, nothing has changed.
  @inline(__always)
  private mutating func enqueue(_ buffer: borrowing PacketBuffer) throws(QueueError) {
    try interface.transmitInit(
      addresses[Int(buffer.index)].advanced(by: Int(buffer.offset)), length: buffer.count,
      id: RequestID(buffer.index))
  }

  /// Gives a buffer that was enqueued up to the ring.
  @inline(__always)
  private mutating func handOver(_ buffer: consuming PacketBuffer, push: Bool) {
    let parts = buffer.surrender()
    // Kept for the buffer that comes back.
    core.pointee.lengths[Int(parts.index)] = parts.length
    if push { interface.transmitPush() }
  }

  /// Rings the doorbell for packets that were sent without `push`.
  public mutating func push() { interface.transmitPush() }

  /// Takes a free buffer of the pool; nil when all are in use.
  public func allocate() -> PacketBuffer? { pool.allocate() }
}
