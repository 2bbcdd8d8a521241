import CBaseline
import EtherFabric
import NetworkLab

/// Packets through the rings and over a cable in memory, against the same work in C, and testpmd in memory.
struct CableBenchmark: ~Copyable {
  private static let name = "cable"
  private static let bursts = [1, 2, 4, 8, 16, 32, 64]
  private static let lengths = [64, 128, 256, 512, 1024, 1500]
  /// Those of the table; the others are for the pictures.
  private static let reported = [1, 8, 32]

  private let bench: Bench
  private var pair: CablePair
  private let baseline: OpaquePointer

  static func run(_ bench: Bench) throws {
    bench.report.title("cable: a packet sent, copied, filtered, received, reported and polled; both ends and adapters")
    let pair = try CablePair("bench")
    var benchmark = CableBenchmark(bench: bench, pair: pair, baseline: baseline_pair_create()!)
    defer { baseline_pair_destroy(benchmark.baseline) }
    try benchmark.measureBursts()
    try benchmark.measureWithoutChecksums()
    try benchmark.measureLengths()
    try CableCrossing.run(bench)
    testpmd(bench)
  }

  private var conditions: Conditions {
    Conditions(
      wire: "emu:cable", mode: "spinning, one thread",
      pinning: bench.pinning)
  }

  private mutating func measureBursts() throws {
    var swift = Chart.Series(name: "swift-etherfabric", points: [])
    var plain = Chart.Series(name: "plain C, the same rings", points: [])
    for burst in Self.bursts {
      let isReported = Self.reported.contains(burst)
      let (ours, theirs) = try measure(burst, 64, rounds: isReported ? bench.rounds(101, 501) : bench.rounds(21, 51))
      swift.points.append((Double(burst), 1000 / ours.median))
      plain.points.append((Double(burst), 1000 / theirs.median))
      guard isReported else { continue }
      bench.report.add(
        Comparison(
          Self.name, "cable, 64 B, burst \(burst)", conditions, unit: "ns", ours: ours, peer: "plain C, same rings",
          theirs: theirs, aim: burst == 32 ? .atMost(1) : nil))
      guard burst == 32 else { continue }
      bench.report.add(
        Comparison(
          Self.name, "cable, 64 B, burst 32, on a core", conditions, unit: "Mpps",
          ours: Sample(values: ours.values.map { 1000 / $0 }), aim: .atLeast(20)))
    }
    bench.report.draw(
      Chart(
        title: "Packets per second over the cable, 64-byte frames", subtitle: Self.subtitle, xTitle: "burst",
        yTitle: "million packets per second", xMarks: Self.bursts.map { (Double($0), "\($0)") }, series: [swift, plain]),
      as: "cable-burst")
  }

  /// The sender's adapter fills in no checksums: what the definition of the aim is worth.
  private func measureWithoutChecksums() throws {
    var pair = try CablePair("plain", senderFlags: [.noIPChecksum, .noL4Checksum])
    let mac = pair.receiver.driver.identity.macAddress
    Frame.store(to: pair.sender.memory.base, length: 64, destination: mac, source: mac)
    var sample = Sample()
    for _ in 0..<bench.rounds(101, 501) {
      let start = baseline_now()
      guard try pair.run(burst: 32, bursts: 500, length: 64) == 16_000 else {
        throw BenchmarkError(reason: "packets were lost")
      }
      sample.add(16_000_000 / Double(baseline_now() - start))
    }
    bench.report.add(
      Comparison(Self.name, "the same, no checksums filled in", conditions, unit: "Mpps", ours: sample))
  }

  private mutating func measureLengths() throws {
    var swift = Chart.Series(name: "swift-etherfabric", points: [])
    var plain = Chart.Series(name: "plain C, the same rings", points: [])
    for length in Self.lengths {
      let (ours, theirs) = try measure(32, length, rounds: bench.rounds(21, 51))
      swift.points.append((Double(length), 1000 / ours.median))
      plain.points.append((Double(length), 1000 / theirs.median))
    }
    bench.report.draw(
      Chart(
        title: "Packets per second over the cable, bursts of 32", subtitle: Self.subtitle, xTitle: "bytes of a frame",
        yTitle: "million packets per second", xMarks: Self.lengths.map { (Double($0), "\($0)") },
        series: [swift, plain]), as: "cable-size")
  }

  private static let subtitle = "EMULATED: software, no wire, no PCIe; one core does both ends and both adapters"

  /// Nanoseconds a packet. Short rounds: what disturbs one side of a pair for milliseconds disturbs few pairs.
  private mutating func measure(_ burst: Int, _ length: Int, rounds: Int) throws -> (Sample, Sample) {
    let packets = 16_000 / burst * burst
    let mac = pair.receiver.driver.identity.macAddress
    Frame.store(to: pair.sender.memory.base, length: length, destination: mac, source: mac)
    Frame.store(to: baseline_pair_frame(baseline), length: length, destination: mac, source: mac)
    var ours = Sample()
    var theirs = Sample()
    for round in 0..<(rounds + 2) {
      let start = baseline_now()
      guard try pair.run(burst: burst, bursts: packets / burst, length: length) == packets else {
        throw BenchmarkError(reason: "packets were lost")
      }
      let middle = baseline_now()
      guard baseline_pair_run(baseline, UInt32(burst), UInt64(packets / burst), UInt32(length)) == packets else {
        throw BenchmarkError(reason: "packets were lost in C")
      }
      let end = baseline_now()
      // The first rounds warm caches and predictors.
      guard round >= 2 else { continue }
      ours.add(Double(middle - start) / Double(packets))
      theirs.add(Double(end - middle) / Double(packets))
    }
    return (ours, theirs)
  }

  /// What DPDK does in memory, for scale: it passes pointers, and copies only where told to.
  private static func testpmd(_ bench: Bench) {
    guard let cores = bench.needCores("testpmd in memory") else { return }
    guard let path = Peer.testpmd.path else { return bench.report.skip("testpmd in memory", "it is not installed") }
    for (device, mode, what) in [
      ("net_ring0", Testpmd.Mode.forward, "testpmd, a ring, pointers only"),
      ("net_null0,size=64,copy=1", .receive, "testpmd, null device, a copy"),
    ] {
      do {
        let tested = try Testpmd(path, device: device, mode: mode, cores: cores)
        var sample = Sample()
        for _ in 0..<bench.rounds(3, 9) {
          let outcome = try tested.run(seconds: 0.2, isPrimed: mode == .forward)
          sample.add(Double(outcome.received) / outcome.seconds / 1e6)
        }
        bench.report.add(
          Comparison(
            name, what,
            Conditions(
              wire: device.split(separator: ",")[0] + "", mode: "spinning, one thread", pinning: "core \(cores.here)"),
            unit: "Mpps", ours: sample))
      } catch {
        bench.report.skip(what, "\(error)")
      }
    }
  }
}
