/// The `type` of `ef_event`, by its C number.
public enum EventType: UInt8, CaseIterable, Sendable, Hashable {
  case receive = 0  // EF_EVENT_TYPE_RX
  case transmit = 1  // EF_EVENT_TYPE_TX
  case receiveDiscard = 2  // EF_EVENT_TYPE_RX_DISCARD
  case transmitError = 3  // EF_EVENT_TYPE_TX_ERROR
  case receiveTruncated = 4  // EF_EVENT_TYPE_RX_NO_DESC_TRUNC
  case software = 5  // EF_EVENT_TYPE_SW
  case overflow = 6  // EF_EVENT_TYPE_OFLOW
  case transmitTimestamp = 7  // EF_EVENT_TYPE_TX_WITH_TIMESTAMP
  case receivePackedStream = 8  // EF_EVENT_TYPE_RX_PACKED_STREAM
  case receiveMulti = 9  // EF_EVENT_TYPE_RX_MULTI
  case transmitAlternative = 10  // EF_EVENT_TYPE_TX_ALT
  case receiveMultiDiscard = 11  // EF_EVENT_TYPE_RX_MULTI_DISCARD
  case reset = 12  // EF_EVENT_TYPE_RESET
  case receiveMultiPackets = 13  // EF_EVENT_TYPE_RX_MULTI_PKTS
  case receiveReference = 14  // EF_EVENT_TYPE_RX_REF
  case receiveReferenceDiscard = 15  // EF_EVENT_TYPE_RX_REF_DISCARD
}

extension Event {
  /// `EF_EVENT_TYPE`. Nil for what C has no type for: no event, and a receive queue that stopped.
  public var type: EventType? {
    switch self {
    case .none, .receiveError: nil
    case .receive: .receive
    case .receiveDiscard: .receiveDiscard
    case .receiveTruncated: .receiveTruncated
    case .receiveMulti: .receiveMulti
    case .receiveMultiDiscard: .receiveMultiDiscard
    case .receiveMultiPackets: .receiveMultiPackets
    case .receivePackedStream: .receivePackedStream
    case .receiveReference: .receiveReference
    case .receiveReferenceDiscard: .receiveReferenceDiscard
    case .transmit: .transmit
    case .transmitTimestamp: .transmitTimestamp
    case .transmitAlternative: .transmitAlternative
    case .transmitError: .transmitError
    case .software: .software
    case .overflow: .overflow
    case .reset: .reset
    }
  }

  /// `EF_EVENT_RX_Q_ID` and its like: the label of the queue that the event is of; nil for events of the whole event
  /// queue.
  public var queue: UInt8? {
    switch self {
    case .receive(let event): event.queue
    case .receiveDiscard(let event): event.queue
    case .receiveMulti(let event), .receiveMultiDiscard(let event): event.queue
    case .receiveMultiPackets(let event): event.queue
    case .receivePackedStream(let event): event.queue
    case .receiveReference(let event), .receiveReferenceDiscard(let event): event.queue
    case .transmit(let event): event.queue
    case .transmitTimestamp(let event): event.queue
    case .receiveTruncated(let queue), .transmitAlternative(let queue, _), .transmitError(let queue, _),
      .receiveError(let queue, _):
      queue
    case .none, .software, .overflow, .reset: nil
    }
  }
}
