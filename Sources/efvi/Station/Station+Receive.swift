import EtherFabric
import Glibc

/// A packet that has arrived. Its bytes are there until the poll returns.
struct Arrival {
  /// Without prefix, addresses first.
  let bytes: UnsafeRawBufferPointer
  /// Nanoseconds since the epoch; nil without receive timestamps.
  let timestamp: UInt64?
}

extension Station {
  /// Takes what has happened: hands over packets, posts their buffers again, collects transmit completions.
  /// - Returns: how many events there were.
  @discardableResult
  func poll(_ take: (Arrival) -> Void = { _ in }) throws(EtherFabricError) -> Int {
    let count = interface.poll(&events)
    guard count > 0 else { return 0 }
    for index in 0..<count {
      switch events[index] {
      case .receive(let event):
        receiveEvents += 1
        try receive(event, take)
      case .receiveMulti(let event):
        receiveEvents += 1
        try receive(event, isDiscard: false, take)
      case .receiveMultiDiscard(let event):
        receiveEvents += 1
        try receive(event, isDiscard: true, take)
      case .receiveDiscard(let event):
        receiveEvents += 1
        discards[event.reason, default: 0] += 1
        isAssembling = false
        try post(event.id)
      case .receiveTruncated:
        truncated += 1
        isAssembling = false
      case .transmit(let event): collect(event)
      case .transmitError(_, let code): throw Self.stopped("transmit ring", code)
      case .receiveError(_, let code): throw Self.stopped("receive ring", code)
      case .overflow:
        throw EtherFabricError(
          "VirtualInterface.poll", errno: EOVERFLOW, reason: "the event queue overflowed, and events are lost",
          remedy: "Use smaller rings, or start again.")
      case .reset:
        throw EtherFabricError(
          "VirtualInterface.poll", errno: ENETDOWN, reason: "the adapter was reset", remedy: "Start again.")
      default: break
      }
    }
    if interface.receiveCapacity > 0 { interface.receivePush() }
    return count
  }

  private func receive(_ event: Event.Receive, _ take: (Arrival) -> Void) throws(EtherFabricError) {
    let buffer = receiveBuffer(event.id)
    let isFirst = event.flags.contains(.startOfPacket)
    let prefix = interface.receivePrefixLength
    if isFirst {
      assemblyTimestamp = timestamp(buffer)
      isAssembling = event.flags.contains(.continues)
      let bytes = UnsafeRawBufferPointer(start: buffer + prefix, count: Int(event.bytes) - prefix)
      if isAssembling {
        assembly.removeAll(keepingCapacity: true)
        assembly.append(contentsOf: bytes)
      } else {
        take(Arrival(bytes: bytes, timestamp: assemblyTimestamp))
      }
    } else if isAssembling {
      let added = Int(event.bytes) - prefix - assembly.count
      assembly.append(contentsOf: UnsafeRawBufferPointer(start: buffer, count: max(0, added)))
      if !event.flags.contains(.continues) {
        isAssembling = false
        assembly.withUnsafeBytes { take(Arrival(bytes: $0, timestamp: assemblyTimestamp)) }
      }
    }
    try post(event.id)
  }

  private static func stopped(_ ring: String, _ code: UInt16) -> EtherFabricError {
    EtherFabricError(
      "VirtualInterface.poll", errno: EIO, reason: "the \(ring) stopped with error \(code)",
      remedy: "Start again; the device's statistics say more.")
  }
}
