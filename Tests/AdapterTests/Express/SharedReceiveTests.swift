import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Glibc
import Testing

/// Frames in the superbufs of an X3: bytes, metadata, and the rings by which driver and program hand superbufs over.
@Suite struct SharedReceiveTests {
  let rig: Rig
  let sender: RawInterface

  init() throws {
    rig = try Self.rig()
    sender = try RawInterface(rig.left)
  }

  private static func rig(_ change: (inout AdapterSettings) -> Void = { _ in }) throws -> Rig {
    var settings = AdapterSettings()
    settings.generation = .x3
    change(&settings)
    return try Rig(AdapterSettings(), settings)
  }

  private func ethernet() throws -> FilterSpecification { try .ethernet(rig.right.macAddress) }

  @Test func theGrantSaysWhereThingsAre() throws {
    let receiver = try RawExpress(rig.right)
    let express = receiver.express
    #expect(receiver.grant.datapath == .efct && express.receiveQueueLimit == 8)
    #expect(express.parameters.metadataLocation == 0 && express.parameters.isSupported)
    let queue = try receiver.receive(ethernet(), superbufs: 3)
    #expect(queue.queue == 1 && queue.superbufs != nil && queue.superbufCount == 2048)
    let reader = try SharedReader(queue)
    // Active, generation not 0, queue 1, and one superbuf to begin with: number 0, sentinel 1, sequence 0.
    #expect(reader.word(184) == 512 && reader.word(180) != 0)
    #expect(reader.area.load(fromByteOffset: 176, as: Int8.self) == 1)
    #expect(reader.word(128) == 1 && reader.area.load(as: UInt64.self) == 0x0000_0000_0001_0000)
    #expect(receiver.statistic("rx_superbufs_posted") == 6)
  }

  @Test func aFrameIsItsBytesAndMetadataInTheSlotBehind() throws {
    let receiver = try RawExpress(rig.right)
    let queue = try receiver.receive(ethernet())
    let superbuf = try #require(queue.superbufs)
    #expect(Slot(superbuf, 0).future == 0x0000_ffa0_c09b_0000)
    let frame = rig.frame(100, fill: 7)
    sender.send(frame)
    // A frame makes no event.
    #expect(receiver.events().isEmpty)
    #expect(Slot(superbuf, 0).bytes(100) == frame)
    // Two bytes of nothing, and the first six of the frame.
    var future: UInt64 = 0
    for index in 0..<6 { future |= UInt64(frame[index]) << UInt64(16 + 8 * index) }
    #expect(Slot(superbuf, 0).future == future)
    // Slot 0 has no metadata of this superbuf; the next slot has those of the frame, and nothing has begun there.
    #expect(Slot(superbuf, 0).first & FrameMetadata.sentinelBit == 0)
    let metadata = Slot(superbuf, 1).metadata
    #expect(metadata.length == 100 && metadata.location == 1 && metadata.sentinel && !metadata.rollover)
    // Ethernet, of a type that is not judged further.
    #expect(metadata.l2Class == 1 && metadata.l3Class == 2 && metadata.l4Class == 3 && metadata.l2Status == 0)
    #expect(metadata.timestampStatus == 0 && metadata.second == 0 && metadata.discardBits & 0xf == 0)
    #expect(Slot(superbuf, 1).future == 0x0000_ffa0_c09b_0000)
    #expect(Slot(superbuf, 2).first == 0)
    sender.send(rig.frame(60, fill: 8))
    _ = receiver.events()
    #expect(Slot(superbuf, 1).bytes(60) == rig.frame(60, fill: 8) && Slot(superbuf, 2).metadata.length == 60)
    #expect(receiver.statistic("rx_packets") == 2 && receiver.statistic("rx_bytes") == 160)
    #expect(rig.right.statistics()["rx_delivered"] == 2)
  }

  @Test func framesGoOnInTheNextSuperbuf() throws {
    let receiver = try RawExpress(rig.right)
    let reader = try SharedReader(try receiver.receive(ethernet(), superbufs: 4))
    var read = 0
    for number in 0..<5000 {
      let frame = rig.frame(60 + number % 97, fill: UInt8(truncatingIfNeeded: number))
      sender.send(frame)
      _ = sender.events()
      _ = receiver.events()
      for got in reader.frames() {
        try #require(got.bytes == rig.frame(60 + read % 97, fill: UInt8(truncatingIfNeeded: read)), "frame \(read)")
        try #require(got.slot == read % 512 && got.sequence == UInt32(read / 512))
        read += 1
      }
    }
    // The metadata of the last frame of a superbuf stand in the next, so that every frame is read at once.
    #expect(read == 5000 && reader.gaps == 0)
    // Superbufs go round, with the other sentinel each time.
    #expect(reader.taken.map(\.superbuf) == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3])
    #expect(reader.taken.map(\.sentinel) == [1, 1, 1, 1, 1, 1, 0, 0, 0, 0])
    #expect(receiver.statistic("rx_packets") == 5000 && receiver.statistic("rx_no_superbuf") == 0)
    #expect(receiver.statistic("rx_superbufs_posted") == 6 + 9)
  }

  @Test func withoutASuperbufFramesAreDropped() throws {
    let receiver = try RawExpress(rig.right)
    let reader = try SharedReader(try receiver.receive(ethernet()))
    rig.right.starve(queue: 1)
    for _ in 0..<520 {
      sender.send(rig.frame(60))
      _ = sender.events()
      receiver.service()
    }
    // The last slot needs the next superbuf as well.
    #expect(reader.frames().count == 511)
    #expect(receiver.statistic("rx_no_superbuf") == 9 && receiver.statistic("rx_no_descriptor") == 9)
    #expect(rig.right.statistics()["rx_no_descriptor"] == 9 && rig.right.statistics()["rx_delivered"] == 511)
    rig.right.starve(queue: 1, false)
    sender.send(rig.frame(60, fill: 1))
    receiver.service()
    let last = reader.frames()
    #expect(last.map(\.slot) == [511] && last.map(\.bytes) == [rig.frame(60, fill: 1)] && reader.gaps == 0)
  }

  @Test func aRolloverLeavesTheSuperbuf() throws {
    let receiver = try RawExpress(rig.right)
    let queue = try receiver.receive(ethernet(), superbufs: 4)
    let reader = try SharedReader(queue)
    let superbuf = try #require(queue.superbufs)
    var expected = 0
    // In the middle, at once again, and with one slot left.
    for count in [3, 0, 511, 512] {
      for _ in 0..<count {
        sender.send(rig.frame(60, fill: UInt8(truncatingIfNeeded: expected)))
        _ = sender.events()
        receiver.service()
        expected += 1
      }
      rig.right.rollOver(queue: 1)
      if count == 3 {
        let mark = Slot(superbuf, 4).metadata
        #expect(mark.rollover && mark.sentinel && mark.length == 0)
        // Every slot has the sentinel, so that the next use of the superbuf can be told from this one.
        #expect((1..<512).allSatisfy { Slot(superbuf, $0).metadata.sentinel })
      }
      _ = reader.frames()
    }
    #expect(reader.read == 3 + 511 + 512 && reader.rollovers == 4 && reader.gaps == 0)
    #expect(receiver.statistic("rx_rollovers") == 4)
    // Later uses of the superbufs are not confused by what was left.
    let before = reader.read
    for number in 0..<6000 {
      sender.send(rig.frame(60, fill: UInt8(truncatingIfNeeded: number)))
      _ = sender.events()
      receiver.service()
      if number % 500 == 499 { rig.right.rollOver(queue: 1) }
      for got in reader.frames() {
        try #require(got.bytes == rig.frame(60, fill: UInt8(truncatingIfNeeded: reader.read - before - 1)))
      }
    }
    #expect(reader.read == before + 6000)
  }

  @Test func aQueueThatNobodyReadsDropsItsFrames() throws {
    let receiver = try RawExpress(rig.right)
    _ = try rig.right.insert(ethernet(), interface: receiver.grant.resource)
    sender.send(rig.frame(60))
    receiver.service()
    #expect(rig.right.statistics()["rx_no_descriptor"] == 1)
  }

  @Test func aSleeperWakesByAFrame() throws {
    let receiver = try RawExpress(rig.right)
    let queue = try receiver.receive(ethernet())
    let reader = try SharedReader(queue)
    func isReadable() -> Bool {
      var request = pollfd(fd: receiver.grant.waitDescriptor, events: Int16(POLLIN), revents: 0)
      return poll(&request, 1, 0) == 1
    }
    for round in 0..<3 {
      // The adapter does not know what was read: after frames the first prime wakes in any case.
      receiver.prime()
      receiver.prime()
      #expect(isReadable() == false)
      sender.send(rig.frame(60))
      rig.right.service()
      #expect(isReadable(), "round \(round)")
      #expect(reader.frames().count == 1)
      // A frame that comes between the last look and the prime wakes at once.
      sender.send(rig.frame(60))
      receiver.prime()
      #expect(isReadable())
      #expect(reader.frames().count == 1)
    }
  }

  @Test func aFrameIsSeenToBegin() throws {
    let receiver = try RawExpress(rig.right)
    let queue = try receiver.receive(ethernet())
    let reader = try SharedReader(queue)
    let superbuf = try #require(queue.superbufs)
    rig.right.holdNextFrame(queue: 1)
    sender.send(rig.frame(100, fill: 1))
    receiver.service()
    #expect(Slot(superbuf, 0).future != 0x0000_ffa0_c09b_0000 && Slot(superbuf, 0).bytes(62).count == 62)
    #expect(reader.frames().isEmpty)
    rig.right.releaseFrame(queue: 1)
    #expect(reader.frames().map(\.bytes) == [rig.frame(100, fill: 1)])
    // The next frame finishes it too.
    rig.right.holdNextFrame(queue: 1)
    sender.send(rig.frame(60, fill: 2), rig.frame(60, fill: 3))
    receiver.service()
    #expect(reader.frames().map(\.bytes) == [rig.frame(60, fill: 2), rig.frame(60, fill: 3)])
  }

  @Test func aSuperbufThatIsUsedAgainHasNoMetadataYet() throws {
    let receiver = try RawExpress(rig.right)
    let reader = try SharedReader(try receiver.receive(ethernet()))
    func send(_ count: Int) -> Int {
      (0..<count).reduce(0) { sum, _ in
        sender.send(rig.frame(60))
        _ = sender.events()
        receiver.service()
        return sum + reader.frames().count
      }
    }
    // Nobody wrote to the first slot of the first superbuf, which comes again after four: the sentinel of its second use
    // is what the memory had.
    #expect(send(4 * 512 - 1) == 4 * 512 - 1)
    rig.right.holdNextFrame(queue: 1)
    #expect(send(1) == 0)
    #expect(reader.taken.last == SharedReader.Taken(superbuf: 0, sentinel: 0, sequence: 4))
    rig.right.releaseFrame(queue: 1)
    #expect(reader.frames().map(\.slot) == [511])
  }

  @Test func aFrameOfAJumboPortThatNoSlotHolds() throws {
    rig.right.setMTU(9000)
    let receiver = try RawExpress(rig.right)
    let reader = try SharedReader(try receiver.receive(ethernet()))
    sender.send(rig.frame(1982), rig.frame(1983), rig.frame(9000))
    receiver.service()
    #expect(reader.frames().map(\.bytes) == [rig.frame(1982)])
    #expect(receiver.statistic("rx_oversize") == 2 && rig.right.statistics()["rx_oversize"] == 2)
  }
}
