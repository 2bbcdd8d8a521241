import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Glibc
import Testing

/// How the driver of an X3 shares the superbufs of a queue among those who read it.
@Suite struct SuperbufSharingTests {
  let rig: Rig
  let sender: RawInterface

  init() throws {
    var settings = AdapterSettings()
    settings.generation = .x3
    rig = try Rig(AdapterSettings(), settings)
    sender = try RawInterface(rig.left)
  }

  private func ethernet() throws -> FilterSpecification { try .ethernet(rig.right.macAddress) }

  @Test func whoIsBehindLosesTheOldestAndSeesTheGap() throws {
    let receiver = try RawExpress(rig.right)
    let reader = try SharedReader(try receiver.receive(ethernet(), superbufs: 2))
    func send(_ count: Int) {
      for _ in 0..<count {
        sender.send(rig.frame(60))
        _ = sender.events()
        receiver.service()
      }
    }
    // Two superbufs are the interface's; what comes after goes to those that it does not get.
    send(10 * 512)
    #expect(reader.word(128) == 2 && reader.word(204) > 0)
    let frames = reader.frames()
    // Of the second superbuf the last frame is missing: its metadata went to a superbuf that was lost.
    #expect(frames.count == 1023 && reader.gaps == 0)
    receiver.service()
    send(512)
    let more = reader.frames()
    let skipped = UInt64(reader.word(212))
    #expect(skipped > 4 && receiver.statistic("rx_superbufs_skipped") == skipped)
    #expect(receiver.statistic("rx_skipped_packets") == skipped * 512)
    #expect(reader.gaps == 1 && more.first?.sequence == UInt32(2 + skipped))
    #expect(rig.right.statistics()["rx_delivered"] == 11 * 512)
    #expect(receiver.statistic("rx_packets") == 11 * 512 - skipped * 512)
    #expect(receiver.statistic("rx_no_superbuf") == 0)
  }

  @Test func aFullRingIsNoRoom() throws {
    let receiver = try RawExpress(rig.right)
    let reader = try SharedReader(try receiver.receive(ethernet(), superbufs: 40))
    for _ in 0..<20 { rig.right.rollOver(queue: 1) }
    #expect(reader.word(128) == 16 && reader.word(200) > 0 && reader.word(204) == 0)
    // What did not go in comes when there is room.
    _ = reader.frames()
    receiver.service()
    #expect(reader.word(128) > 16 && reader.word(212) == 0)
  }

  @Test func twoInterfacesReadOneQueue() throws {
    let group = MACAddress(value: 0x0100_5e00_0001)
    let first = try RawExpress(rig.right)
    let reader = try SharedReader(try first.receive(.ethernet(group), superbufs: 2))
    let frame = [UInt8](arrayLiteral: 1, 0, 0x5e, 0, 0, 1) + rig.frame(60).dropFirst(6)
    sender.send(frame)
    first.service()
    #expect(reader.frames().count == 1)
    // The second joins with a superbuf of its own.
    let second = try RawExpress(rig.right)
    let other = try SharedReader(try second.receive(.ethernet(group), superbufs: 2))
    #expect(other.queue.queue == reader.queue.queue)
    #expect(other.word(128) == 1 && other.area.load(as: UInt64.self) == 0x0000_0001_0001_0001)
    for number in 0..<3000 {
      sender.send(frame)
      _ = sender.events()
      first.service()
      // The first reads at once, the second now and then.
      _ = reader.frames()
      if number % 700 == 0 { _ = other.frames() }
    }
    for _ in 0..<4 {
      second.service()
      _ = other.frames()
    }
    #expect(reader.read == 3001 && reader.gaps == 0 && reader.rollovers == 1)
    // Both filters match, and the queue has each frame once.
    #expect(first.statistic("rx_packets") == 3001 && rig.right.statistics()["rx_delivered"] == 3001)
    let missed = second.statistic("rx_skipped_packets")
    #expect(second.statistic("rx_packets") == 3000 - missed)
    // Each gap costs the frame before it too: its metadata are gone.
    #expect(other.read == 3000 - Int(missed) - other.gaps)

    // A frame that only the first asked for is seen by both.
    _ = try rig.right.insert(.ethernet(rig.right.macAddress), interface: first.grant.resource)
    let (one, two) = (reader.read, other.read)
    sender.send(rig.frame(60))
    first.service()
    _ = (reader.frames(), other.frames())
    #expect(reader.read == one + 1 && other.read == two + 1)
  }

  @Test func oneWhoLeavesHoldsNothingUp() throws {
    let group = MACAddress(value: 0x0100_5e00_0001)
    let frame = [UInt8](arrayLiteral: 1, 0, 0x5e, 0, 0, 1) + rig.frame(60).dropFirst(6)
    let first = try RawExpress(rig.right)
    let reader = try SharedReader(try first.receive(.ethernet(group), superbufs: 2))
    var second: RawExpress? = try RawExpress(rig.right)
    _ = try second?.receive(.ethernet(group), superbufs: 6)
    func send(_ count: Int) {
      for _ in 0..<count {
        sender.send(frame)
        _ = sender.events()
        first.service()
        _ = reader.frames()
      }
    }
    send(2000)
    // Whoever leaves takes nothing along, and what he held is used again.
    for _ in 0..<4 {
      second = nil
      send(1500)
      second = try RawExpress(rig.right)
      _ = try second?.receive(.ethernet(group), superbufs: 6)
      send(100)
    }
    second = nil
    send(600)
    #expect(reader.read == 9000 && reader.gaps == 0)
    #expect(first.statistic("rx_no_superbuf") == 0 && first.statistic("rx_superbufs_skipped") == 0)
    // Another may take its place, though the memory is there already.
    let third = try RawExpress(rig.right)
    let other = try SharedReader(try third.receive(.ethernet(group), superbufs: 2))
    send(3000)
    #expect(reader.read == 12000 && other.word(180) != 0)
    withExtendedLifetime(third) {}
  }

  @Test func nonsenseInTheFreeRingHarmsNobody() throws {
    let receiver = try RawExpress(rig.right)
    let queue = try receiver.receive(ethernet(), superbufs: 2)
    let reader = try SharedReader(queue)
    let area = try #require(queue.shared)
    for (place, number) in [0xffff, 2048, 2047, 5, 0, 0].enumerated() {
      area.storeBytes(of: UInt16(number), toByteOffset: 136 + place * 2, as: UInt16.self)
    }
    area.storeBytes(of: 6, toByteOffset: 168, as: UInt32.self)
    receiver.service()
    #expect(reader.word(172) == 6)
    // A count that runs ahead of the ring is followed for one round at a time.
    area.storeBytes(of: 0x8000_0000, toByteOffset: 168, as: UInt32.self)
    receiver.service()
    #expect(reader.word(172) == 22)
    for _ in 0..<2000 {
      sender.send(rig.frame(60))
      _ = sender.events()
      receiver.service()
    }
    #expect(receiver.statistic("rx_no_superbuf") == 0)
  }

  @Test func attachingIsCheckedFirst() throws {
    let receiver = try RawExpress(rig.right)
    func code(_ queue: Int, _ superbufs: Int = 2, _ interface: UInt32? = nil) -> Int32? {
      do {
        _ = try rig.right.attachReceiveQueue(
          queue, superbufs: superbufs, interface: interface ?? receiver.grant.resource)
      } catch { return error.errno }
      return nil
    }
    #expect(code(-1) == EINVAL && code(16) == EINVAL && code(1, 0) == EINVAL && code(1, 2049) == EINVAL)
    #expect(code(1, 2, 99) == EOPNOTSUPP)
    #expect(code(1, 2048) == EINVAL)
    for queue in 1...8 { #expect(code(queue) == nil) }
    #expect(code(3) == EALREADY && code(9) == ENOSPC)
    let x2 = try RawInterface(rig.left)
    #expect(throws: EtherFabricError.self) {
      try rig.left.attachReceiveQueue(1, superbufs: 2, interface: x2.grant.resource)
    }
    #expect(rig.right.identity.configuration.contains { $0.name == "superbufs" })
  }

  @Test func filtersSpreadOverTheQueues() throws {
    var receivers: [RawExpress] = []
    var queues: [UInt32] = []
    for number in 0..<20 as Range<UInt64> {
      let receiver = try RawExpress(rig.right)
      receivers.append(receiver)
      for part in 0..<2 as Range<UInt64> {
        let filter = try FilterSpecification.ethernet(MACAddress(value: 0x0200_0000_0000 | number << 8 | part))
        let cookie = try rig.right.insert(filter, interface: receiver.grant.resource)
        queues.append(try rig.right.query(cookie, interface: receiver.grant.resource).receiveQueue)
      }
    }
    // Each interface one, 1 to 15, until all are taken.
    let expected = (0..<40).map { UInt32($0 / 2 % 15 + 1) }
    #expect(queues == expected)
    withExtendedLifetime(receivers) {}
  }
}
