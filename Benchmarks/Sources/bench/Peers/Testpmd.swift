import Glibc

/// dpdk-testpmd on one virtual device, forwarding on one core while it is told to.
///
/// Memory is the process's own (`--no-huge`), and nothing is left in the file system (`--no-shconf`).
final class Testpmd {
  enum Mode: String {
    case transmit = "txonly"
    case receive = "rxonly"
    case forward = "io"
  }

  /// What it counted between `start` and `stop`, and the seconds between.
  struct Outcome {
    var received: Int
    var transmitted: Int
    var seconds: Double
  }

  private let child: ChildProgram
  private var started = 0.0

  /// - Parameter device: For example `net_af_packet0,iface=a1`.
  init(_ path: String, device: String, mode: Mode, cores: Cores) throws {
    guard let stdbuf = Peer.find("stdbuf") else { throw BenchmarkError(reason: "there is no stdbuf (coreutils)") }
    child = try ChildProgram(
      stdbuf,
      ["-oL", path, "--no-huge", "-m", "256", "--no-pci", "--no-telemetry", "--no-shconf", "--log-level=error"]
        + ["--lcores", "0@\(cores.there),1@\(cores.here)", "--vdev", device, "--", "-i", "--nb-cores=1"]
        + ["--forward-mode=\(mode.rawValue)", "--total-num-mbufs=8192", "--txpkts=64", "--burst=32", "--no-flush-rx"])
    _ = try child.wait(for: "testpmd>", seconds: 20)
  }

  deinit {
    child.write("quit")
    _ = try? child.finish(seconds: 5)
  }

  func set(burst: Int) throws { try tell("set burst \(burst)") }
  func set(length: Int) throws { try tell("set txpkts \(length)") }

  private func tell(_ command: String) throws {
    child.write(command)
    _ = try child.wait(for: "testpmd>", seconds: 10)
  }

  /// - Parameter isPrimed: Puts a burst into a loop that would be empty.
  func start(isPrimed: Bool = false) throws {
    child.write(isPrimed ? "start tx_first" : "start")
    _ = try child.wait(for: "TX threshold registers", seconds: 10)
    started = Machine.seconds
  }

  func stop() throws -> Outcome {
    let seconds = Machine.seconds - started
    child.write("stop")
    let text = try child.wait(for: "Done.", seconds: 10)
    return Outcome(
      received: Self.number(after: "RX-packets:", in: text), transmitted: Self.number(after: "TX-packets:", in: text),
      seconds: seconds)
  }

  /// Runs for a while.
  func run(seconds: Double, isPrimed: Bool = false) throws -> Outcome {
    try start(isPrimed: isPrimed)
    usleep(UInt32(seconds * 1e6))
    return try stop()
  }

  /// The last figure of this name.
  private static func number(after name: String, in text: String) -> Int {
    let words = text.split { $0 == " " || $0 == "\n" }
    guard let index = words.lastIndex(where: { $0 == name }), index + 1 < words.count else { return 0 }
    return Int(words[index + 1]) ?? 0
  }
}
