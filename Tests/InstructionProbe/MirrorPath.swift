import EtherFabric

enum MirrorPath {
  static let bufferBytes = 2048
  static let posted = 504

  static func run(_ left: Driver, _ right: Driver, burst: Int, bursts: Int) throws {
    let leftDomain = try left.allocateProtectionDomain()
    let rightDomain = try right.allocateProtectionDomain()
    let source = try MemoryRegistration(leftDomain, DMAMemory(byteCount: bufferBytes))
    let target = try MemoryRegistration(rightDomain, DMAMemory(byteCount: bufferBytes * posted))
    var sender = try leftDomain.allocateVirtualInterface()
    var receiver = try rightDomain.allocateVirtualInterface()
    try receiver.addFilter(.ethernet(receiver.macAddress))
    ProbeFrame.store(to: source.base, destination: receiver.macAddress, source: sender.macAddress)
    // EFCT and EF10CT take no buffers.
    for index in 0..<(right.identity.generation.isEF10 ? posted : 0) {
      try receiver.receiveInit(target.dmaAddress(index * bufferBytes), id: RequestID(index))
    }
    receiver.receivePush()

    var events = EventBatch(capacity: 64)
    let ids = UnsafeMutableBufferPointer<RequestID>.allocate(capacity: 64)
    ids.initialize(repeating: .none)
    defer { ids.deallocate() }
    let (from, to) = (source.address, target.address)
    for _ in 0..<bursts {
      for index in 0..<burst { try sender.transmitInit(from, length: ProbeFrame.length, id: RequestID(index)) }
      sender.transmitPush()
      var sent = 0
      while sent < burst {
        sender.poll(&events)
        for index in events.indices {
          if case .transmit(let event) = events[index] { sent += sender.unbundle(event, into: ids) }
        }
      }
      var got = 0
      while got < burst {
        receiver.poll(&events)
        for index in events.indices {
          switch events[index] {
          case .receive(let event):
            try receiver.receiveInit(to.advanced(by: Int(event.id.rawValue) * bufferBytes), id: event.id)
            got += 1
          case .receiveReference(let event):
            try receiver.release(packet: event.packet)
            got += 1
          default: continue
          }
        }
        receiver.receivePush()
      }
    }
  }
}
