import CEtherFabric
import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == QueueState {
  /// `ef_eventq_poll` over libciul.
  @usableFromInline
  func pollHardware(
    _ interface: UnsafeMutablePointer<ef_vi>, into output: UnsafeMutablePointer<Event>, capacity: Int
  ) -> Int {
    let state = pointee.hardwareState.unsafelyUnwrapped
    let events = state.pointee.events
    // libciul asserts room for EF_VI_EVENT_POLL_MIN_EVS.
    guard capacity >= 2 else { return 0 }
    let count = ciul_ef_eventq_poll(interface, events, Int32(min(capacity, HardwareState.eventRoom)))
    return convert(state, Int(count), output)
  }

  /// Makes events of ours of those that libciul stored.
  func convert(
    _ state: UnsafeMutablePointer<HardwareState>, _ count: Int, _ output: UnsafeMutablePointer<Event>
  ) -> Int {
    var stored = 0
    var index = 0
    while index < count {
      if let event = Event(state.pointee.events[index], state) {
        output[stored] = event
        stored &+= 1
      } else {
        pointee.counts.unknown &+= 1
      }
      index &+= 1
    }
    return stored
  }

  /// `ef_vi_transmit_unbundle` over libciul, which needs room for 64 ids and believes every event. An event that tells of
  /// more than is outstanding, or leaves no room, is taken in parts.
  @usableFromInline
  func unbundleHardware(
    _ interface: UnsafeMutablePointer<ef_vi>, _ event: Event.Transmit, into ids: UnsafeMutablePointer<RequestID>,
    capacity: Int
  ) -> Int {
    guard let state = interface.pointee.ep_state, interface.pointee.vi_txq.mask != 0 else { return 0 }
    let mask = interface.pointee.vi_txq.mask
    let removed = state.pointee.txq.removed
    var left = (event.descriptor &- removed) & mask
    left = min(left, state.pointee.txq.added &- removed)
    var count = 0
    while left > 0, count < capacity {
      let part = min(left, UInt32(min(capacity &- count, RingRules.transmitBatch)))
      var told = ef_event()
      told.tx.type = UInt32(EF_EVENT_TYPE_TX)
      told.tx.desc_id = (state.pointee.txq.removed &+ part) & 0xffff
      let found = UnsafeMutableRawPointer(ids + count).withMemoryRebound(to: ef_request_id.self, capacity: Int(part)) {
        ciul_ef_vi_transmit_unbundle(interface, &told, $0)
      }
      count &+= max(0, Int(found))
      left &-= part
    }
    return count
  }

  /// `ef_vi_receive_unbundle` over libciul. An event that is unbundled twice finds no more than what is in the ring.
  @usableFromInline
  func unbundleHardware(
    _ interface: UnsafeMutablePointer<ef_vi>, _ event: Event.ReceiveMulti, into ids: UnsafeMutablePointer<RequestID>
  ) -> Int {
    guard interface.isMerging, Int(event.descriptors) <= RingRules.receiveBatch else { return 0 }
    let posted = max(0, ciul_ef_vi_receive_fill_level(interface))
    var told = ef_event()
    told.rx_multi.type = UInt32(EF_EVENT_TYPE_RX_MULTI)
    told.rx_multi.n_descs = min(UInt32(event.descriptors), UInt32(posted))
    let found = UnsafeMutableRawPointer(ids).withMemoryRebound(
      to: ef_request_id.self, capacity: RingRules.receiveBatch
    ) { ciul_ef_vi_receive_unbundle(interface, &told, $0) }
    return max(0, Int(found))
  }
}

extension Event {
  /// The event that libciul stored; nil for a type that no adapter raises. Notes frames that are handed out.
  @inline(__always)
  init?(_ event: ef_event, _ state: UnsafeMutablePointer<HardwareState>) {
    switch Int(event.generic.type) {
    case Int(EF_EVENT_TYPE_RX):
      let rx = event.rx
      self = .receive(
        Receive(
          id: RequestID(rx.rq_id), bytes: UInt16(truncatingIfNeeded: rx.len),
          flags: ReceiveFlags(told: rx.flags), queue: UInt8(truncatingIfNeeded: rx.q_id)))
    case Int(EF_EVENT_TYPE_TX):
      let tx = event.tx
      self = .transmit(
        Transmit(
          descriptor: tx.desc_id, queue: UInt8(truncatingIfNeeded: tx.q_id),
          wasCutThrough: tx.flags & UInt32(EF_EVENT_FLAG_CTPIO) != 0))
    case Int(EF_EVENT_TYPE_RX_REF):
      let reference = event.rx_ref
      state.note(reference.pkt_id, bytes: Int(reference.len))
      self = .receiveReference(
        ReceiveReference(
          packet: reference.pkt_id, bytes: UInt16(truncatingIfNeeded: reference.len),
          filterID: UInt16(truncatingIfNeeded: reference.filter_id), queue: UInt8(truncatingIfNeeded: reference.q_id)))
    default:
      guard let event = Self.rare(event, state) else { return nil }
      self = event
    }
  }

  @inline(never)
  private static func rare(_ event: ef_event, _ state: UnsafeMutablePointer<HardwareState>) -> Event? {
    switch Int(event.generic.type) {
    case Int(EF_EVENT_TYPE_RX_DISCARD):
      let rx = event.rx_discard
      return .receiveDiscard(
        ReceiveDiscard(
          id: RequestID(rx.rq_id), bytes: UInt16(truncatingIfNeeded: rx.len), flags: ReceiveFlags(told: rx.flags),
          queue: UInt8(truncatingIfNeeded: rx.q_id), reason: DiscardReason(told: rx.subtype)))
    case Int(EF_EVENT_TYPE_TX_ERROR):
      return .transmitError(
        queue: UInt8(truncatingIfNeeded: event.tx_error.q_id), code: UInt16(truncatingIfNeeded: event.tx_error.subtype))
    case Int(EF_EVENT_TYPE_RX_NO_DESC_TRUNC):
      return .receiveTruncated(queue: UInt8(truncatingIfNeeded: event.rx_no_desc_trunc.q_id))
    case Int(EF_EVENT_TYPE_SW):
      return .software(data: event.sw.data & UInt32(EF_EVENT_SW_DATA_MASK))
    case Int(EF_EVENT_TYPE_OFLOW):
      return .overflow
    case Int(EF_EVENT_TYPE_TX_WITH_TIMESTAMP):
      let tx = event.tx_timestamp
      return .transmitTimestamp(
        TransmitTimestamp(
          id: RequestID(tx.rq_id), seconds: tx.ts_sec, nanoseconds: tx.ts_nsec,
          fraction: UInt16(truncatingIfNeeded: tx.ts_nsec_frac << UInt32(16 - EF_VI_TX_TS_FRAC_NS_BITS)),
          queue: UInt8(truncatingIfNeeded: tx.q_id), sync: ClockFlags(rawValue: UInt8(truncatingIfNeeded: tx.ts_flags)),
          wasCutThrough: tx.flags & UInt32(EF_EVENT_FLAG_CTPIO) != 0))
    case Int(EF_EVENT_TYPE_RX_PACKED_STREAM):
      let stream = event.rx_packed_stream
      return .receivePackedStream(
        PackedStream(
          packets: UInt16(truncatingIfNeeded: stream.n_pkts), queue: UInt8(truncatingIfNeeded: stream.q_id),
          nextBuffer: stream.flags & UInt32(EF_EVENT_FLAG_PS_NEXT_BUFFER) != 0,
          errors: PackedStreamFlags(rawValue: UInt8(truncatingIfNeeded: stream.ps_flags))))
    case Int(EF_EVENT_TYPE_RX_MULTI):
      let rx = event.rx_multi
      return .receiveMulti(
        ReceiveMulti(
          descriptors: UInt16(truncatingIfNeeded: rx.n_descs), flags: ReceiveFlags(told: rx.flags),
          queue: UInt8(truncatingIfNeeded: rx.q_id), reason: .checksumBad))
    case Int(EF_EVENT_TYPE_RX_MULTI_DISCARD):
      let rx = event.rx_multi_discard
      return .receiveMultiDiscard(
        ReceiveMulti(
          descriptors: UInt16(truncatingIfNeeded: rx.n_descs), flags: ReceiveFlags(told: rx.flags),
          queue: UInt8(truncatingIfNeeded: rx.q_id), reason: DiscardReason(told: rx.subtype)))
    case Int(EF_EVENT_TYPE_RX_MULTI_PKTS):
      let rx = event.rx_multi_pkts
      return .receiveMultiPackets(
        ReceiveMultiPackets(
          packets: UInt16(truncatingIfNeeded: rx.n_pkts), flags: ReceiveFlags(told: rx.flags),
          queue: UInt8(truncatingIfNeeded: rx.q_id)))
    case Int(EF_EVENT_TYPE_TX_ALT):
      return .transmitAlternative(
        queue: UInt8(truncatingIfNeeded: event.tx_alt.q_id),
        alternative: UInt8(truncatingIfNeeded: event.tx_alt.alt_id))
    case Int(EF_EVENT_TYPE_RESET):
      return .reset
    case Int(EF_EVENT_TYPE_RX_REF_DISCARD):
      let reference = event.rx_ref_discard
      state.note(reference.pkt_id, bytes: Int(reference.len))
      return .receiveReferenceDiscard(
        ReceiveReference(
          packet: reference.pkt_id, bytes: UInt16(truncatingIfNeeded: reference.len),
          filterID: UInt16(truncatingIfNeeded: reference.filter_id), queue: UInt8(truncatingIfNeeded: reference.q_id),
          errors: DiscardMask(rawValue: reference.flags)))
    default:
      return nil
    }
  }
}

extension ReceiveFlags {
  /// The flags that an event of libciul's tells, less those of adapters that are gone.
  @inline(__always)
  init(told flags: UInt32) {
    self = ReceiveFlags(rawValue: UInt16(truncatingIfNeeded: flags)).intersection(
      [.startOfPacket, .continues, .multicast])
  }
}

extension DiscardReason {
  init(told subtype: UInt32) { self = DiscardReason(rawValue: UInt8(truncatingIfNeeded: subtype)) ?? .other }
}
