import ArgumentParser
import EtherFabric
import Glibc
import Measurement
import NetworkLab

/// `efvi latency`.
struct LatencyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latency", abstract: "Measure UDP ping-pong between virtual interfaces.",
    discussion: """
      One end sends a datagram and the other sends it back; the bytes that come back are compared with those sent. \
      Prints the columns of sfnt-pingpong, in nanoseconds. With one device and --role ping or pong the other end is \
      another process (or any host that sends datagrams back); both is the default with two devices.

      EXAMPLES
        efvi latency emu:cable:l/0 emu:cable:l/1
        efvi latency --private-network --sizes 1-1024x2
        efvi latency emu:cable:l/0,nic=x4 emu:cable:l/1,nic=x4 --mode ctpio
        efvi latency emu:afpacket:eth1 --role pong --local 192.0.2.2
        efvi latency emu:afpacket:eth2 --role ping --local 192.0.2.1 --peer 192.0.2.2

      EXIT STATUS
        0    done
        1    refused by the device or the system, or no answer came
        3    bytes came back damaged
        64   wrong usage
        130  ended by SIGINT (Ctrl-C), with what was measured so far
      """)

  enum Role: String, ExpressibleByArgument, CaseIterable { case ping, pong, both }

  @Argument(help: "The device that pings, or that pongs with --role pong.")
  var deviceA: String?

  @Argument(help: "The device that pongs, with --role both.")
  var deviceB: String?

  @Option(help: "Which end to be.")
  var role: Role = .both

  @Flag(help: "Make a veth pair in a private network, and use its two ends.")
  var privateNetwork = false

  @Option(
    help: "How frames are sent: dma, pio, ctpio or alternatives (default: dma, or ctpio where there is nothing else).")
  var mode: SendMode?

  @OptionGroup var addresses: LatencyAddresses
  @OptionGroup var amount: LatencyAmount
  @OptionGroup var output: LatencyOutput

  @Option(help: "Cores to pin to, `PING;PONG` or one core.")
  var affinity: LatencyAffinity?

  mutating func validate() throws {
    let given = [deviceA, deviceB].compactMap(\.self).count
    if privateNetwork {
      guard given == 0, role == .both else {
        throw ValidationError("--private-network makes both devices itself: give none, and no --role.")
      }
    } else if role == .both {
      guard given == 2 else { throw ValidationError("--role both takes two devices; \(given) given.") }
    } else if given != 1 {
      throw ValidationError("--role \(role.rawValue) takes one device; \(given) given.")
    }
  }

  mutating func run() throws {
    // It works only while the process has one thread, and before anything is opened.
    let pair = privateNetwork ? try LatencyNetwork.make() : nil
    Interrupt.watch()
    let first = pair.map { "emu:afpacket:\($0.kernelEnd)" } ?? deviceA ?? ""
    let second = pair.map { "emu:afpacket:\($0.adapterEnd)" } ?? deviceB
    switch role {
    case .pong: try pong(first)
    case .ping: try ping(first, nil)
    case .both: try ping(first, second)
    }
  }

  private func pong(_ device: String) throws {
    let driver = try Driver.open(device)
    let mode = try SendMode.of(driver, wanted: mode)
    let end = PongEnd(
      driver, address: addresses.local ?? LatencyAddresses.pongAddress, udpPort: addresses.port,
      core: affinity?.pong ?? affinity?.ping, sharesCore: CPU.available.count < 2, mode: mode)
    try end.start()
    let comments = LatencyComments(role: role, drivers: [driver], affinity: affinity, modes: [mode])
    for line in comments.lines() { StandardOutput.write("# \(line.name): \(line.value)\n") }
    while !Interrupt.happened, !end.hasEnded { usleep(50_000) }
    StandardOutput.write("# echoed: \(try end.finish())\n")
  }

  private func ping(_ device: String, _ pongDevice: String?) throws {
    let driver = try Driver.open(device)
    let pongDriver = try pongDevice.map { try Driver.open($0) }
    let drivers = [driver, pongDriver].compactMap(\.self)
    let modes = try drivers.map { try SendMode.of($0, wanted: mode) }
    let isOneCore = affinity.map { $0.ping == $0.pong } ?? false
    let sharesCore = CPU.available.count < 2 || isOneCore
    let end = pongDriver.map {
      PongEnd(
        $0, address: addresses.peer ?? LatencyAddresses.pongAddress, udpPort: addresses.port, core: affinity?.pong,
        sharesCore: sharesCore, mode: modes[1])
    }
    try end?.start()
    let comments = LatencyComments(role: role, drivers: drivers, affinity: affinity, modes: modes)
    let report = LatencyReport(output, isSingle: amount.sizes.values.count == 1)
    let session = PingSession(
      driver: driver, addresses: addresses, amount: amount, core: affinity?.ping, sharesCore: sharesCore,
      mode: modes[0])
    try session.run(report, comments)
    if let end { _ = try end.finish() }
    try report.finish(wasInterrupted: Interrupt.happened)
  }
}
