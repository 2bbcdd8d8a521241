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
      end.store(taken, 1024)
    }
    #expect(taken > 3 * 8192)
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
