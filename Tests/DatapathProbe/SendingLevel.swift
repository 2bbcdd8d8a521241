import EtherFabric

/// The mirror level's other ways to send: PIO, cut-through, alternatives, and calls that only warm.
enum SendingLevel {
  static func run(_ wires: Wires, name: String, rounds: Int) throws {
    let left = try Driver.open(wires.left).allocateProtectionDomain()
    let right = try Driver.open(wires.right).allocateProtectionDomain()
    let source = try MemoryRegistration(left, DMAMemory(byteCount: 4096))
    let receiver = try right.allocateVirtualInterface()
    var sender = try left.allocateVirtualInterface(
      InterfaceOptions(flags: [.cutThrough, .transmitAlternatives]))
    try sender.linkPIO(left.allocatePIO())
    try sender.allocateAlternatives(2, bytes: 4096)
    Wires.store(to: source.base, destination: receiver.macAddress, source: sender.macAddress)
    let frame = UnsafeRawBufferPointer(start: source.base, count: Wires.length)

    var events = EventBatch(capacity: 64)
    let ids = UnsafeMutableBufferPointer<RequestID>.allocate(capacity: 64)
    ids.initialize(repeating: .none)
    defer { ids.deallocate() }
    var (pio, cutThrough, alternatives, warm) = (Tally(), Tally(), Tally(), Tally())
    for round in 0..<(rounds + 4) {
      // What is made once was made in the first rounds.
      if round == 4 { (pio, cutThrough, alternatives, warm) = (Tally(), Tally(), Tally(), Tally()) }
      try pio.count { () throws(QueueError) in
        try sender.transmitCopyPIO(frame, offset: 0, id: 1)
        try sender.copyToPIO(frame, offset: 64)
        try sender.transmitPIO(offset: 64, length: Wires.length, id: 2)
        complete(2, &sender, &events, ids)
      }
      try cutThrough.count { () throws(QueueError) in
        sender.transmitCutThrough(frame, threshold: 64)
        try sender.transmitCutThroughFallback(source.address, length: Wires.length, id: 3)
        complete(1, &sender, &events, ids)
      }
      try alternatives.count { () throws(QueueError) in
        try sender.stopAlternative(1)
        try sender.selectAlternative(1)
        try sender.transmit(source.address, length: Wires.length, id: 4)
        try sender.goAlternative(1)
        try sender.selectNormalTransmit()
        complete(2, &sender, &events, ids)
      }
      warm.count {
        sender.startTransmitWarm()
        try? sender.transmit(source.address, length: Wires.length, id: 5)
        sender.transmitCutThrough(frame, threshold: 64)
        sender.stopTransmitWarm()
        sender.transmitPIOWarm()
      }
    }
    pio.line("sending \(name) 1 pio", packets: rounds)
    cutThrough.line("sending \(name) 1 ctpio", packets: rounds)
    alternatives.line("sending \(name) 1 alternatives", packets: rounds)
    warm.line("sending \(name) 1 warm", packets: rounds)
  }

  /// Polls until `count` request ids and alternatives have come back.
  @inline(__always)
  private static func complete(
    _ count: Int, _ sender: inout VirtualInterface, _ events: inout EventBatch,
    _ ids: UnsafeMutableBufferPointer<RequestID>
  ) {
    var done = 0
    while done < count {
      sender.poll(&events)
      for index in events.indices {
        switch events[index] {
        case .transmit(let event): done += sender.unbundle(event, into: ids)
        case .transmitAlternative: done += 1
        default: break
        }
      }
    }
  }
}
