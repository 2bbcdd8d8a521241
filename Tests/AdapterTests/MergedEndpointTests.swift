import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import EtherFabricFormats
import Testing

/// Endpoints whose events are merged: the same frames as without, and every buffer accounted for.
@Suite struct MergedEndpointTests {
  struct Link: ~Copyable {
    var sender: Endpoint
    var receiver: Endpoint
    let leftPool: PacketPool
    let rightPool: PacketPool
    let from: MACAddress
    let to: MACAddress
    let driver: Driver

    init(_ name: String, _ flags: InterfaceFlags, options: String = "", buffers: Int = 128) throws {
      let left = try Driver.open("emu:cable:\(name)/0")
      let driver = try Driver.open("emu:cable:\(name)/1\(options)")
      let leftDomain = try left.allocateProtectionDomain()
      let rightDomain = try driver.allocateProtectionDomain()
      let leftPool = try PacketPool(leftDomain, count: 128, bufferSize: 16384, hugePages: .never)
      let rightPool = try PacketPool(rightDomain, count: buffers, hugePages: .never)
      let sender = try Endpoint(leftDomain, pool: leftPool, options: InterfaceOptions(receiveCapacity: 0))
      let receiver = try Endpoint(rightDomain, pool: rightPool, options: InterfaceOptions(flags: flags))
      try receiver.addFilter(.ethernet(driver.identity.macAddress))
      self.sender = sender
      self.receiver = receiver
      self.leftPool = leftPool
      self.rightPool = rightPool
      self.driver = driver
      from = left.identity.macAddress
      to = driver.identity.macAddress
    }

    mutating func send(_ number: Int, count: Int) throws {
      var buffer = try unwrap(leftPool.allocate())
      EndpointTests.frame(
        to: to, from: from, count: count, fill: UInt8(truncatingIfNeeded: number), into: &buffer)
      try sender.transmit(buffer, push: false)
    }

    mutating func push() {
      sender.push()
      while let occurrence = sender.next() { _ = consume occurrence }
    }
  }

  /// The next frame. A poll may find a time sync alone.
  private static func next(_ link: inout Link, _ what: String = "frame") throws -> ReceivedFrame {
    for _ in 0..<3 { if let frame = link.receiver.receive() { return frame } }
    throw Missing(what: what)
  }

  private static func isWhole(_ frame: borrowing ReceivedFrame, _ number: Int) -> Bool {
    var bytes = [UInt8](repeating: 0, count: frame.count)
    let copied = bytes.withUnsafeMutableBytes { frame.copyBytes(to: $0) }
    return copied == frame.count
      && stride(from: 14, to: frame.count, by: 41).allSatisfy {
        bytes[$0] == UInt8(truncatingIfNeeded: number) &+ UInt8(truncatingIfNeeded: $0)
      }
  }

  @Test(arguments: [
    InterfaceFlags.receiveEventMerge, [.receiveEventMerge, .receiveTimestamps], [.receiveEventMerge, .receiveFilterID],
    .receiveFilterID, [],
  ])
  func framesOfAllSizesComeOutAsTheyWere(_ flags: InterfaceFlags) throws {
    var link = try Link("merged\(flags.rawValue)", flags)
    let sizes = [60, 1514, 2034, 2035, 4000, 9000, 61, 100, 8192, 60, 60, 60]
    var number = 0
    for _ in 0..<30 {
      let first = number
      for size in sizes {
        try link.send(number, count: size)
        number += 1
      }
      link.push()
      for index in first..<number {
        let frame = try Self.next(&link, "frame \(index)")
        #expect(frame.count == sizes[index % sizes.count])
        let isWhole = Self.isWhole(frame, index)
        #expect(isWhole && frame.discardReason == nil)
        #expect((frame.timestamp != nil) == flags.contains(.receiveTimestamps))
        frame.release()
      }
    }
    #expect(link.receiver.counters.framesReceived == UInt64(number))
    #expect(link.rightPool.framesReleased == UInt64(number))
    #expect(link.receiver.interface.receiveFillLevel + link.rightPool.available == 128)
  }

  @Test func allBuffersComeBackWhereverTheEndpointEnds() throws {
    for taken in 0..<20 {
      let pool: PacketPool
      do {
        var link = try Link("merged-end\(taken)", .receiveEventMerge)
        pool = link.rightPool
        for number in 0..<20 { try link.send(number, count: number % 5 == 4 ? 5000 : 60) }
        link.push()
        for _ in 0..<taken {
          guard let frame = link.receiver.receive() else { break }
          frame.release()
        }
      }
      #expect(pool.available == 128, "\(taken) frames were taken")
    }
  }

  @Test func aFrameThatRanOutOfBuffersIsCutAndTheNextIsWhole() throws {
    var link = try Link("merged-cut", .receiveEventMerge, buffers: 16)
    for number in 0..<7 { try link.send(number, count: 60) }
    try link.send(7, count: 9000)
    link.push()
    for number in 0..<7 {
      let frame = try unwrap(link.receiver.receive())
      let isWhole = Self.isWhole(frame, number)
      #expect(isWhole)
    }
    let cut = try unwrap(link.receiver.receive(), "the part of a frame")
    #expect(cut.discardReason == .truncated && cut.count == 2048 - 14)
    #expect(link.receiver.counters.framesTruncated == 1)
    cut.release()
    // With the next poll the buffers are with the adapter again.
    let isQuiet = EndpointTests.hasNothing(&link.receiver)
    #expect(isQuiet)
    try link.send(8, count: 100)
    link.push()
    let next = try unwrap(link.receiver.receive())
    let isWhole = Self.isWhole(next, 8)
    #expect(isWhole && next.count == 100)
    next.release()
    #expect(link.receiver.interface.receiveFillLevel + link.rightPool.available == 16)
  }

  @Test func badFramesAreMarkedAndTheirNeighboursAreNot() throws {
    var link = try Link("merged-bad", .receiveEventMerge, options: ",rx-corrupt=20%,seed=11")
    var bad = 0
    var good = 0
    for _ in 0..<10 {
      for number in 0..<10 { try link.send(number, count: 3000) }
      link.push()
      while let frame = link.receiver.receive() {
        if frame.discardReason == nil { good += 1 } else { bad += 1 }
        #expect(frame.count == 3000)
      }
    }
    #expect(bad + good == 100 - Int(link.driver.statistics()["rx_filtered"] ?? 0))
    #expect(bad > 5 && good > 60)
    #expect(link.receiver.counters.framesDiscarded == UInt64(bad))
  }

  @Test func anEventWithoutItsFramesLosesNoBuffer() throws {
    var link = try Link("merged-raise", .receiveEventMerge)
    let adapter = try unwrap(Emulator.adapter(of: link.driver))
    // Three buffers are completed, and nothing was written to them: three frames of nothing.
    try adapter.raise(0x0003_0000_0000_0000, interface: link.receiver.interface.resourceID)
    var frames = 0
    while let frame = link.receiver.receive() {
      frames += 1
      frame.release()
    }
    #expect(frames == 3)
    #expect(link.receiver.interface.receiveFillLevel + link.rightPool.available == 128)
  }
}
