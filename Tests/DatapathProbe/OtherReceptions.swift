import EtherFabric

/// Frames that do not arrive with an event each: merged events on both levels, and packed stream.
enum OtherReceptions {
  static func run(_ wires: Wires, name: String, burst: Int, bursts: Int) throws {
    let left = try Driver.open(wires.left).allocateProtectionDomain()
    let right = try Driver.open(wires.right)
    let source = try MemoryRegistration(left, DMAMemory(byteCount: 4096))
    var sender = try left.allocateVirtualInterface(InterfaceOptions(receiveCapacity: 0))
    Wires.store(to: source.base, destination: right.identity.macAddress, source: sender.macAddress)
    try merged(right, name, burst, bursts) { () throws(QueueError) in
      try send(&sender, source.address, burst)
    }
    try packed(right, name, burst, bursts) { () throws(QueueError) in
      try send(&sender, source.address, burst)
    }
  }

  private static func send(_ sender: inout VirtualInterface, _ address: DMAAddress, _ count: Int) throws(QueueError) {
    for index in 0..<count { try sender.transmitInit(address, length: Wires.length, id: RequestID(index)) }
    sender.transmitPush()
    var events = EventBatch(capacity: 64)
    let ids = UnsafeMutableBufferPointer<RequestID>.allocate(capacity: 64)
    ids.initialize(repeating: .none)
    defer { ids.deallocate() }
    var sent = 0
    while sent < count {
      sender.poll(&events)
      for index in events.indices {
        if case .transmit(let event) = events[index] { sent += sender.unbundle(event, into: ids) }
      }
    }
  }

  private static func merged(
    _ driver: Driver, _ name: String, _ burst: Int, _ bursts: Int, _ send: () throws(QueueError) -> Void
  ) throws {
    let domain = try driver.allocateProtectionDomain()
    var receiver = try Endpoint(
      domain, pool: try PacketPool(domain, count: 256),
      options: InterfaceOptions(transmitCapacity: 0, flags: [.receiveEventMerge, .receiveTimestamps]))
    try receiver.addFilter(.ethernet(driver.identity.macAddress))
    var receives = Tally()
    for round in 0..<(bursts + 4) {
      if round == 4 { receives = Tally() }
      try send()
      receives.count {
        var got = 0
        while got < burst {
          guard let frame = receiver.receive() else { continue }
          got += frame.count == Wires.length ? 1 : 0
          frame.release()
        }
      }
    }
    receives.line("merged \(name) \(burst) receive", packets: burst * bursts)
  }

  private static func packed(
    _ driver: Driver, _ name: String, _ burst: Int, _ bursts: Int, _ send: () throws(QueueError) -> Void
  ) throws {
    var receiver = try PackedStreamReceiver(
      try driver.allocateProtectionDomain(flags: .receivePackedStream),
      options: InterfaceOptions(flags: [.packedStream64K, .receiveTimestamps]), hugePages: .never)
    try receiver.addFilter(.ethernet(driver.identity.macAddress))
    var receives = Tally()
    // As many as take a few buffers, so that turning to the next is among it.
    for round in 0..<(bursts + 4) {
      if round == 4 { receives = Tally() }
      try send()
      receives.count {
        var got = 0
        while got < burst {
          while var batch = receiver.receive() {
            while let packet = batch.next() {
              got += packet.bytes.byteCount == Wires.length && packet.timestamp != nil ? 1 : 0
            }
          }
        }
      }
    }
    receives.line("packed \(name) \(burst) receive", packets: burst * bursts)
  }
}
