import EtherFabric

extension InterfacePort {
  /// Alternatives in use: while the frame of one is on its way the next is filled.
  static var alternatives: Int { 2 }

  /// Room for a frame to send; nil while all that there is for the mode is on its way.
  func transmitSlot() -> UnsafeMutableRawBufferPointer? {
    let isFull =
      switch mode {
      case .dma, .ctpio: interface.transmitFillLevel >= Self.transmitSlots
      // The bytes of the one buffer are the adapter's until the completion.
      case .pio: interface.transmitFillLevel > 0
      case .alternatives: sentAlternatives >= Self.alternatives || interface.transmitFillLevel >= Self.transmitSlots
      }
    return isFull ? nil : UnsafeMutableRawBufferPointer(start: memory.base + transmitOffset, count: Self.slotSize)
  }

  /// Sends the frame of `length` bytes in the slot that `transmitSlot` gave.
  mutating func transmit(_ length: Int) throws {
    try load(length)
    try launch(length)
  }

  /// Does what can be done before the frame is to go out.
  mutating func load(_ length: Int) throws {
    switch mode {
    case .dma, .ctpio: break
    case .pio: try interface.copyToPIO(slot(length), offset: 0)
    case .alternatives:
      let alternative = sent % Self.alternatives
      try interface.stopAlternative(alternative)
      try interface.selectAlternative(alternative)
      try interface.transmit(memory.dmaAddress(transmitOffset), length: length, id: RequestID(sent))
    }
  }

  /// Sends the frame that `load` has prepared.
  mutating func launch(_ length: Int) throws {
    let address = memory.dmaAddress(transmitOffset)
    switch mode {
    case .dma: try interface.transmit(address, length: length, id: RequestID(sent))
    case .pio: try interface.transmitPIO(offset: 0, length: length, id: RequestID(sent))
    case .ctpio:
      interface.transmitCutThrough(slot(length), threshold: Self.threshold)
      try interface.transmitCutThroughFallback(address, length: length, id: RequestID(sent))
    case .alternatives:
      try interface.goAlternative(sent % Self.alternatives)
      sentAlternatives += 1
    }
    sent &+= 1
  }

  private func slot(_ length: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: memory.base + transmitOffset, count: length)
  }

  /// Bytes of a frame that the adapter waits for before it begins to send.
  private static var threshold: Int { 64 }

  private var transmitOffset: Int { (receiveSlots + sent % Self.transmitSlots) * Self.slotSize }
}
