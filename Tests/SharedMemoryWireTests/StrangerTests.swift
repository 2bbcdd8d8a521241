import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import Stranger
import Testing

@Suite("Another user has no part in it", .serialized, .timeLimit(.minutes(1))) struct StrangerTests {
  static let nobody: UInt32 = 65534

  /// Runs `body` beside a process of another user.
  private func beside(_ start: (inout Int32) -> pid_t, _ body: () throws -> Void) throws {
    var hold: Int32 = -1
    let process = start(&hold)
    if process == -EPERM || process == -EINVAL {
      try Test.cancel("here is no other user to be had (errno \(-process))")
    }
    try #require(process > 0, "errno \(-process)")
    defer { stranger_end(process, hold) }
    try body()
  }

  @Test func whoHoldsThePortIsNamed() throws {
    let name = freshName()
    try beside({ stranger_listen("efvi/shm/\(geteuid())/\(name)/0", Self.nobody, &$0) }) {
      let error = #expect(throws: EtherFabricError.self) { try SharedMemoryWire(name: name, port: 0) }
      #expect(error?.errno == EACCES)
      #expect(error?.reason.contains("user 65534") == true, "\(error?.reason ?? "")")
      // The other port is free, and does not take the stranger for its other end.
      let wire = try SharedMemoryWire(name: name, port: 1)
      for _ in 0..<100 {
        #expect(!wire.isLinkUp)
        #expect(wire.send(frame(1)) == .linkDown)
      }
    }
    let wire = try SharedMemoryWire(name: name, port: 0)
    #expect(!wire.isLinkUp)
  }

  @Test func anOfferOfHisIsNotTaken() throws {
    let name = freshName()
    let wire = try SharedMemoryWire(name: name, port: 0)
    // All is right about it but whose it is: magic, version 1, 8192 lines.
    let header = Array("mhs-ivfe".utf8) + [1, 0, 0, 0, 0, 0x20, 0, 0]
    try beside({ stranger_offer("efvi/shm/\(geteuid())/\(name)/0", Self.nobody, header, RawEnd.byteCount, &$0) }) {
      for _ in 0..<100 { #expect(!wire.isLinkUp) }
    }
    #expect(!wire.isLinkUp)
    let good = try RawEnd(name, wirePort: 0)
    #expect(eventually { wire.isLinkUp })
    #expect(good.isTaken)
  }
}
