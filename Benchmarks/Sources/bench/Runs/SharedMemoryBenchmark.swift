import EtherFabric
import NetworkLab

/// Half round trips between two processes that share memory, against the time of a cache line between two threads in C.
enum SharedMemoryBenchmark {
  static func run(_ bench: Bench) throws {
    guard let cores = bench.needCores("shared memory") else { return }
    bench.report.title("shm: half round trip of a 64-byte UDP frame between two processes")
    try SharedMemoryWireBenchmark.run(bench, cores)
    let name = "bench\(Machine.processNumber)"
    do {
      let child = try ChildProgram(Machine.program, [EchoProcess.word, "emu:shm:\(name)/1", "\(cores.there)"])
      _ = try child.wait(for: EchoProcess.ready, seconds: 10)
      try measure(bench, cores, "emu:shm:\(name)/0")
    } catch {
      bench.report.skip("shared memory between two processes", "\(error)")
    }
  }

  private static func measure(_ bench: Bench, _ cores: Cores, _ device: String) throws {
    var end = try InterfaceEnd(device)
    let mac = end.driver.identity.macAddress
    try end.interface.addFilter(.ethernet(mac))
    Frame.store(to: end.source, length: 64, destination: Frame.nobody, source: mac)
    try end.postAll()
    // Until both have seen each other, frames are lost.
    try untilAnswered(&end)
    let trips = bench.isQuick ? 20_000 : 100_000
    let batch = 100
    var small = Sample()
    var medians = Sample()
    var tails = Sample()
    var lines = Sample()
    var all: [Double] = []
    for round in 0..<bench.rounds(7, 21) {
      let number = UInt32(3 * (round + 1) * trips)
      lines.add(try CacheLine.measure(cores).median)
      // As the line is: the clock is read once for many.
      Frame.store(to: end.source, length: 60, destination: Frame.nobody, source: mac)
      small.add(
        Sample(values: try end.measure(60, trips: trips, batch: batch, from: number + 2 * UInt32(trips))).median)
      Frame.store(to: end.source, length: 64, destination: Frame.nobody, source: mac)
      medians.add(Sample(values: try end.measure(64, trips: trips, batch: batch, from: number)).median)
      let halves = try end.measure(64, trips: trips, from: number + UInt32(trips))
      tails.add(Sample(values: halves).quantile(0.999))
      all += halves
    }
    let conditions = Conditions(wire: "emu:shm", mode: "spinning, two processes", pinning: "pinned, \(cores.text)")
    bench.report.add(
      Comparison(
        "shm", "shared memory, 60 B, half round trip, median", conditions, unit: "ns", ours: small,
        peer: "cache line, C threads", theirs: lines))
    bench.report.add(
      Comparison(
        "shm", "shared memory, half round trip, median", conditions, unit: "ns", ours: medians,
        peer: "cache line, C threads", theirs: lines, aim: .atMost(2)))
    bench.report.add(
      Comparison("shm", "shared memory, half round trip, p99.9", conditions, unit: "ns", ours: tails))
    bench.report.draw(
      RoundTripBenchmark.curves([("emu:shm", all)], "between two processes"), as: "shm-percentiles")
  }

  private static func untilAnswered(_ end: inout InterfaceEnd) throws {
    for attempt in 1...5 {
      do {
        _ = try end.measure(64, trips: 100, from: UInt32.max - UInt32(attempt * 200))
        return
      } catch {
        if attempt == 5 { throw error }
      }
    }
  }
}

/// This program as the far end: it returns what arrives at a device until its input ends.
enum EchoProcess {
  static let word = "echo-process"
  static let ready = "ready"

  static func run(_ arguments: [String]) throws {
    guard arguments.count == 2, let core = Int(arguments[1]) else { throw BenchmarkError(reason: "no device and core") }
    try CPU.pin(to: core)
    var end = try InterfaceEnd(arguments[0])
    try end.interface.addFilter(.ethernet(Frame.nobody))
    try end.postAll()
    print(ready)
    Machine.flush()
    try end.echo { Machine.isInputOver }
  }
}
