import EtherFabric
import Glibc
import NetworkLab

/// The command line, and the benchmarks in their order.
enum Program {
  private static let known = [
    "cable", "api", "roundtrip", "afpacket", "xdp", "shm", "capture", "scaling", "soak",
  ]

  static func run(_ words: [String]) throws {
    let names = words.filter { !$0.hasPrefix("-") }
    for name in names where !known.contains(name) {
      print("There is no benchmark '\(name)'; there are \(known.joined(separator: ", ")).")
      exit(2)
    }
    func isAsked(_ name: String) -> Bool { names.isEmpty || names.contains(name) }

    Machine.printHeader()
    let report = Report(directory: Machine.environment("RESULTS") ?? "Results")
    // Before the process leaves the network that a mirror can be reached from.
    var peers: [Peer] = []
    if isAsked("cable") || isAsked("afpacket") || isAsked("xdp") { peers.append(.testpmd) }
    if isAsked("capture") { peers.append(.tcpdump) }
    if isAsked("api") { peers.append(.valgrind) }
    for peer in peers { if let reason = peer.install() { report.skip(peer.program, reason) } }
    let bench = Bench(isQuick: Machine.environment("QUICK") == "1", cores: Cores(), report: report)
    try measureLine(bench)
    try enterNetwork(report)
    if let cores = bench.cores { try CPU.pin(to: cores.here) }

    // One that fails does not take the figures of the others with it.
    var hasFailed = false
    func attempt(_ name: String, _ body: () throws -> Void) {
      guard isAsked(name) else { return }
      do {
        try body()
      } catch {
        report.skip(name, "\(error)")
        hasFailed = true
      }
    }
    attempt("cable") { try CableBenchmark.run(bench) }
    attempt("api") { try InstructionBenchmark.run(bench) }
    if Namespace.isPrivate {
      attempt("roundtrip") { try RoundTripBenchmark.run(bench) }
      for wire in [ThroughputSubject.Wire.afpacket, .xdp] { attempt(wire.rawValue) { try throughput(bench, wire) } }
      attempt("capture") { try CaptureBenchmark.run(bench) }
    }
    attempt("shm") { try SharedMemoryBenchmark.run(bench) }
    attempt("scaling") { try ScalingBenchmark.run(bench) }
    attempt("soak") { try SoakBenchmark.run(bench) }
    report.finish()
    if hasFailed { exit(1) }
  }

  /// The first line: what everything between threads and processes scales with.
  private static func measureLine(_ bench: Bench) throws {
    guard let cores = bench.needCores("cache line") else { return }
    let sample = try CPU.pinned(to: cores.here) { try CacheLine.measure(cores) }
    print("")
    print(Table.head())
    bench.report.add(
      Comparison(
        "line", "cache line, one way",
        Conditions(wire: "memory", mode: "spinning, two C threads", pinning: "pinned, \(cores.text)"), unit: "ns",
        ours: sample))
  }

  /// A network of the process's own, which goes with it.
  private static func enterNetwork(_ report: Report) throws {
    do {
      try Namespace.enterPrivate()
    } catch {
      report.skip("everything over veth", "\(error)")
    }
  }

  private static func throughput(_ bench: Bench, _ wire: ThroughputSubject.Wire) throws {
    guard let cores = bench.needCores("\(wire.rawValue) throughput") else { return }
    bench.report.title("\(wire.rawValue): frames a second over veth, sent by one core, or received from another")
    let subject: ThroughputSubject
    do {
      subject = try ThroughputSubject(wire, cores, bench.report)
    } catch {
      return bench.report.skip("\(wire.rawValue) throughput", "\(error)")
    }
    try TransmitBenchmark(bench, subject).run()
    try ReceiveBenchmark(bench, subject).run()
  }
}
