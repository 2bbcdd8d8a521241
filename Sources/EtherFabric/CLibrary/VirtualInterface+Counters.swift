/// What the library with the C interface needs of an interface besides the calls: memory that inline functions of the C
/// headers read, and calls without the conditions that Swift callers have to keep.
extension VirtualInterface {
  /// `ep_state` of `ef_vi`. The counters of the rings and of the event queue, live.
  package var counters: UnsafeMutableRawPointer { UnsafeMutableRawPointer(state) }

  /// `vi_txq.ids` and `vi_rxq.ids` of `ef_vi`.
  package var requestIDs: (transmit: UnsafeMutablePointer<UInt32>, receive: UnsafeMutablePointer<UInt32>) {
    (state.pointee.transmitIDs, state.pointee.receiveIDs)
  }

  /// What the adapter granted.
  package var grant: InterfaceGrant { resource.grant }
  package var domain: ProtectionDomain { resource.domain }

  /// `rx_discard_mask`, `tx_push_thresh` of `ef_vi`.
  package var pushThreshold: UInt32 { state.pointee.pushThreshold }

  /// On EFCT and EF10CT nothing is posted. A Swift caller finds the ring full, one in C finds it empty, as in libciul.
  package mutating func showEmptyReceiveRing() {
    guard state.pointee.express != nil else { return }
    state.pointee.receiveAdded = 0
    state.pointee.receivePosted = 0
  }

  /// On EFCT and EF10CT: brings the counters of the stream and of the event slots to where C reads them.
  @inlinable
  package func publishStreamCounters() {
    guard let express = state.pointee.express else { return }
    state.publish(express)
  }

  /// `pio_io`. Where the linked PIO buffer is written to.
  package var pioMemory: UnsafeMutableRawPointer? { state.pointee.sending?.pointee.pioBuffer }

  /// Bytes of frames that the adapter's FIFO holds; 0 on EF10.
  package var streamCapacity: Int { state.pointee.express?.pointee.fifoBytes ?? 0 }

  /// Whether a receive queue is attached; true on EF10.
  package var hasReceiveQueue: Bool { state.pointee.express.map { $0.pointee.queueCount > 0 } ?? true }
}

extension UnsafeMutablePointer where Pointee == QueueState {
  @usableFromInline
  func publish(_ express: UnsafeMutablePointer<ExpressState>) {
    let slots = express.events.pointee.unusedEventSlots
    pointee.freeEventSlots = express.pointee.hasStopped ? 0 : Int32(clamping: slots)
    pointee.streamAdded = express.pointee.streamAdded
    pointee.streamRemoved = express.pointee.streamRemoved
  }
}
