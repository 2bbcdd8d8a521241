import CBaseline
import EtherFabric

/// Many packets, and the memory that the process has before and after.
enum SoakBenchmark {
  static func run(_ bench: Bench) throws {
    let packets = bench.isQuick ? 10_000_000 : 100_000_000
    let burst = 32
    var pair = try CablePair("soak")
    let mac = pair.receiver.driver.identity.macAddress
    Frame.store(to: pair.sender.memory.base, length: 64, destination: mac, source: mac)
    _ = try pair.run(burst: burst, bursts: 10_000, length: 64)
    let before = Machine.resident
    let start = baseline_now()
    let done = try pair.run(burst: burst, bursts: packets / burst, length: 64)
    let seconds = Double(baseline_now() - start) / 1e9
    let after = Machine.resident
    guard done == packets else { throw BenchmarkError(reason: "\(done) of \(packets) packets arrived") }
    bench.report.title("soak: \(packets) packets of 64 bytes over the cable in \(seconds.text(1)) s")
    bench.report.add(
      Comparison(
        "soak", "resident memory, growth",
        Conditions(wire: "emu:cable", mode: "one thread, burst \(burst)", pinning: bench.pinning), unit: "KiB",
        ours: Sample(values: [Double((after - before) >> 10)]), aim: .zero))
    bench.report.note("resident before \(before >> 10) KiB, after \(after >> 10) KiB")
  }
}
