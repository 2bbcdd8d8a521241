import EtherFabric

/// Two virtual interfaces on `emu:cable:`, driven by one thread.
struct CablePair: ~Copyable {
  var sender: InterfaceEnd
  var receiver: InterfaceEnd
  private var events: EventBatch
  private let ids: UnsafeMutableBufferPointer<RequestID>

  init(_ name: String, senderFlags: InterfaceFlags = []) throws {
    let left = try InterfaceEnd("emu:cable:\(name)/0", flags: senderFlags)
    var right = try InterfaceEnd("emu:cable:\(name)/1")
    try right.interface.addFilter(.udp(local: IPEndpoint(IPAddress("10.9.0.1")!, port: 9000)))
    try right.postAll()
    sender = left
    receiver = right
    events = EventBatch(capacity: 64)
    ids = .allocate(capacity: 64)
    ids.initialize(repeating: 0)
  }

  deinit { ids.deallocate() }

  /// Sends bursts through the pair; returns the packets received, for a check.
  mutating func run(burst: Int, bursts: Int, length: Int) throws(QueueError) -> Int {
    let source = sender.memory.address
    let target = receiver.memory.address
    var total = 0
    for _ in 0..<bursts {
      for index in 0..<burst { try sender.interface.transmitInit(source, length: length, id: RequestID(index)) }
      sender.interface.transmitPush()
      var sent = 0
      while sent < burst {
        let count = sender.interface.poll(&events)
        for index in 0..<count {
          if case .transmit(let event) = events[index] { sent += sender.interface.unbundle(event, into: ids) }
        }
      }
      var got = 0
      while got < burst {
        let count = receiver.interface.poll(&events)
        for index in 0..<count {
          guard case .receive(let event) = events[index] else { return total }
          let address = target.advanced(by: Int(event.id.rawValue) &* InterfaceEnd.bufferBytes)
          try receiver.interface.receiveInit(address, id: event.id)
        }
        got += count
        receiver.interface.receivePush()
      }
      total += burst
    }
    return total
  }
}
