import CLinuxShims
import EmulatedAdapter
import EmulatedWires
import Glibc
import Testing

@Suite("A peer that breaks every rule", .serialized, .timeLimit(.minutes(2))) struct HostilePeerTests {
  /// After the trouble a good end comes, and frames pass.
  private func recovers(_ wire: SharedMemoryWire, _ name: String, port: Int = 0) throws {
    let good = try SharedMemoryWire(name: name, port: 1 - port)
    #expect(
      eventually {
        _ = wire.take()
        return areUp(wire, good)
      })
    while wire.take() != nil {}
    #expect(wire.send(frame(7, length: 300)) == .sent)
    #expect(good.await() == frame(7, length: 300))
    #expect(good.send(frame(8)) == .sent)
    #expect(wire.await() == frame(8))
  }

  @Test(arguments: [0 as UInt32, 0x8000, 0x7fff, 0xffff, 16641]) func aLengthThatThereIsNot(_ length: UInt32) throws {
    let name = freshName()
    let wire = try SharedMemoryWire(name: name, port: 0)
    let end = try RawEnd(name, wirePort: 0)
    #expect(eventually { wire.isLinkUp })
    end.store(1 << 16 | length, end.incoming(0) + 60)
    var came = 0
    let isOver = eventually {
      if wire.take() != nil { came += 1 }
      return end.isOver
    }
    #expect(isOver && came == 0)
    #expect(wire.counters().receiveTruncated == 1)
    try recovers(wire, name)
  }

  @Test(arguments: [1 as UInt64, 100_000, .max, 1 << 63]) func anIndexThatIsAheadOfTheFrames(_ head: UInt64) throws {
    let name = freshName()
    let wire = try SharedMemoryWire(name: name, port: 0)
    let end = try RawEnd(name, wirePort: 0)
    #expect(eventually { wire.isLinkUp })
    end.store(head, 1024)
    end.store(head, 1032)
    // It is looked at when the ring seems full.
    for number in 0..<8192 where wire.send(frame(number)) != .sent { break }
    if head == 1 {
      #expect(wire.send(frame(1)) == .sent)
    } else {
      _ = wire.send(frame(1))
      #expect(
        eventually {
          _ = wire.take()
          return end.isOver
        })
      #expect(wire.counters().transmitDropped <= 8193)
      try recovers(wire, name)
    }
  }

  @Test(arguments: 0..<6) func memoryThatChangesAllTheTime(_ seed: UInt64) throws {
    let name = freshName()
    let port = Int(seed % 2)
    let wire = try SharedMemoryWire(name: name, port: port)
    var random = Xorshift(state: seed &* 7919 &+ 1)
    for _ in 0..<60 {
      let end = try RawEnd(name, wirePort: port) { memory in
        // Before the wire has looked: also the header.
        if random.next() % 4 == 0 { memory.storeBytes(of: random.next(), toByteOffset: 8, as: UInt64.self) }
      }
      for _ in 0..<400 {
        let offset = Int(random.next() % UInt64(RawEnd.byteCount / 4)) * 4
        switch random.next() % 7 {
        case 0: end.store(UInt32(truncatingIfNeeded: random.next()), offset)
        case 1: end.store(1 << 16 | UInt32(random.next() & 0xffff), end.incoming(Int(random.next() % 64)) + 60)
        case 2: end.store(random.next() % 10_000, 1024 * (1 + Int(random.next() % 2)))
        case 3: end.store(UInt32(random.next() % 4), 1152 + 1024 * Int(random.next() % 2))
        case 6: end.put(frame(1), line: Int(random.next() % 128), lap: UInt32(1 + random.next() % 4))
        case 4: efvi_meeting_wake(end.connection)
        default: end.put(frame(1), line: Int(random.next() % 64))
        }
        if let bytes = wire.take() { #expect((1...16640).contains(bytes.count)) }
        wire.send(frame(1, length: Int(random.next() % 2000) + 14))
        if random.next() % 50 == 0 { wire.arm() }
      }
    }
    try recovers(wire, name, port: port)
  }

  enum Offer: CaseIterable { case nothing, garbage, file, small, unsealed, pipe, several, silence }

  @Test(arguments: Offer.allCases) func anOfferThatIsNone(_ offer: Offer) throws {
    let name = freshName()
    let wire = try SharedMemoryWire(name: name, port: 0)
    let before = Traces.now()
    do {
      let connection = try RawEnd.connect(name, 0)
      defer { close(connection) }
      let magic: UInt64 = 0x6566_7669_2d73_686d
      var ends: [Int32] = [-1, -1]
      let memory: Int32
      switch offer {
      case .nothing, .garbage, .silence: memory = -1
      case .file: memory = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
      case .small: memory = efvi_meeting_memory("small", 4096)
      case .unsealed: memory = efvi_page_create("unsealed", RawEnd.byteCount)
      case .pipe:
        #expect(Glibc.pipe(&ends) == 0)
        memory = ends[0]
      case .several: memory = efvi_meeting_memory("several", RawEnd.byteCount)
      }
      defer { for open in [memory, ends[1]] where open >= 0 { close(open) } }
      switch offer {
      case .silence: break
      case .nothing: shutdown(connection, Int32(SHUT_RDWR))
      case .garbage: #expect(Glibc.send(connection, "garbage!", 8, 0) == 8)
      case .several:
        // A right number with the wrong memory, then another: the first is what counts.
        #expect(efvi_meeting_offer(connection, memory, 1) == 0)
        #expect(efvi_meeting_offer(connection, memory, magic) == 0)
      default: #expect(efvi_meeting_offer(connection, memory, magic) == 0)
      }
      for _ in 0..<20 {
        #expect(!wire.isLinkUp)
        #expect(wire.take() == nil)
        #expect(wire.send(frame(1)) == .linkDown)
      }
      if offer != .silence { #expect(efvi_meeting_is_over(connection) != 0) }
    }
    #expect(!wire.isLinkUp)
    #expect(Traces.now().hasNothingMore(than: before))
    try recovers(wire, name)
  }

  @Test func whoComesToALinkedEndIsTurnedAway() throws {
    let name = freshName()
    let pair = try Pair(name)
    for _ in 0..<30 {
      let intruder = try RawEnd(name, wirePort: 0)
      #expect(pair.left.isLinkUp)
      #expect(eventually { intruder.isOver })
      #expect(!intruder.isTaken)
    }
    #expect(pair.left.send(frame(1)) == .sent)
    #expect(pair.right.await() == frame(1))
  }
}

struct Xorshift {
  var state: UInt64
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
