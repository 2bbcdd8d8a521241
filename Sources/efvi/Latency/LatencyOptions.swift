import ArgumentParser
import EtherFabricFrames
import Measurement

/// Who talks to whom.
struct LatencyAddresses: ParsableArguments {
  /// Addresses that are set aside for measurements (RFC 2544).
  static let pingAddress = IPv4Address(value: 0xc612_0001)
  static let pongAddress = IPv4Address(value: 0xc612_0002)

  @Option(help: "IPv4 address of this end (default: 198.18.0.1 to ping, 198.18.0.2 to pong).")
  var local: IPv4Address?

  @Option(help: "IPv4 address of the end that pongs (default: 198.18.0.2).")
  var peer: IPv4Address?

  @Option(help: "UDP port of the end that pongs.")
  var port: UInt16 = 7000
}

/// How much is measured.
struct LatencyAmount: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Payload sizes in bytes: a,b or lo-hi or lo-hi+step or lo-hixmul, also mixed (default: sfnt-pingpong's).",
      valueName: "list"),
    transform: { try MessageSizes(parsing: $0) })
  var sizes: MessageSizes = .datagramDefault

  @Option(help: "Fewest round trips of a size.")
  var miniter = 1000

  @Option(help: "Most round trips of a size.")
  var maxiter = 1_000_000

  @Option(help: "Shortest time for a size, in milliseconds.")
  var minms = 1000

  @Option(help: "Longest time for a size, in milliseconds.")
  var maxms = 3000

  @Option(help: "Round trips before the first that counts.")
  var warmupiter = 1000

  mutating func validate() throws {
    for (name, value) in [("miniter", miniter), ("minms", minms), ("warmupiter", warmupiter)] where value < 0 {
      throw ValidationError("--\(name) \(value): give 0 or more.")
    }
    for (name, value) in [("maxiter", maxiter), ("maxms", maxms)] where value < 1 {
      throw ValidationError("--\(name) \(value): give 1 or more.")
    }
  }

  var limits: PingLimits {
    PingLimits(
      minimumIterations: min(miniter, maxiter), maximumIterations: maxiter,
      minimumTime: .milliseconds(min(minms, maxms)), maximumTime: .milliseconds(maxms), warmUps: warmupiter)
  }
}

/// What is printed and written.
struct LatencyOutput: ParsableArguments {
  @Flag(help: "Print whole round trips instead of half.")
  var rtt = false

  @Option(help: "The percentile of the column %ile, 0 to 100.")
  var percentile = 99.0

  @Option(help: "Write every figure to PREFIX-SIZE.dat, one a line in the order of time.")
  var raw: String?

  @Option(help: "Write the distribution of all figures to this file, as HdrHistogram prints percentiles (.hgrm).")
  var histogram: String?

  @Flag(help: "Print one JSON object instead of the table.")
  var json = false

  mutating func validate() throws {
    guard (0...100).contains(percentile) else {
      throw ValidationError("--percentile \(percentile): give 0 to 100.")
    }
  }

  var reporting: LatencyReporting { rtt ? .roundTrip : .halfRoundTrip }
}

/// `1;2`, `1,2` or `1`.
struct LatencyAffinity: ExpressibleByArgument {
  let ping: Int
  let pong: Int?

  init?(argument: String) {
    let parts = argument.split(omittingEmptySubsequences: false) { $0 == ";" || $0 == "," }.map { Int($0) }
    guard (1...2).contains(parts.count), let first = parts[0], first >= 0 else { return nil }
    ping = first
    guard parts.count == 2 else {
      pong = nil
      return
    }
    guard let second = parts[1], second >= 0 else { return nil }
    pong = second
  }
}

extension IPv4Address: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
