import EtherFabric
import Glibc
import Testing

@testable import EmulatedWires

@Suite("What a sleeper waits on", .timeLimit(.minutes(1)))
struct WatchTests {
  /// A pipe in the place of a socket.
  private struct Source: ~Copyable {
    let number: Int32
    private let other: Int32

    init() throws {
      var ends: [Int32] = [-1, -1]
      try #require(pipe(&ends) == 0)
      (number, other) = (ends[0], ends[1])
    }

    deinit {
      close(number)
      close(other)
    }

    func arrive() { _ = write(other, "x", 1) }
  }

  private func isReadable(_ descriptor: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0
  }

  private func look(_ watch: inout PacketWatch, _ times: Int) {
    for _ in 0..<times { _ = watch.countLook() }
  }

  @Test("sockets are watched from the beginning, until enough looks found nothing, and again once somebody arms")
  func watched() throws {
    let source = try Source()
    var watch = try PacketWatch([source.number])
    #expect(!isReadable(watch.descriptor))
    source.arrive()
    look(&watch, PacketWatch.leastLooks - 1)
    #expect(isReadable(watch.descriptor))
    #expect(watch.countLook() == 2)
    // Nobody has armed: nobody sleeps.
    #expect(!isReadable(watch.descriptor))
    #expect(watch.arm() == 2)
    #expect(isReadable(watch.descriptor))
  }

  @Test("who fell asleep before the sockets were left is woken, and sleeps again after the next arm") func sleepers()
    throws
  {
    let source = try Source()
    var watch = try PacketWatch([source.number])
    #expect(watch.arm() == 0)
    look(&watch, PacketWatch.leastLooks - 1)
    #expect(!isReadable(watch.descriptor))
    look(&watch, 1)
    #expect(isReadable(watch.descriptor))
    _ = watch.arm()
    #expect(!isReadable(watch.descriptor))
    source.arrive()
    #expect(isReadable(watch.descriptor))
  }

  @Test("where sleepers and others take turns, the turns grow longer up to a bound") func turns() throws {
    let source = try Source()
    var watch = try PacketWatch([source.number])
    look(&watch, PacketWatch.leastLooks)
    var turns: [Int] = []
    for _ in 0..<8 {
      _ = watch.arm()
      var looks = 1
      while watch.countLook() == 0 { looks += 1 }
      turns.append(looks)
    }
    #expect(turns == [2048, 4096, 8192, 16384, 32768, 65536, 65536, 65536])
    // Each arm begins anew.
    _ = watch.arm()
    look(&watch, 65535)
    _ = watch.arm()
    look(&watch, 65535)
    #expect(!isReadable(watch.descriptor))
  }
}
