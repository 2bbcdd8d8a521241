import CEtherFabric
import EtherFabricFormats

/// Descriptors, over libciul.
extension UnsafeMutablePointer where Pointee == QueueState {
  @inlinable @inline(__always)
  func transmitInit(
    _ interface: UnsafeMutablePointer<ef_vi>, _ address: DMAAddress, length: Int, id: RequestID
  ) throws(QueueError) {
    try checkHardware(address, length: length)
    let result = ciul_ef_vi_transmit_init(
      interface, address.rawValue, Int32(truncatingIfNeeded: length), Int32(bitPattern: id.rawValue))
    guard result >= 0 else { throw QueueError(transmit: result, interface) }
  }

  @inlinable @inline(__always)
  func transmit(
    _ interface: UnsafeMutablePointer<ef_vi>, _ address: DMAAddress, length: Int, id: RequestID
  ) throws(QueueError) {
    try checkHardware(address, length: length)
    let result = ciul_ef_vi_transmit(
      interface, address.rawValue, Int32(truncatingIfNeeded: length), Int32(bitPattern: id.rawValue))
    guard result >= 0 else { throw QueueError(transmit: result, interface) }
  }

  func transmitVectorInit(
    _ interface: UnsafeMutablePointer<ef_vi>, _ fragments: UnsafeBufferPointer<DMAFragment>, id: RequestID
  ) throws(QueueError) {
    try withChecked(interface, fragments) {
      ciul_ef_vi_transmitv_init(interface, $0, $1, Int32(bitPattern: id.rawValue))
    }
  }

  func transmitVector(
    _ interface: UnsafeMutablePointer<ef_vi>, _ fragments: UnsafeBufferPointer<DMAFragment>, id: RequestID
  ) throws(QueueError) {
    try withChecked(interface, fragments) {
      ciul_ef_vi_transmitv(interface, $0, $1, Int32(bitPattern: id.rawValue))
    }
  }

  /// `ef_vi_transmit_push`, which EF10 may be asked for with something to push only.
  @inlinable @inline(__always)
  func transmitPush(_ interface: UnsafeMutablePointer<ef_vi>) {
    let counts = interface.pointee.ep_state.unsafelyUnwrapped
    guard !interface.isEF10 || counts.pointee.txq.previous != counts.pointee.txq.added else { return }
    ciul_ef_vi_transmit_push(interface)
  }

  @inlinable @inline(__always)
  func receiveInit(
    _ interface: UnsafeMutablePointer<ef_vi>, _ address: DMAAddress, id: RequestID
  ) throws(QueueError) {
    guard address.rawValue <= pointee.hardwareAddressLimit else {
      throw QueueError(.addressOutOfRange, value: address.rawValue)
    }
    let result = ciul_ef_vi_receive_init(interface, address.rawValue, Int32(bitPattern: id.rawValue))
    guard result >= 0 else { throw QueueError(receive: result, interface, address.rawValue) }
  }

  /// `ef_vi_reinit_txq_post_error`, with the ids first: the call forgets them.
  func restartTransmit(_ interface: UnsafeMutablePointer<ef_vi>) throws(EtherFabricError) -> [RequestID] {
    let call = "VirtualInterface.reinitializeTransmitQueue"
    guard interface.pointee.vi_txq.mask != 0 else {
      throw EtherFabricError(
        call, errno: 22, reason: "the interface has no transmit ring",
        remedy: "Allocate it with a transmit capacity above zero.")
    }
    stopTransmitWarm(interface)
    var ids: [RequestID] = []
    while case let id = ciul_ef_vi_for_each_tx_error_failed_transmit(interface), id >= 0 {
      ids.append(RequestID(UInt32(id)))
    }
    let result = ciul_ef_vi_reinit_txq_post_error(interface)
    guard result >= 0 else {
      throw EtherFabricError(
        call, errno: -result, reason: "the driver did not start the ring again; \(ids.count) sends are lost",
        remedy: "Free the interface and allocate another.")
    }
    return ids
  }

  /// What libciul counted, where it logs.
  func countsHardware(_ interface: UnsafeMutablePointer<ef_vi>) -> EventCounts {
    var counts = pointee.counts
    guard let stats = interface.pointee.vi_stats else { return counts }
    counts.badLabels = UInt64(stats.pointee.rx_ev_bad_q_label)
    counts.unknown += UInt64(stats.pointee.rx_ev_lost) + UInt64(stats.pointee.rx_ev_bad_desc_i)
    counts.gaps = UInt64(stats.pointee.evq_gap)
    return counts
  }
}
