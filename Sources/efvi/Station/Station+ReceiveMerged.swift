import EtherFabric

extension Station {
  /// The packets of a merged event: how long each is stands in its prefix.
  func receive(
    _ event: Event.ReceiveMulti, isDiscard: Bool, _ take: (Arrival) -> Void
  ) throws(EtherFabricError) {
    let count = interface.unbundle(event, into: merged)
    let prefix = interface.receivePrefixLength
    for index in 0..<count {
      let id = merged[index]
      let buffer = receiveBuffer(id)
      let skip = isAssembling ? 0 : prefix
      if !isAssembling {
        isAssembling = true
        assembly.removeAll(keepingCapacity: true)
        assemblyLeft = prefix + (interface.receiveBytes(buffer) ?? 0)
        assemblyTimestamp = timestamp(buffer)
      }
      let part = min(assemblyLeft, Self.receiveStride)
      assemblyLeft -= part
      let bytes = UnsafeRawBufferPointer(start: buffer + skip, count: max(0, part - skip))
      if assemblyLeft > 0 || !assembly.isEmpty { assembly.append(contentsOf: bytes) }
      if assemblyLeft == 0 {
        isAssembling = false
        if isDiscard {
          discards[event.reason, default: 0] += 1
        } else if assembly.isEmpty {
          take(Arrival(bytes: bytes, timestamp: assemblyTimestamp))
        } else {
          assembly.withUnsafeBytes { take(Arrival(bytes: $0, timestamp: assemblyTimestamp)) }
        }
      }
      try post(id)
    }
    if !event.flags.contains(.continues) { isAssembling = false }
  }

  /// When the packet in a buffer arrived; nil without receive timestamps.
  func timestamp(_ buffer: UnsafeRawPointer) -> UInt64? {
    guard interface.flags.contains(.receiveTimestamps) else { return nil }
    return try? interface.receiveTimestamp(buffer).totalNanoseconds
  }
}
