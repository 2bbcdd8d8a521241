import CBaseline
import EmulatedAdapter
import EmulatedWires
import Glibc
import NetworkLab

/// Half round trips over the shared-memory wire alone, between two threads: what of a half round trip is the wire's.
enum SharedMemoryWireBenchmark {
  static func run(_ bench: Bench, _ cores: Cores) throws {
    let trips = bench.isQuick ? 20_000 : 100_000
    let lengths = [60, 64, 1400]
    var samples = [Sample](repeating: Sample(), count: lengths.count)
    var lines = Sample()
    for _ in 0..<bench.rounds(7, 21) {
      lines.add(try CacheLine.measure(cores).median)
      for (index, length) in lengths.enumerated() { samples[index].add(try measure(cores, length, trips)) }
    }
    for (length, sample) in zip(lengths, samples) {
      bench.report.add(
        Comparison(
          "shm", "the wire alone, \(length) B, half round trip",
          Conditions(wire: "emu:shm", mode: "spinning, two threads", pinning: "pinned, \(cores.text)"), unit: "ns",
          ours: sample, peer: "cache line, C threads", theirs: lines))
    }
  }

  /// The mean of a round, in nanoseconds.
  private static func measure(_ cores: Cores, _ length: Int, _ trips: Int) throws -> Double {
    let name = "wire\(Machine.processNumber)"
    let near = try SharedMemoryWire(name: name, port: 0)
    let far = try SharedMemoryWire(name: name, port: 1)
    while !near.isLinkUp || !far.isLinkUp {}
    let far_ = WireEnd(far)
    let batch = 200
    let total = trips
    let echo = try LabThread(name: "echo", core: cores.there) {
      for _ in 0..<total {
        guard let word = far_.take() else { return }
        far_.send(word, length)
      }
    }
    let end = WireEnd(near)
    var batches = Sample()
    var start = baseline_now()
    for trip in 0..<total {
      end.send(UInt32(truncatingIfNeeded: trip), length)
      guard end.take() == UInt32(truncatingIfNeeded: trip) else { throw BenchmarkError(reason: "no echo") }
      if (trip + 1) % batch == 0 {
        let now = baseline_now()
        batches.add(Double(now - start) / 2 / Double(batch))
        start = now
      }
    }
    try echo.join()
    withExtendedLifetime((near, far)) {}
    return batches.median
  }
}

/// One end of a wire, called as a port does.
private struct WireEnd: @unchecked Sendable {
  private let operations: WireOperations

  init(_ wire: SharedMemoryWire) { operations = wire.operations }

  @inline(__always)
  func send(_ word: UInt32, _ length: Int) {
    guard let room = operations.transmitReserve(operations.context, length) else { return }
    room.storeBytes(of: word, toByteOffset: 48, as: UInt32.self)
    _ = operations.transmitCommit(operations.context, length)
    _ = operations.transmitFlush(operations.context)
  }

  /// A word of the next frame; nil where none came for long.
  @inline(__always)
  func take() -> UInt32? {
    var frame = WireFrame(bytes: operations.context, length: 0)
    for _ in 0..<1_000_000_000 where operations.receiveNext(operations.context, &frame) {
      let word = frame.bytes.load(fromByteOffset: 48, as: UInt32.self)
      operations.receiveRelease(operations.context)
      return word
    }
    return nil
  }
}
