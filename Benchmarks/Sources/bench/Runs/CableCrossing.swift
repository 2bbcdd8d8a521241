import CBaseline
import EtherFabric
import NetworkLab
import Synchronization

/// Packets over the cable from one core to another: each does the work of one end and its adapter.
enum CableCrossing {
  private static let burst = 32

  /// What the receiver has taken, for the sender: it sends no more than there are buffers for.
  private final class Credit: Sendable {
    let taken = Atomic<Int>(0)
  }

  static func run(_ bench: Bench) throws {
    guard let cores = bench.needCores("cable between two cores") else { return }
    let packets = bench.isQuick ? 64_000 : 640_000
    var sample = Sample()
    for _ in 0..<bench.rounds(7, 21) { sample.add(try measure(cores, packets)) }
    bench.report.add(
      Comparison(
        "cable", "cable, 64 B, burst 32, between cores",
        Conditions(wire: "emu:cable", mode: "spinning, two threads", pinning: "pinned, \(cores.text)"), unit: "Mpps",
        ours: sample))
  }

  /// Millions of packets a second.
  private static func measure(_ cores: Cores, _ packets: Int) throws -> Double {
    let credit = Credit()
    let receiver = try LabThread(name: "receiver", core: cores.there) {
      var end = try InterfaceEnd("emu:cable:crossing/1")
      try end.interface.addFilter(.ethernet(Frame.nobody))
      try end.postAll()
      credit.taken.store(1, ordering: .releasing)
      try end.take(packets) { credit.taken.store($0 + 1, ordering: .releasing) }
    }
    var sender = try InterfaceEnd("emu:cable:crossing/0")
    Frame.store(to: sender.source, length: 64, destination: Frame.nobody, source: Frame.nobody)
    while credit.taken.load(ordering: .acquiring) == 0 {}
    let start = baseline_now()
    var sent = 0
    while sent < packets {
      guard sent - credit.taken.load(ordering: .acquiring) + burst < 448 else {
        guard baseline_now() - start < 5_000_000_000 else { throw BenchmarkError(reason: "packets were lost") }
        continue
      }
      try sender.push(64, burst: burst)
      sent += burst
    }
    try receiver.join()
    return Double(packets) * 1000 / Double(baseline_now() - start)
  }
}
