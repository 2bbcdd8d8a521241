import EtherFabric

/// The owning level: an endpoint on each device.
enum OwningLevel {
  static func run(_ wires: Wires, name: String, burst: Int, bursts: Int) throws {
    let left = try Driver.open(wires.left).allocateProtectionDomain()
    let right = try Driver.open(wires.right).allocateProtectionDomain()
    let leftPool = try PacketPool(left, count: 256)
    let rightPool = try PacketPool(right, count: 256)
    var sender = try Endpoint(left, pool: leftPool)
    var receiver = try Endpoint(right, pool: rightPool)
    let (here, there) = (sender.interface.macAddress, receiver.interface.macAddress)
    try receiver.addFilter(.ethernet(there))
    let frame = UnsafeMutableRawPointer.allocate(byteCount: Wires.length, alignment: 64)
    defer { frame.deallocate() }
    Wires.store(to: frame, destination: there, source: here)

    var sends = Tally()
    var completions = Tally()
    var receives = Tally()
    for round in 0..<(bursts + 4) {
      if round == 4 { (sends, completions, receives) = (Tally(), Tally(), Tally()) }
      try sends.count { () throws(QueueError) in
        for _ in 0..<burst {
          guard var buffer = sender.allocate() else { continue }
          buffer.count = Wires.length
          buffer.withUnsafeMutableBytes { $0.baseAddress!.copyMemory(from: frame, byteCount: Wires.length) }
          try sender.transmit(buffer, push: false)
        }
        sender.push()
      }
      completions.count {
        var sent = 0
        while sent < burst {
          guard let occurrence = sender.next() else { continue }
          if case .sent = consume occurrence { sent += 1 }
        }
      }
      receives.count {
        var got = 0
        while got < burst {
          guard let received = receiver.receive() else { continue }
          got += received.count == Wires.length ? 1 : 0
          received.release()
        }
      }
    }
    let packets = burst * bursts
    sends.line("owning \(name) \(burst) send", packets: packets)
    completions.line("owning \(name) \(burst) complete", packets: packets)
    receives.line("owning \(name) \(burst) receive", packets: packets)
  }
}
