import EtherFabric

enum OwningPath {
  static func run(_ left: Driver, _ right: Driver, burst: Int, bursts: Int) throws {
    let leftDomain = try left.allocateProtectionDomain()
    let rightDomain = try right.allocateProtectionDomain()
    var sender = try Endpoint(leftDomain, pool: try PacketPool(leftDomain, count: 256))
    var receiver = try Endpoint(rightDomain, pool: try PacketPool(rightDomain, count: 256))
    let (here, there) = (sender.interface.macAddress, receiver.interface.macAddress)
    try receiver.addFilter(.ethernet(there))
    let frame = UnsafeMutableRawPointer.allocate(byteCount: ProbeFrame.length, alignment: 64)
    defer { frame.deallocate() }
    ProbeFrame.store(to: frame, destination: there, source: here)
    for _ in 0..<bursts {
      for _ in 0..<burst {
        guard var buffer = sender.allocate() else { continue }
        buffer.count = ProbeFrame.length
        buffer.withUnsafeMutableBytes { $0.baseAddress!.copyMemory(from: frame, byteCount: ProbeFrame.length) }
        try sender.transmit(buffer, push: false)
      }
      sender.push()
      var sent = 0
      while sent < burst {
        guard let occurrence = sender.next() else { continue }
        if case .sent = consume occurrence { sent += 1 }
      }
      var got = 0
      while got < burst {
        guard let received = receiver.receive() else { continue }
        got += received.count == ProbeFrame.length ? 1 : 0
        received.release()
      }
    }
  }
}
