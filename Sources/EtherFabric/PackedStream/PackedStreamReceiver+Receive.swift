import EtherFabricFormats

extension PackedStreamReceiver {
  /// The packets of the next event; nil when none has arrived, or `fault` says why none will.
  @_lifetime(&self)
  public mutating func receive() -> PackedStreamBatch? {
    while fault == nil {
      if eventNext == eventCount {
        eventNext = 0
        eventCount = interface.state.poll(into: events, capacity: Self.eventCapacity)
        if eventCount == 0 { return nil }
      }
      let event = events[eventNext]
      eventNext &+= 1
      guard case .receivePackedStream(let stream) = event else {
        note(event)
        continue
      }
      if stream.nextBuffer { turn() }
      guard current >= 0 else { continue }
      let found = interface.annotate(stream, at: &position)
      guard found.count > 0 else { continue }
      count(stream, found)
      return _overrideLifetime(PackedStreamBatch(found), mutating: &self)
    }
    return nil
  }

  /// Goes on to the next buffer, and posts the one before it again.
  private mutating func turn() {
    if current >= 0 {
      post(current)
      interface.receivePush()
    }
    current = current + 1 == bufferCount ? 0 : current + 1
    position = PackedStreamPosition(startOf: base + current * parameters.bufferSize, parameters)
    counters.buffers &+= 1
  }

  @inline(__always)
  private mutating func count(_ event: Event.PackedStream, _ found: AnnotatedPackets) {
    counters.events &+= 1
    counters.packets &+= UInt64(truncatingIfNeeded: found.count)
    counters.bytes &+= UInt64(truncatingIfNeeded: found.byteCount)
    if !event.errors.isEmpty { counters.packetsWithErrors &+= UInt64(truncatingIfNeeded: found.count) }
    if found.timestampError != nil { counters.eventsWithoutTime &+= 1 }
  }

  private mutating func note(_ event: Event) {
    switch event {
    case .software: counters.softwareEvents &+= 1
    case .overflow: fault = .overflow
    case .reset: fault = .reset
    case .receiveError(_, let code): fault = .stopped(code: code)
    default: break
    }
  }

  /// Starts the stream anew after a fault: all events and packets that were not looked at are lost.
  public mutating func restart() throws(EtherFabricError) {
    // After a reset a ring begins only behind its event queue. A ring that still runs fills the queue meanwhile, so that
    // it is emptied once more.
    try interface.reinitializeEventQueue()
    _ = try interface.reinitializeReceiveQueue()
    try interface.reinitializeEventQueue()
    eventNext = 0
    eventCount = 0
    current = -1
    fault = nil
    postAll()
  }

  /// Sleeps until something has happened, or the time is over (false). See `VirtualInterface.wait`.
  public mutating func wait(timeout: Duration? = nil) throws(EtherFabricError) -> Bool {
    if eventNext < eventCount { return true }
    return try interface.wait(timeout: timeout)
  }

  /// Suspends the task until something has happened. See `VirtualInterface.waitForEvent`.
  public mutating func waitForEvent() async throws {
    if eventNext < eventCount { return }
    try await interface.waitForEvent()
  }
}
