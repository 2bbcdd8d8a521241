import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import EtherFabricFormats
import Glibc
import Testing

/// Packed stream on the level of owners: every packet once and whole, whatever its length, and every buffer in turn.
@Suite struct PackedStreamReceiverTests {
  /// A cable's two ends: a sender with a pool, a receiver in packed stream.
  struct Link: ~Copyable {
    var sender: Endpoint
    var receiver: PackedStreamReceiver
    let pool: PacketPool
    let adapter: EmulatedAdapter
    let from: MACAddress
    let to: MACAddress

    init(
      _ name: String, _ flags: InterfaceFlags = [], options: String = "", bufferCount: Int? = nil,
      bufferSize: Int = 2048, domain: DomainFlags = .receivePackedStream
    ) throws {
      let left = try Driver.open("emu:cable:\(name)/0")
      let right = try Driver.open("emu:cable:\(name)/1\(options)")
      let leftDomain = try left.allocateProtectionDomain()
      let pool = try PacketPool(leftDomain, count: 256, bufferSize: bufferSize, hugePages: .never)
      let sender = try Endpoint(leftDomain, pool: pool, options: InterfaceOptions(receiveCapacity: 0))
      let receiver = try PackedStreamReceiver(
        try right.allocateProtectionDomain(flags: domain), bufferCount: bufferCount,
        options: InterfaceOptions(flags: flags), hugePages: .never)
      try receiver.addFilter(.ethernet(right.identity.macAddress))
      adapter = try unwrap(Emulator.adapter(of: right))
      self.pool = pool
      self.sender = sender
      self.receiver = receiver
      from = left.identity.macAddress
      to = right.identity.macAddress
    }

    /// Sends a frame whose bytes follow from its number.
    mutating func send(_ number: Int, count: Int) throws {
      var buffer = try unwrap(pool.allocate())
      EndpointTests.frame(
        to: to, from: from, count: count, fill: UInt8(truncatingIfNeeded: number), into: &buffer)
      try sender.transmit(buffer)
      while let occurrence = sender.next() { _ = consume occurrence }
    }

    /// Takes all packets that are there: how many, and which of them are not what was sent from `first` on.
    mutating func take(first: Int, length: (Int) -> Int) -> (count: Int, wrong: [Int]) {
      var count = 0
      var wrong: [Int] = []
      while var batch = receiver.receive() {
        while let packet = batch.next() {
          let number = first + count
          let bytes = packet.bytes
          let isRight =
            packet.capturedLength == length(number) && packet.originalLength == length(number)
            && stride(from: 14, to: bytes.byteCount, by: 41).allSatisfy {
              bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self)
                == UInt8(truncatingIfNeeded: number) &+ UInt8(truncatingIfNeeded: $0)
            }
          if !isRight { wrong.append(number) }
          count += 1
        }
      }
      return (count, wrong)
    }
  }

  @Test func noPacketIsThereBeforeOneWasSent() throws {
    var link = try Link("ps-none")
    #expect(link.take(first: 0) { _ in 0 }.count == 0)
    #expect(link.receiver.bufferCount == 16)
    #expect(link.receiver.counters == PackedStreamCounters())
  }

  @Test(arguments: [InterfaceFlags.packedStream64K, []])
  func packetsOfAnyLengthComeOnceInOrderRoundAllBuffers(_ flags: InterfaceFlags) throws {
    var link = try Link("ps-all\(flags.rawValue)", flags, bufferCount: 16)
    let length = { 60 + $0 * 37 % 1455 }
    // More than twice all buffers of 64 KiB, and more than two of 1 MiB.
    let total = 4000
    var seen = 0
    for number in 0..<total {
      try link.send(number, count: length(number))
      guard number % 31 == 30 || number == total - 1 else { continue }
      let (count, wrong) = link.take(first: seen, length: length)
      #expect(wrong.isEmpty)
      seen += count
    }
    #expect(seen == total)
    let counters = link.receiver.counters
    #expect(counters.packets == UInt64(total) && counters.bytes == UInt64((0..<total).map(length).reduce(0, +)))
    #expect(counters.events < UInt64(total) / 4)
    #expect(counters.buffers > (flags.isEmpty ? 2 : 32) && counters.buffersRefused == 0)
    #expect(link.receiver.fault == nil)
    // Nothing was dropped, and what was posted again is with the adapter: all but the one at hand.
    #expect(link.receiver.interface.receiveFillLevel == 15)
    let statistics = link.receiver.interface.statistics()
    #expect(statistics["rx_no_credit"] == 0 && statistics["rx_no_descriptor"] == 0)
  }

  /// Buffers of a megabyte need memory in one piece: two in each 2 MiB that lie together, and no more. Kernels from 6.7
  /// on give memory at such places, older ones do not.
  @Test func withPhysicalAddressesBuffersLieWhereTheBusHasThem() throws {
    let flags: DomainFlags = [.physicalMode, .receivePackedStream]
    do throws(any Error) {
      var link = try Link("ps-physical", options: ",phys=on", bufferCount: 17, domain: flags)
      #expect(link.receiver.interface.flags.contains(.receivePhysicalAddresses))
      var seen = 0
      // Twice round all buffers.
      while seen < 40_000 {
        for number in seen..<seen + 20 { try link.send(number, count: 1000) }
        let (count, wrong) = link.take(first: seen) { _ in 1000 }
        try #require(count == 20 && wrong.isEmpty, "\(count) from \(seen) on, wrong \(wrong)")
        seen += count
      }
      #expect(link.receiver.fault == nil)
    } catch let error as EtherFabricError {
      #expect(error.errno == EPROTO && error.operation == "MemoryRegistration" && error.remedy.contains("huge pages"))
    }
  }

  /// Sixteen buffers and what aligns them are no whole number of huge pages.
  @Test func withPhysicalAddressesMemoryInPiecesIsRefused() throws {
    let flags: DomainFlags = [.physicalMode, .receivePackedStream]
    let error = #expect(throws: EtherFabricError.self) {
      _ = try Link("ps-pieces", .packedStream64K, options: ",phys=on", bufferCount: 16, domain: flags)
    }
    #expect(error?.errno == EPROTO && error?.remedy.contains("huge pages") == true)
  }

  @Test func jumbosCrossBoundariesAndCreditsComeBack() throws {
    var link = try Link("ps-jumbo", bufferSize: 16384)
    for number in 0..<600 {
      try link.send(number, count: 8900)
      guard number % 7 == 6 || number == 599 else { continue }
      let (_, wrong) = link.take(first: number - number % 7) { _ in 8900 }
      #expect(wrong.isEmpty)
    }
    #expect(link.receiver.counters.packets == 600)
    #expect(link.receiver.interface.statistics()["rx_no_credit"] == 0)
  }

  @Test func aReaderThatComesLateLosesPacketsButNoneOfThoseItGets() throws {
    var link = try Link("ps-late", .packedStream64K, bufferCount: 16)
    // 16 buffers of 16 frames of 3,900 bytes; nobody reads.
    for number in 0..<300 {
      try link.send(number % 250, count: 1500)
      if number % 16 == 15 { link.adapter.service() }
    }
    for round in 0..<60 {
      for number in 0..<16 { try link.send((round * 16 + number) % 250, count: 1500) }
      link.adapter.service()
    }
    var count = 0
    var last: UInt8?
    var gaps = 0
    while var batch = link.receiver.receive() {
      while let packet = batch.next() {
        let fill = packet.bytes.unsafeLoad(fromByteOffset: 14, as: UInt8.self) &- 14
        if let last, fill != last &+ 1, !(last == 249 && fill == 0) { gaps += 1 }
        last = fill
        count += 1
      }
    }
    let statistics = link.receiver.interface.statistics()
    #expect(UInt64(count) == statistics["rx_packets"])
    // A frame takes 1600 bytes.
    #expect(count == 16 * 40)
    // Their buffers have been posted again: the stream goes on.
    try link.send(7, count: 1500)
    #expect(link.take(first: 7) { _ in 1500 }.count == 1)
  }

  @Test func stampsAndTheClocksStateComeWithPackets() throws {
    var link = try Link("ps-time", .receiveTimestamps, options: ",clock=manual")
    link.adapter.setClock(1_700_000_000_000_000_000)
    link.adapter.service()
    try link.send(1, count: 60)
    var stamp: Timestamp?
    // The first poll finds time syncs alone.
    for _ in 0..<3 {
      while var batch = link.receiver.receive() {
        #expect(batch.timestampError == nil)
        while let packet = batch.next() { stamp = packet.timestamp }
      }
    }
    #expect(stamp == Timestamp(seconds: 1_700_000_000, nanoseconds: 0, sync: [.clockSet, .inSync]))
    #expect(link.receiver.counters.eventsWithoutTime == 0)
  }

  @Test func badPacketsAreMarkedAndCounted() throws {
    var link = try Link("ps-bad", options: ",rx-corrupt=1,seed=3")
    for number in 0..<20 { try link.send(number, count: 500) }
    var marked = 0
    while var batch = link.receiver.receive() {
      while let packet = batch.next() { marked += packet.flags.contains(.frameCheckBad) ? 1 : 0 }
    }
    #expect(marked > 15 && link.receiver.counters.packetsWithErrors == UInt64(marked))
  }

  @Test func aFaultIsToldAndARestartGoesOn() throws {
    var link = try Link("ps-fault", .packedStream64K)
    try link.send(1, count: 100)
    #expect(link.take(first: 1) { _ in 100 }.count == 1)
    try link.adapter.raise(
      ManagementEventWord(kind: ManagementEventWord.Kind.reboot).word, interface: link.receiver.interface.resourceID)
    try link.send(2, count: 100)
    #expect(link.take(first: 2) { _ in 100 }.count == 0)
    #expect(link.receiver.fault == .reset)
    try link.receiver.restart()
    #expect(link.receiver.fault == nil)
    try link.send(3, count: 100)
    let (count, wrong) = link.take(first: 3) { _ in 100 }
    #expect(count == 1 && wrong.isEmpty)
  }

  @Test func aRestartGoesOnAfterTheAdaptersReset() throws {
    var link = try Link("ps-reset", .packedStream64K)
    link.adapter.reset()
    #expect(link.take(first: 1) { _ in 100 }.count == 0)
    #expect(link.receiver.fault == .reset)
    try link.receiver.restart()
    try link.send(3, count: 100)
    let (count, wrong) = link.take(first: 3) { _ in 100 }
    #expect(count == 1 && wrong.isEmpty)
  }

  @Test func aSleeperIsWoken() throws {
    var link = try Link("ps-sleep")
    let isEarly = try link.receiver.wait(timeout: .milliseconds(2))
    #expect(!isEarly)
    try link.send(1, count: 60)
    let isWoken = try link.receiver.wait(timeout: .seconds(5))
    #expect(isWoken)
    #expect(link.take(first: 1) { _ in 60 }.count == 1)
  }
}
