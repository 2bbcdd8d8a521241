import EmulatedAdapter
import EmulatedWires
import Testing

@Suite("The words that two processes share", .timeLimit(.minutes(1))) struct WordTests {
  private func linked(_ name: String, port: Int = 0) throws -> (SharedMemoryWire, RawEnd) {
    let wire = try SharedMemoryWire(name: name, port: port)
    let end = try RawEnd(name, wirePort: port)
    #expect(eventually { wire.isLinkUp })
    #expect(end.isTaken)
    return (wire, end)
  }

  @Test(arguments: [0, 1]) func aSmallFrameIsOneLine(_ port: Int) throws {
    let (wire, end) = try linked(freshName(), port: port)
    #expect(wire.send(frame(1)) == .sent)
    #expect(end.bytes(end.outgoing(0), 60) == frame(1))
    #expect(end.word(end.outgoing(0) + 60) == 1 << 16 | 60)
    #expect(end.bytes(end.outgoing(1), 64) == [UInt8](repeating: 0, count: 64))
    #expect(wire.send(frame(2), isPoisoned: true) == .sent)
    #expect(end.word(end.outgoing(1) + 60) == 1 << 16 | 0x8000 | 60)
  }

  @Test func aLargeFrameTakesLinesOfSixtyBytes() throws {
    let (wire, end) = try linked(freshName())
    let large = frame(3, length: 1514)
    #expect(wire.send(large) == .sent)
    #expect(end.word(end.outgoing(0) + 60) == 1 << 16 | 1514)
    for line in 1..<26 { #expect(end.word(end.outgoing(line) + 60) == 1 << 16) }
    #expect(end.word(end.outgoing(26) + 60) == 0)
    let bytes = (0..<26).flatMap { end.bytes(end.outgoing($0), 60) }
    #expect(Array(bytes.prefix(1514)) == large)
  }

  @Test func theReaderTellsWhatItHasRead() throws {
    let (wire, end) = try linked(freshName())
    end.put(frame(4), line: 0)
    #expect(wire.await() == frame(4))
    // The reader of port 1's frames.
    #expect(end.doubleWord(2048) == 1)
    #expect(end.doubleWord(2056) == 1)
    #expect(end.word(2048 + 128) == 0)
    #expect(wire.take() == nil)
  }

  @Test func everyLapHasItsNumber() throws {
    let (wire, end) = try linked(freshName())
    var taken: UInt64 = 0
    for number in 0..<20_000 {
      let length = number % 3 == 0 ? 61 : 60
      #expect(wire.send(frame(number, length: length)) == .sent)
      let line = Int(taken % 8192)
      #expect(end.word(end.outgoing(line) + 60) == UInt32(taken / 8192 + 1) << 16 | UInt32(length))
      taken += length == 61 ? 2 : 1
      // One line is always left, so that the ring does not begin again.
      end.store(taken - 1, 1024)
    }
    #expect(taken > 3 * 8192)
  }

  @Test func aRingOfWhichAllIsReadBeginsAgain() throws {
    let (wire, end) = try linked(freshName())
    var head: UInt64 = 0
    for number in 0..<1000 {
      #expect(wire.send(frame(number)) == .sent)
      let lap = UInt32(number / 64 + 1)
      #expect(end.word(end.outgoing(number % 64) + 60) == lap << 16 | 60)
      #expect(end.word(end.outgoing(64) + 60) == 0)
      // Lines that were passed over count as read.
      head = UInt64(number / 64) * 8192 + UInt64(number % 64) + 1
      end.store(head, 1024)
    }
    #expect(wire.counters().transmitDropped == 0)
  }

  @Test func whereItBeganAgainTheWholeRingHasRoom() throws {
    let (wire, end) = try linked(freshName())
    for number in 0..<64 { #expect(wire.send(frame(number)) == .sent) }
    end.store(64 as UInt64, 1024)
    for number in 0..<8192 { #expect(wire.send(frame(number)) == .sent) }
    #expect(end.word(end.outgoing(64) + 60) == 2 << 16 | 60)
    #expect(wire.send(frame(0)) == nil)
    end.store(8192 + 1 as UInt64, 1024)
    #expect(wire.send(frame(0)) == .sent)
    #expect(wire.send(frame(0)) == nil)
  }

  /// Else a line far behind could keep the word of a lap until the number comes round.
  @Test func nowAndThenALapIsAWholeOne() throws {
    let (wire, end) = try linked(freshName())
    let short = frame(1)
    var lap: UInt64 = 0
    while lap < 1 << 14 {
      for line in 0..<64 as Range<UInt64> {
        guard wire.send(short) == .sent else {
          Issue.record("refused in lap \(lap)")
          return
        }
        end.store(lap * 8192 + line + 1, 1024)
      }
      lap += 1
    }
    // The last of these laps went on behind its 64 lines.
    for line in 64..<8192 {
      #expect(wire.send(short) == .sent)
      #expect(end.word(end.outgoing(line) + 60) == (1 << 14) << 16 | 60)
      end.store((lap - 1) * 8192 + UInt64(line) + 1, 1024)
    }
    #expect(wire.send(short) == .sent)
    #expect(end.word(end.outgoing(0) + 60) == (1 << 14 + 1) << 16 | 60)
  }

  @Test func theReaderFollows() throws {
    let (wire, end) = try linked(freshName())
    for line in 0..<64 {
      end.put(frame(line), line: line)
      // Within the first lines a lap does not end.
      if line == 1 { end.put(frame(99), line: 0, lap: 2) }
      #expect(line == 0 ? wire.await() == frame(0) : wire.take() == frame(line))
    }
    // That of this lap comes first.
    end.put(frame(64), line: 64)
    #expect(wire.take() == frame(64))
    #expect(end.doubleWord(2048) == 65)
    #expect(wire.take() == frame(99))
    #expect(end.doubleWord(2048) == 8192 + 1)
    #expect(end.doubleWord(2056) == 66)
    end.put(frame(1), line: 0, lap: 3)
    #expect(wire.take() == nil)
    end.put(frame(2), line: 1, lap: 2)
    #expect(wire.take() == frame(2))
  }

  @Test func aFullRingRefusesAndHasRoomAgain() throws {
    let (wire, end) = try linked(freshName())
    for number in 0..<8192 { #expect(wire.send(frame(number)) == .sent) }
    #expect(wire.send(frame(0)) == nil)
    #expect(wire.send(frame(0)) == nil)
    #expect(wire.counters().transmitDropped == 2)
    end.store(2 as UInt64, 1024)
    #expect(wire.send(frame(1, length: 120)) == .sent)
    #expect(wire.send(frame(1)) == nil)
    #expect(wire.counters().transmitDropped == 3)
  }

  @Test func whoSleepsSaysSoAndIsWoken() throws {
    let (wire, end) = try linked(freshName())
    wire.arm()
    #expect(!wire.isReadable())
    #expect(end.word(2048 + 128) == 1)
    // The other way round: this end sleeps.
    end.store(1 as UInt32, 1024 + 128)
    #expect(wire.send(frame(1)) == .sent)
    #expect(end.word(1024 + 128) == 0)
    let calls = wire.counters().systemCalls
    for number in 0..<100 { #expect(wire.send(frame(number)) == .sent) }
    #expect(wire.counters().systemCalls == calls)
  }
}
