import EtherFabric
import Glibc
import Measurement
import NetworkLab

/// The ping-pong of the demo: every size over one link, in the columns of sfnt-pingpong.
enum DemoPingPong {
  private static let limits = PingLimits(
    minimumIterations: 1000, maximumIterations: 20_000, minimumTime: .milliseconds(100),
    maximumTime: .milliseconds(250), warmUps: 200)

  static func measure<Link: PingLink & ~Copyable>(
    _ link: inout Link, _ title: String, cores: DemoCores, _ screen: DemoScreen
  ) throws -> [LatencySummary] {
    let table = LatencyTable(
      reporting: .halfRoundTrip,
      comments: [(title, ""), ("EMULATED: software, no wire and no PCIe; not to be compared with hardware", "")])
    screen.table(table.head)
    var rows: [LatencySummary] = []
    let stop = StopFlag()
    var history = PingHistory()
    for size in DemoAddresses.sizes {
      screen.progress("\(size) bytes")
      let run = PingRun(
        size: size, limits: limits, stop: stop, sharesCore: cores.areShared, progress: PingProgress())
      let outcome = try cores.runAsking { try run.run(&link, &history) }
      try DemoError.checkInterrupt()
      guard outcome.damaged == 0 else {
        throw DemoError.failed("\(outcome.damaged) answers came back damaged: \(outcome.firstDamage ?? "")")
      }
      guard let summary = LatencySummary(roundTrips: outcome.roundTrips, reporting: .halfRoundTrip) else {
        throw DemoError.failed("no datagram of \(size) bytes was answered")
      }
      screen.table(table.row(size: size, summary))
      if outcome.lost > 0 { screen.table("# lost: \(outcome.lost)\n") }
      rows.append(summary)
    }
    return rows
  }

  /// States how the medians compare.
  static func compare(_ bypass: [LatencySummary], _ kernel: [LatencySummary], _ screen: DemoScreen) {
    let ratios = zip(bypass, kernel).map { Double($1.median) / Double(max(1, $0.median)) }.sorted()
    guard !ratios.isEmpty else { return }
    let middle = ratios[ratios.count / 2]
    screen.line(
      "median ratio: two kernel sockets take \(String(hundredths: middle)) times as long as kernel and virtual "
        + "interface (\(String(hundredths: ratios[0])) to \(String(hundredths: ratios[ratios.count - 1])) by size)")
  }
}

/// Gives the processor away while another thread gets ready.
func sleepBriefly() { usleep(200) }
