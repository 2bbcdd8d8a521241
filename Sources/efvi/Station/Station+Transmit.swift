import EtherFabric

extension Station {
  /// A free transmit buffer, for `queue` or `giveBack`; nil where all are on their way, or the ring is full.
  @inline(__always)
  func takeTransmitBuffer(length: Int) -> Int32? {
    // A frame that crosses pages takes a descriptor for each.
    guard interface.transmitSpace >= length / 4096 + 2 else { return nil }
    return freeTransmit.popLast()
  }

  func giveBack(_ index: Int32) { freeTransmit.append(index) }

  /// Puts a filled buffer in the ring; `push` sends it.
  @inline(__always)
  func queue(_ index: Int32, length: Int) throws(EtherFabricError) {
    do throws(QueueError) {
      try interface.transmitInit(transmitAddress(index), length: length, id: RequestID(Int(index)))
    } catch {
      throw EtherFabricError(error, "VirtualInterface.transmitInit")
    }
  }

  func push() { interface.transmitPush() }

  func collect(_ event: Event.Transmit) {
    let count = interface.unbundle(event, into: completed)
    for index in 0..<count { freeTransmit.append(Int32(bitPattern: completed[index].rawValue)) }
    transmitted += UInt64(count)
  }

  /// Polls until every transmit is done, for at most a second.
  func drain(_ take: (Arrival) -> Void = { _ in }) throws(EtherFabricError) {
    let end = MonotonicClock.now() + 1_000_000_000
    var idle = Idle(spins: false)
    while freeTransmit.count < interface.transmitCapacity, MonotonicClock.now() < end {
      idle.after(try poll(take))
    }
  }
}
