import ArgumentParser
import EtherFabric
import Glibc
import NetworkLab

/// `efvi demo`.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Show the library at work in a private network, in under a minute.",
    discussion: """
      Makes a network of its own (no root where user namespaces are allowed), puts an emulated X2 adapter at one end \
      of a cable and the kernel at the other, and lets them ping each other. All of it ends with the process.

      EXIT STATUS
        0    every step as it should be
        1    a step failed, or the sum of the flood is off
        64   wrong usage
        130  ended by SIGINT (Ctrl-C)
      """)

  @Flag(name: .customLong("no-network"), help: "Use the in-memory cable, as where namespaces are not allowed.")
  var noNetwork = false

  @Option(help: "Datagrams that the flood sends, 1000 or more.")
  var datagrams = 200_000

  mutating func validate() throws {
    guard datagrams >= 1000 else { throw ValidationError("--datagrams \(datagrams): give 1000 or more.") }
  }

  mutating func run() throws {
    let screen = DemoScreen()
    print("EtherFabric demo. The adapter is EMULATED in software: there is no wire and no PCIe in any figure.")
    // Before anything else: it works only while the process has one thread.
    let stage = try DemoStages.make(withoutNetwork: noNetwork, screen)
    Interrupt.watch()
    let start = monotonicNanoseconds()
    do {
      try Self.steps(stage, screen, datagrams: datagrams)
    } catch {
      stage.dismantle()
      print("\nThe demo ends here: \(error)\nNothing is left behind: the network was this process's own.")
      throw Interrupt.happened ? ExitCode(130) : ExitCode(1)
    }
    let seconds = Double(monotonicNanoseconds() - start) / 1e9
    print(
      """

      Done in \(String(tenths: seconds)) s, every step as it should be. Where to look next:
          README.md          what the library is, and a first program
          efvi --help        the other commands; efvi latency measures between any two devices
          make test          every test
          make bench         the benchmarks
      """)
  }

  private static func steps(_ stage: any DemoStage, _ screen: DemoScreen, datagrams: Int) throws {
    try stage.ping(screen)
    try DemoError.checkInterrupt()
    try stage.pingPong(screen)
    try DemoError.checkInterrupt()
    try stage.flood(screen, datagrams: datagrams)
    try DemoError.checkInterrupt()
    try stage.remove(screen)
  }
}

extension String {
  /// A number with one decimal.
  init(tenths value: Double) {
    let scaled = Int((value * 10).rounded())
    self = "\(scaled / 10).\(abs(scaled % 10))"
  }

  /// A number with two decimals.
  init(hundredths value: Double) {
    let scaled = Int((value * 100).rounded())
    let rest = abs(scaled % 100)
    self = "\(scaled / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
