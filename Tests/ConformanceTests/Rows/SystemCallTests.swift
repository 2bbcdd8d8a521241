import EtherFabric
import Glibc
import Testing

@Suite("Row 20: system calls of a burst, as the kernel counts them", .tags(.network), .timeLimit(.minutes(2)))
struct SystemCallTests {
  static let bursts = [1, 2, 3, 8, 32]

  /// A program at the port that allocates nothing while calls are counted.
  struct Program: ~Copyable {
    var endpoint: Endpoint
    private(set) var received = 0
    private(set) var completed = 0

    init(_ bench: any ConformanceBench) throws {
      let domain = try bench.driver.allocateProtectionDomain()
      let endpoint = try Endpoint(domain, pool: try PacketPool(domain, count: 2048))
      try endpoint.addFilter(.ethernet(bench.portMAC))
      self.endpoint = endpoint
    }

    mutating func send(_ burst: Int, _ frame: [UInt8]) throws {
      for _ in 0..<burst {
        guard var buffer = endpoint.allocate() else { throw QueueError(.ringFull) }
        buffer.count = frame.count
        buffer.withUnsafeMutableBytes { $0.copyBytes(from: frame) }
        try endpoint.transmit(buffer, push: false)
      }
      endpoint.push()
    }

    /// Takes frames until there are so many, in as many polls as that needs.
    mutating func receive(_ burst: Int) {
      for _ in 0..<burst {
        guard let frame = endpoint.receive() else { return }
        received += 1
        frame.release()
      }
    }

    mutating func collect(_ count: Int) -> Bool {
      eventually {
        while let occurrence = endpoint.next() { if case .sent = consume occurrence { completed += 1 } }
        return completed >= count
      }
    }
  }

  /// What the wire itself counts.
  func counted(_ bench: any ConformanceBench) -> Int { bench.counter("wire_syscalls") }

  /// On an express datapath each send leaves by itself, on the others the burst leaves with the doorbell. A TAP takes
  /// and gives one frame a call, and says by one more that there is none. An end of shared memory looks every few
  /// milliseconds whether the other process lives.
  func bound(_ kind: BenchKind, sending burst: Int) -> Int {
    switch kind.wire {
    case .cable, .switch: 0
    case .shm: 1
    case .packet, .library, .xdpNative, .xdpGeneric, .xdpUserNative, .xdpUserGeneric: kind.isExpress ? burst : 1
    case .tap: kind.isExpress ? 2 * burst : burst + 1
    }
  }

  @Test(arguments: BenchKind.allCases, bursts) func aBurstLeavesInOneCall(_ kind: BenchKind, _ burst: Int) throws {
    try kind.run { bench in
      var program = try Program(bench)
      let frame = bench.answer(1)
      // The first burst may load and bind what it calls.
      try program.send(burst, frame)
      #expect(bench.take(burst).count == burst)
      for round in 2...20 {
        let before = counted(bench)
        let calls = try SystemCalls.during { try program.send(burst, frame) }
        #expect(calls.count <= bound(kind, sending: burst), "\(calls)")
        #expect(calls.count == counted(bench) - before, "the wire's own count of \(calls)")
        let isComplete = program.collect(round * burst)
        #expect(isComplete)
        #expect(bench.take(burst).count == burst)
      }
    }
  }

  @Test(arguments: BenchKind.allCases, bursts) func aBurstThatIsThereIsTakenWithoutACall(
    _ kind: BenchKind, _ burst: Int
  ) throws {
    try kind.run { bench in
      var program = try Program(bench)
      for number in 0..<burst { #expect(bench.send(bench.frame(number))) }
      program.receive(burst)
      for round in 2...20 {
        for number in 0..<burst { #expect(bench.send(bench.frame(number))) }
        let before = counted(bench)
        let calls = try SystemCalls.during { program.receive(burst) }
        #expect(calls.count <= (kind.wire == .tap ? burst + 2 : kind.wire == .shm ? 1 : 0), "\(calls)")
        #expect(calls.count == counted(bench) - before, "the wire's own count of \(calls)")
        let received = program.received
        #expect(received == round * burst)
      }
    }
  }

  /// Wires of the kernel ask now and then what it has dropped: once in 4096 looks that find nothing, and AF_PACKET once
  /// a round of its ring.
  @Test(arguments: BenchKind.ef10) func callsThatAreNoFramesAreRareAndCounted(_ kind: BenchKind) throws {
    try kind.run { bench in
      var program = try Program(bench)
      program.receive(1)
      let before = counted(bench)
      let idle = try SystemCalls.during { for _ in 0..<20_000 { program.receive(1) } }
      #expect(!kind.hasPair || idle.count <= 20_000 / 4096 + 1, "\(idle.count)")
      #expect(idle.count == counted(bench) - before, "the wire's own count of \(idle.count)")
      var calls = 0
      for round in 1...100 {
        for number in 0..<32 { #expect(bench.send(bench.frame(number))) }
        let before = counted(bench)
        let made = try SystemCalls.during { program.receive(32) }
        #expect(made.count == counted(bench) - before, "the wire's own count of \(made)")
        calls += made.count
        let received = program.received
        #expect(received == round * 32)
      }
      #expect(!kind.hasPair || calls <= 3200 / 1000, "\(calls)")
    }
  }
}
