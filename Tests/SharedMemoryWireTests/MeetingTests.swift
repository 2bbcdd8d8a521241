import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import Testing

@Suite("Two ends of shared memory find each other", .serialized, .timeLimit(.minutes(1))) struct MeetingTests {
  @Test(arguments: [0, 1]) func inAnyOrder(_ first: Int) throws {
    let name = freshName()
    let early = try SharedMemoryWire(name: name, port: first)
    #expect(!early.isLinkUp)
    #expect(early.send(frame(1)) == .linkDown)
    let late = try SharedMemoryWire(name: name, port: 1 - first)
    #expect(eventually { areUp(early, late) })
    #expect(early.send(frame(2, length: 1514)) == .sent)
    #expect(late.await() == frame(2, length: 1514))
    #expect(late.send(frame(3)) == .sent)
    #expect(early.await() == frame(3))
  }

  /// Nobody asks for the state: traffic alone brings the ends together.
  @Test(arguments: [0, 1]) func byTheDatapathAlone(_ first: Int) throws {
    let name = freshName()
    let early = try SharedMemoryWire(name: name, port: first)
    for _ in 0..<1000 { #expect(early.take() == nil) }
    let late = try SharedMemoryWire(name: name, port: 1 - first)
    #expect(
      eventually {
        _ = early.take()
        return late.send(frame(1)) == .sent
      })
    #expect(early.await() == frame(1))
  }

  @Test func atTheSameMoment() throws {
    for round in 0..<100 {
      let name = freshName()
      nonisolated(unsafe) var right: SharedMemoryWire?
      var thread = pthread_t()
      let box = Unmanaged.passRetained(Box { right = try? SharedMemoryWire(name: name, port: 1) })
      pthread_create(
        &thread, nil,
        { argument in
          Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
          return nil
        }, box.toOpaque())
      let left = try SharedMemoryWire(name: name, port: 0)
      pthread_join(thread, nil)
      let other = try #require(right)
      #expect(eventually { areUp(left, other) }, "round \(round)")
      #expect(left.send(frame(round)) == .sent)
      #expect(other.await() == frame(round))
      #expect(other.send(frame(round + 1)) == .sent)
      #expect(left.await() == frame(round + 1))
    }
  }

  final class Box {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }

  @Test func aThirdIsRefusedAndToldWhoHasThePort() throws {
    let pair = try Pair(freshName())
    let name = String(pair.left.name.dropFirst(4).dropLast(2))
    for port in 0...1 {
      let error = #expect(throws: EtherFabricError.self) { try SharedMemoryWire(name: name, port: port) }
      #expect(error?.errno == EBUSY)
      #expect(error?.reason.contains("process \(getpid())") == true)
    }
    #expect(pair.left.send(frame(1)) == .sent)
    #expect(pair.right.await() == frame(1))
  }

  @Test func namesAndPortsThatCannotBe() {
    for (name, port) in [("", 0), ("a", 2), ("a", -1), (String(repeating: "x", count: 64), 0), ("a\0b", 0)] {
      let error = #expect(throws: EtherFabricError.self) { try SharedMemoryWire(name: name, port: port) }
      #expect(error?.errno == EINVAL)
    }
  }

  @Test(arguments: [0, 1]) func anEndThatClosesIsMissedAndReplaced(_ port: Int) throws {
    let name = freshName()
    let stays = try SharedMemoryWire(name: name, port: 1 - port)
    for round in 0..<20 {
      do {
        let goes = try SharedMemoryWire(name: name, port: port)
        #expect(eventually { areUp(stays, goes) })
        #expect(goes.send(frame(round)) == .sent)
        #expect(stays.send(frame(round)) == .sent)
      }
      // What it sent is still read; what it never read is lost, and counted.
      #expect(stays.send(frame(1)) == .linkDown)
      #expect(stays.await() == frame(round))
      #expect(!stays.isLinkUp)
      #expect(stays.take() == nil)
      #expect(
        eventually {
          _ = stays.take()
          return stays.counters().transmitDropped == UInt64(round + 1)
        })
    }
  }

  /// The memory is gone by then: nobody is to be woken through it.
  @Test func anEndThatGoesBetweenAFrameAndItsFlush() throws {
    for _ in 0..<10 {
      let name = freshName()
      let left = try SharedMemoryWire(name: name, port: 0)
      var right: SharedMemoryWire? = try SharedMemoryWire(name: name, port: 1)
      #expect(eventually { areUp(left, right!) })
      let wire = left.operations
      let room = try #require(wire.transmitReserve(wire.context, 60))
      room.initializeMemory(as: UInt8.self, repeating: 1, count: 60)
      #expect(wire.transmitCommit(wire.context, 60) == TransmitOutcome.sent.rawValue)
      right = nil
      #expect(!left.isLinkUp)
      #expect(wire.transmitReserve(wire.context, 60) != nil)
      #expect(wire.transmitCommit(wire.context, 60) == TransmitOutcome.linkDown.rawValue)
      #expect(wire.transmitFlush(wire.context) == 0)
      #expect(left.counters().transmitDropped == 1)
    }
  }

  @Test func aSleeperIsWokenByWhoComesByFramesAndByWhoGoes() throws {
    let name = freshName()
    let sleeper = try SharedMemoryWire(name: name, port: 0)
    sleeper.arm()
    #expect(!sleeper.isReadable(20))
    var other: SharedMemoryWire? = try SharedMemoryWire(name: name, port: 1)
    #expect(sleeper.isReadable(1000))
    sleeper.arm()
    #expect(eventually { other!.isLinkUp })
    sleeper.arm()
    #expect(!sleeper.isReadable(20))
    #expect(other!.send(frame(1)) == .sent)
    #expect(sleeper.isReadable(1000))
    // With a frame there already, the descriptor is readable at once.
    sleeper.arm()
    #expect(sleeper.isReadable())
    #expect(sleeper.take() == frame(1))
    sleeper.arm()
    #expect(!sleeper.isReadable(20))
    other = nil
    #expect(sleeper.isReadable(1000))
    sleeper.arm()
    #expect(!sleeper.isReadable(20))
    #expect(!sleeper.isLinkUp)
  }

  @Test func nothingIsLeft() throws {
    let before = Traces.now()
    for _ in 0..<20 {
      let pair = try Pair(freshName())
      #expect(pair.left.send(frame(1)) == .sent)
      #expect(Traces.now().sockets > before.sockets)
    }
    #expect(Traces.now().hasNothingMore(than: before))
  }
}
