import EtherFabricFormats

#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif

extension VirtualInterface {
  /// `ef_eventq_poll`. Takes events out of the queue, oldest first.
  /// - Parameter events: room for at least 2 (`EF_VI_EVENT_POLL_MIN_EVS`).
  /// - Returns: how many were stored, 0 when nothing has happened.
  @inlinable
  public mutating func poll(into events: UnsafeMutableBufferPointer<Event>) -> Int {
    precondition(events.count >= 2, "a poll needs room for at least 2 events")
    return state.poll(into: events.baseAddress!, capacity: events.count)
  }

  /// The same into a batch. Returns the count, which the batch has as well.
  @inlinable @discardableResult
  public mutating func poll(_ batch: inout EventBatch) -> Int {
    batch.stored = state.poll(into: batch.base, capacity: batch.capacity)
    return batch.stored
  }

  /// The same into a span of at least 2 events.
  @inlinable
  public mutating func poll(into events: inout MutableSpan<Event>) -> Int {
    precondition(events.count >= 2, "a poll needs room for at least 2 events")
    return events.withUnsafeMutableBufferPointer { state.poll(into: $0.baseAddress!, capacity: $0.count) }
  }

  /// `ef_eventq_has_event`. Whether an event is in the queue now. An adapter without a thread of its own takes
  /// frames from its wire only in `poll`, `receivePush` and `prime`.
  @inlinable
  public var hasEvent: Bool {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return ciul_ef_eventq_has_event(interface) != 0 }
    #endif
    if let express = state.pointee.express { return state.hasEventExpress(express) }
    return state.load(state.pointee.eventPointer & state.pointee.eventMask).isPresent
  }

  /// `ef_eventq_has_many_events`. Whether more than `count` events are in the queue: one slot is looked at. Frames in
  /// superbufs are no events of the queue.
  public func hasEvents(moreThan count: Int) -> Bool {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        guard count >= 0, count < ciul_ef_eventq_capacity(interface) else { return false }
        return ciul_ef_eventq_has_many_events(interface, Int32(count)) != 0
      }
    #endif
    guard count >= 0, count <= Int(state.pointee.eventMask) else { return false }
    if state.pointee.express != nil { return state.hasExpressEvent(UInt32(count)) }
    return state.load((state.pointee.eventPointer &+ UInt32(count)) & state.pointee.eventMask).isPresent
  }

  /// `ef_eventq_current`. Index of the next event, free running.
  public var eventIndex: UInt32 {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return ciul_ef_eventq_current(interface) }
    #endif
    return state.pointee.eventPointer
  }

  /// `ef_eventq_capacity`. Events that the queue holds without overflow.
  public var eventCapacity: Int {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return Int(ciul_ef_eventq_capacity(interface)) }
    #endif
    if let express = state.pointee.express { return express.pointee.eventSlots }
    return Int(state.pointee.eventMask) - Int(state.pointee.clearStride)
  }

  /// Empties the event queue, and starts it again after an overflow. Events that were in it are lost. No public C
  /// counterpart.
  public mutating func reinitializeEventQueue() throws(EtherFabricError) {
    try resource.domain.driver.backend.restartEvents(interface: resourceID)
    state.resetEvents()
  }
}
