import CBaseline
import EmulatedAdapter
import EmulatedWires
import NetworkLab

/// Half round trips over the shared-memory wire alone, between two threads: what of a half round trip is the wire's.
enum SharedMemoryWireBenchmark {
  private static let lengths = [60, 64, 1400]

  static func run(_ bench: Bench, _ cores: Cores) throws {
    let trips = bench.isQuick ? 20_000 : 100_000
    var samples = [Sample](repeating: Sample(), count: lengths.count)
    var lines = Sample()
    var separate = Sample()
    for _ in 0..<bench.rounds(7, 21) {
      lines.add(try CacheLine.measure(cores).median)
      separate.add(try CacheLine.measure(cores, separate: true).median)
      for (index, length) in lengths.enumerated() { samples[index].add(try measure(cores, length, trips)) }
    }
    let conditions = Conditions(wire: "emu:shm", mode: "spinning, two threads", pinning: "pinned, \(cores.text)")
    bench.report.add(
      Comparison(
        "shm", "a cache line for each direction, one way",
        Conditions(wire: "memory", mode: "spinning, two C threads", pinning: conditions.pinning), unit: "ns",
        ours: separate, peer: "one for both, C threads", theirs: lines))
    for (length, sample) in zip(lengths, samples) {
      bench.report.add(
        Comparison(
          "shm", "the wire alone, \(length) B, half round trip", conditions, unit: "ns", ours: sample,
          peer: "cache line, C threads", theirs: lines))
    }
  }

  /// The median of the means of batches, in nanoseconds.
  private static func measure(_ cores: Cores, _ length: Int, _ trips: Int) throws -> Double {
    let batch = 200
    let name = "wire\(Machine.processNumber)"
    let wires = try (0...1).map { try SharedMemoryWire(name: name, port: $0) }
    let deadline = Machine.seconds + 5
    while !wires[0].isLinkUp || !wires[1].isLinkUp {
      guard Machine.seconds < deadline else { throw BenchmarkError(reason: "the wire's ends do not find each other") }
    }
    let (near, far) = (WireEnd(wires[0]), WireEnd(wires[1]))
    let echo = try LabThread(name: "echo", core: cores.there) {
      for _ in 0..<trips {
        guard let word = far.take() else { return }
        far.send(word, length)
      }
    }
    var batches = Sample()
    var start = baseline_now()
    for trip in 1...UInt32(trips) {
      near.send(trip, length)
      guard near.take() == trip else { throw BenchmarkError(reason: "frame \(trip) did not come back") }
      guard trip % UInt32(batch) == 0 else { continue }
      let now = baseline_now()
      batches.add(Double(now - start) / 2 / Double(batch))
      start = now
    }
    try echo.join()
    return batches.median
  }
}

/// One end of a wire, called as a port does.
private struct WireEnd: @unchecked Sendable {
  private let wire: SharedMemoryWire
  private let operations: WireOperations

  init(_ wire: SharedMemoryWire) {
    self.wire = wire
    operations = wire.operations
  }

  @inline(__always)
  func send(_ word: UInt32, _ length: Int) {
    guard let room = operations.transmitReserve(operations.context, length) else { return }
    room.storeBytes(of: word, toByteOffset: Int(BASELINE_NUMBER), as: UInt32.self)
    _ = operations.transmitCommit(operations.context, length)
    _ = operations.transmitFlush(operations.context)
  }

  /// A word of the next frame; nil where none came for long.
  @inline(__always)
  func take() -> UInt32? {
    var frame = WireFrame(bytes: operations.context, length: 0)
    for _ in 0..<500_000_000 where operations.receiveNext(operations.context, &frame) {
      let word = frame.bytes.load(fromByteOffset: Int(BASELINE_NUMBER), as: UInt32.self)
      operations.receiveRelease(operations.context)
      return word
    }
    return nil
  }
}
