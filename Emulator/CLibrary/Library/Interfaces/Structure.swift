import CiulHeaders
import EtherFabric
import EtherFabricFormats
import Glibc

/// What stands in a structure without an interface, for inline functions that are called all the same.
private enum Nothing {
  nonisolated(unsafe) static let state = zeros(of: ef_vi_state.self)

  private static func zeros<Value>(of type: Value.Type) -> UnsafeMutablePointer<Value> {
    let size = MemoryLayout<Value>.size
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    memset(memory, 0, size)
    return memory.assumingMemoryBound(to: type)
  }
}

extension UnsafeMutablePointer where Pointee == ef_vi {
  /// Makes the structure that of a new interface.
  ///
  /// It is put together elsewhere: a thread that still calls by what was here before must find functions in it.
  /// - Returns: the label of its queues; -EBUSY where the process can have no more.
  func found(_ control: InterfaceControl, eventsOf: InterfacePointer?, owner: UnsafeMutablePointer<Slot>?) -> CInt {
    guard let (index, number) = Slot.take(control, home: self, owner: owner) else { return -EBUSY }
    var made = ef_vi()
    withUnsafeMutablePointer(to: &made) { $0.fill(control, index: index, number: number) }
    made.evq_vi = eventsOf.map { Self.queue(of: $0, owner) } ?? self
    memcpy(self, &made, MemoryLayout<ef_vi>.size)
    enter(control.interface, queue: made.evq_vi)
    return CInt(control.interface.pointee.label)
  }

  /// The structure whose event queue another one's interface uses: its own, where that of the queue's interface has gone.
  private static func queue(of vi: InterfacePointer, _ slot: UnsafeMutablePointer<Slot>?) -> InterfacePointer {
    guard let home = slot?.pointee.queueOwner?.pointee.home, home == vi.pointee.evq_vi else { return vi }
    return home
  }

  private func fill(_ control: InterfaceControl, index: UInt32, number: UInt32) {
    let interface = control.interface
    let grant = interface.pointee.grant
    pointee.inited = number
    pointee.vi_resource_id = index
    pointee.vi_i = grant.instance
    pointee.dh = control.handle.descriptor
    pointee.rx_buffer_len = UInt32(interface.pointee.receiveBufferLength)
    pointee.rx_prefix_len = UInt32(grant.receivePrefixLength)
    pointee.rx_discard_mask = UInt64(interface.pointee.receiveDiscards.rawValue)
    pointee.vi_flags = ef_vi_flags(rawValue: UInt(grant.flags.rawValue))
    pointee.vi_out_flags = ef_vi_out_flags(rawValue: grant.reportsClockState ? EF_VI_OUT_CLOCK_SYNC_STATUS.rawValue : 0)
    pointee.timer_quantum_ns = UInt32(clamping: grant.timerQuantum)
    pointee.tx_push_thresh = interface.pointee.pushThreshold
    fillRings(interface, grant)
    fillEvents(interface, grant)
    fillKind(interface, grant)
    pointee.ops = Operations.table
  }

  private func fillRings(_ interface: UnsafeMutablePointer<VirtualInterface>, _ grant: InterfaceGrant) {
    let ids = interface.pointee.requestIDs
    pointee.vi_txq.mask = UInt32(interface.pointee.transmitCapacity)
    pointee.vi_txq.ct_fifo_bytes = UInt32(clamping: interface.pointee.streamCapacity)
    pointee.vi_txq.descriptors = UnsafeMutableRawPointer(grant.transmitRing)
    pointee.vi_txq.ids = ids.transmit
    pointee.vi_rxq.mask = UInt32(interface.pointee.receiveCapacity)
    pointee.vi_rxq.descriptors = UnsafeMutableRawPointer(grant.receiveRing)
    pointee.vi_rxq.ids = ids.receive
    interface.pointee.showEmptyReceiveRing()
    interface.pointee.publishStreamCounters()
    pointee.ep_state = interface.pointee.counters.assumingMemoryBound(to: ef_vi_state.self)
    pointee.ep_state_bytes = CInt(MemoryLayout<ef_vi_state>.size)
    pointee.vi_is_packed_stream = grant.flags.contains(.receivePackedStream) ? 1 : 0
    pointee.vi_is_normal = pointee.vi_is_packed_stream == 0 && !grant.flags.contains(.receiveEventMerge) ? 1 : 0
    pointee.vi_ps_buf_size = grant.flags.contains(.packedStream64K) ? 64 << 10 : 1 << 20
  }

  private func fillEvents(_ interface: UnsafeMutablePointer<VirtualInterface>, _ grant: InterfaceGrant) {
    pointee.evq_base = grant.eventQueue.assumingMemoryBound(to: CChar.self)
    pointee.evq_mask = UInt32(grant.eventCapacity * 8 - 1)
    pointee.evq_max_events = UInt32(clamping: interface.pointee.eventCapacity)
    pointee.evq_phase_bits = grant.datapath == .ef10 ? 0 : 1
  }

  /// Enters the interface in the structure whose event queue it uses, at the place that the label says.
  private func enter(_ interface: UnsafeMutablePointer<VirtualInterface>, queue: InterfacePointer?) {
    let label = Int(interface.pointee.label)
    guard let queue, label < Int(EF_VI_MAX_QS) else { return }
    withUnsafeMutablePointer(to: &queue.pointee.vi_qs) { table in
      UnsafeMutableRawPointer(table).assumingMemoryBound(to: InterfacePointer?.self)[label] = self
    }
    queue.pointee.vi_qs_n = max(queue.pointee.vi_qs_n, CInt(label + 1))
  }

  private func fillKind(_ interface: UnsafeMutablePointer<VirtualInterface>, _ grant: InterfaceGrant) {
    let arch: ef_vi_arch =
      switch grant.datapath {
      case .ef10: EF_VI_ARCH_EF10
      case .efct: EF_VI_ARCH_EFCT
      case .ef10ct: EF_VI_ARCH_EF10CT
      }
    let generation = interface.pointee.domain.driver.identity.generation
    pointee.nic_type.arch = UInt8(arch.rawValue)
    let variant = grant.datapath == .ef10 ? generation.variant : "A"
    pointee.nic_type.variant = CChar(bitPattern: variant.asciiValue ?? 0)
    pointee.ts_format =
      grant.timestampFormat == .quarterNanoseconds ? TS_FORMAT_SECONDS_QTR_NANOSECONDS : TS_FORMAT_SECONDS_27FRACTION
    pointee.efct_rxqs.ops = BufferOperations.table(grant.datapath)
    guard let parameters = grant.express?.parameters else { return }
    pointee.vi_txq.efct_aperture_mask = UInt32(clamping: parameters.transmitApertureBytes / 8 - 1)
    pointee.efct_rxqs.max_qs = UInt64(EF_VI_MAX_EFCT_RXQS)
  }

  /// Makes the structure that of no interface: every call is refused, and every inline function answers 0.
  func retire() {
    pointee.inited = 0
    pointee.ep_state = Nothing.state
    pointee.vi_txq = ef_vi_txq()
    pointee.vi_rxq = ef_vi_rxq()
    pointee.evq_vi = self
    pointee.vi_qs_n = 0
    pointee.tx_alt_num = 0
    pointee.evq_base = nil
  }
}
