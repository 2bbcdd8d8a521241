import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == QueueState {
  /// `ef_eventq_poll` of EFCT and EF10CT.
  func pollExpress(
    _ express: UnsafeMutablePointer<ExpressState>, into output: UnsafeMutablePointer<Event>, capacity: Int
  ) -> Int {
    0
  }

  /// `ef_vi_transmit_unbundle` of EFCT and EF10CT.
  @usableFromInline
  func unbundleExpress(
    _ express: UnsafeMutablePointer<ExpressState>, _ event: Event.Transmit, into ids: UnsafeMutablePointer<RequestID>,
    capacity: Int
  ) -> Int {
    0
  }

  /// A packet for which the descriptor ring has no room: the ring is full, or there is none. EFCT and EF10CT send here.
  @usableFromInline
  func transmitWithoutRing(_ address: DMAAddress, length: Int, id: RequestID) throws(QueueError) {
    throw pointee.transmitMask == 0 ? QueueError(.noQueue) : QueueError(.ringFull, value: 1, limit: 0)
  }

  /// A receive buffer for which the ring has no room: the ring is full, or there is none.
  @usableFromInline
  func receiveWithoutRing() -> QueueError {
    pointee.receiveMask == 0 ? QueueError(.noQueue) : QueueError(.ringFull, value: 1, limit: 0)
  }
}
