import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == QueueState {
  /// `ef_vi_transmit_unbundle` of EFCT and EF10CT.
  @usableFromInline
  func unbundleExpress(
    _ express: UnsafeMutablePointer<ExpressState>, _ event: Event.Transmit, into ids: UnsafeMutablePointer<RequestID>,
    capacity: Int
  ) -> Int {
    let mask = express.pointee.transmitMask
    // What was unbundled before, or belongs to a queue that has been initialised again since, gives nothing.
    let left = event.descriptor &- pointee.transmitRemoved
    guard left <= express.pointee.completed &- pointee.transmitRemoved else { return 0 }
    var count = 0
    while pointee.transmitRemoved != event.descriptor, count < capacity {
      let slot = Int(pointee.transmitRemoved & mask)
      let id = pointee.transmitIDs[slot]
      if id != .max {
        ids[count] = RequestID(id)
        pointee.transmitIDs[slot] = .max
        count &+= 1
      }
      pointee.transmitRemoved &+= 1
    }
    passUnbundled(express)
    return count
  }

  /// Passes completed sends that have nothing to return: those whose timestamp came with their id.
  @inline(__always)
  func passUnbundled(_ express: UnsafeMutablePointer<ExpressState>) {
    while pointee.transmitRemoved != express.pointee.completed,
      pointee.transmitIDs[Int(pointee.transmitRemoved & express.pointee.transmitMask)] == .max
    {
      pointee.transmitRemoved &+= 1
    }
  }

  /// Takes the id of the oldest send that has not come back, nil when all have.
  func takeOldestTransmitID() -> UInt32? {
    let mask = pointee.express?.pointee.transmitMask ?? pointee.transmitMask
    while pointee.transmitRemoved != pointee.transmitAdded {
      let slot = Int(pointee.transmitRemoved & mask)
      let id = pointee.transmitIDs[slot]
      pointee.transmitIDs[slot] = .max
      pointee.transmitRemoved &+= 1
      if id != .max { return id }
    }
    return nil
  }

  /// Sets a transmit queue back to its beginning.
  func resetTransmit() {
    if let express = pointee.express {
      // Completions that will not come need no slots of the event queue.
      express.events.pointee.unusedEventSlots &+= Int(pointee.transmitAdded &- express.pointee.completed)
      express.pointee.completed = 0
      express.pointee.streamAdded = 0
      express.pointee.streamRemoved = 0
      express.pointee.cutThroughFailed = false
      express.pointee.hasStopped = false
    }
    pointee.transmitAdded = 0
    pointee.transmitPrevious = 0
    pointee.transmitRemoved = 0
  }

  /// Sets the event queue back to its beginning; what was in it is lost.
  func resetEvents() {
    pointee.eventPointer = 0
    guard let express = pointee.express else { return }
    express.pointee.creditSequence = CreditRegister.initialSequence
    var outstanding = Int(pointee.transmitAdded &- express.pointee.completed)
    for index in 0..<express.pointee.queueCount where express.pointee.queues[index].pointee.generatesEvents {
      outstanding += express.pointee.queues[index].pointee.countAtAdapter * SuperbufLayout.slots
    }
    express.pointee.unusedEventSlots = express.pointee.eventSlots - outstanding
  }
}
