import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc
import NetworkLab
import Testing
import WireDriver

@Suite("An XDP wire whose process is killed", .needsXDP, .timeLimit(.minutes(1)))
struct KilledTests {
  @Test("leaves no program, and its queue can be bound again", arguments: ["native", "generic"], ["own", "user"])
  func killed(_ attach: String, _ memory: String) throws {
    try Namespace.run {
      let pair = try VethPair(queues: 2)
      let before = try VethPair.ip("-details link show")
      for signal in [SIGKILL, SIGKILL] {
        let child = try Child([
          "sink", "emu:xdp:a0,attach=\(attach),queues=1,memory=\(memory)", "udp:10.9.0.2:7000", "--seconds", "60",
        ])
        #expect(try child.eventually { try VethPair.ip("-details link show dev a0").contains("prog/xdp") })
        child.kill(signal)
        #expect(try child.eventually { try VethPair.ip("-details link show") == before })
        let wire = try XDPWire { $0.attach = attach == "native" ? .native : .generic }
        #expect(wire.line("queues") == "2 of 2, sent on queue 0")
        let peer = try Peer()
        #expect(peer.send(pair.incoming(1)))
        #expect(wire.take(1).map(\.bytes) == [pair.incoming(1)])
        #expect(wire.commit(pair.outgoing(2)) == .sent && wire.flush() == 0)
        #expect(peer.receive() == pair.outgoing(2))
      }
    }
  }
}

/// The built `efvi`, in the calling thread's network.
final class Child {
  private let process: pid_t
  private var isOver = false

  init(_ arguments: [String]) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, mode) in [(0, O_RDONLY), (1, O_WRONLY), (2, O_WRONLY)] as [(Int32, Int32)] {
      posix_spawn_file_actions_addopen(&actions, number, "/dev/null", mode, 0)
    }
    // Threads of the test may have blocked signals, which the child would inherit.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var words: [UnsafeMutablePointer<CChar>?] = ([Self.path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let status = posix_spawn(&child, Self.path, &actions, &attributes, &words, environ)
    try #require(status == 0, "\(Self.path): \(String(cString: strerror(status)))")
    process = child
  }

  deinit { kill(SIGKILL) }

  /// Ends it and waits until it is gone.
  func kill(_ signal: Int32) {
    guard !isOver else { return }
    isOver = true
    Glibc.kill(process, signal)
    waitpid(process, nil, 0)
  }

  func eventually(_ condition: () throws -> Bool) throws -> Bool {
    for _ in 0..<500 {
      if try condition() { return true }
      usleep(10_000)
    }
    return false
  }

  /// Beside the test bundle.
  private static let path: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let tests = String(decoding: buffer[..<max(0, count)].map(UInt8.init(bitPattern:)), as: UTF8.self)
    return String(tests[...(tests.lastIndex(of: "/") ?? tests.startIndex)]) + "efvi"
  }()
}
