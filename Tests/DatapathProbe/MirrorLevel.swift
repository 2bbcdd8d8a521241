import EtherFabric

/// The mirror level: a virtual interface on each device.
enum MirrorLevel {
  static let bufferBytes = 2048
  static let posted = 504

  static func run(_ wires: Wires, name: String, burst: Int, bursts: Int) throws {
    let left = try Driver.open(wires.left).allocateProtectionDomain()
    let right = try Driver.open(wires.right).allocateProtectionDomain()
    let source = try MemoryRegistration(left, DMAMemory(byteCount: bufferBytes))
    let target = try MemoryRegistration(right, DMAMemory(byteCount: bufferBytes * posted))
    var sender = try left.allocateVirtualInterface()
    var receiver = try right.allocateVirtualInterface()
    try receiver.addFilter(.ethernet(receiver.macAddress))
    Wires.store(to: source.base, destination: receiver.macAddress, source: sender.macAddress)
    // EFCT and EF10CT take no buffers; a frame is released there instead.
    for index in 0..<(wires.isEF10 ? posted : 0) {
      try receiver.receiveInit(target.dmaAddress(index * bufferBytes), id: RequestID(index))
    }
    receiver.receivePush()

    var events = EventBatch(capacity: 64)
    let ids = UnsafeMutableBufferPointer<RequestID>.allocate(capacity: 64)
    ids.initialize(repeating: .none)
    defer { ids.deallocate() }
    let (from, to) = (source.address, target.address)
    var sends = Tally()
    var completions = Tally()
    var polls = Tally()
    var posts = Tally()
    for round in 0..<(bursts + 4) {
      if round == 4 {
        // What is made once was made in the first rounds.
        (sends, completions, polls, posts) = (Tally(), Tally(), Tally(), Tally())
      }
      try sends.count { () throws(QueueError) in
        for index in 0..<burst { try sender.transmitInit(from, length: Wires.length, id: RequestID(index)) }
        sender.transmitPush()
      }
      completions.count {
        var sent = 0
        while sent < burst {
          sender.poll(&events)
          for index in events.indices {
            if case .transmit(let event) = events[index] { sent += sender.unbundle(event, into: ids) }
          }
        }
      }
      var got = 0
      while got < burst {
        polls.count { _ = receiver.poll(&events) }
        try posts.count { () throws(QueueError) in
          for index in events.indices {
            switch events[index] {
            case .receive(let event):
              try receiver.receiveInit(to.advanced(by: Int(event.id.rawValue) * bufferBytes), id: event.id)
            case .receiveReference(let event): try receiver.release(packet: event.packet)
            default: continue
            }
            got += 1
          }
          receiver.receivePush()
        }
      }
    }
    let packets = burst * bursts
    sends.line("mirror \(name) \(burst) send", packets: packets)
    completions.line("mirror \(name) \(burst) complete", packets: packets)
    polls.line("mirror \(name) \(burst) poll", packets: packets)
    posts.line("mirror \(name) \(burst) post", packets: packets)
  }
}
