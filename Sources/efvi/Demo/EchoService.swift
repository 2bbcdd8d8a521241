import EtherFabric
import EtherFabricFrames
import NetworkLab

/// A thread with a virtual interface that answers ARP and ping and sends datagrams back.
struct EchoService {
  struct Answers: Sendable {
    var arp = 0
    var pings = 0
    var datagrams = 0
  }

  private let stop = StopFlag()
  private let thread: LabThread<Answers>

  /// Returns when it answers.
  init(_ driver: Driver, address: HostAddress, udpPort: UInt16, cores: DemoCores) throws {
    let ready = StopFlag()
    let stop = stop
    thread = try LabThread(name: "echo", core: cores.answering) {
      defer { ready.set() }
      var link = try HostLink(driver, address: IPv4Address(address), udpPort: udpPort)
      ready.set()
      let count = try link.echo(until: stop, sharesCore: cores.areShared)
      return Answers(arp: link.answeredARP, pings: link.answeredEchoes, datagrams: count)
    }
    while !ready.isSet { sleepBriefly() }
  }

  /// Stops it and says what it did.
  func finish() throws -> Answers {
    stop.set()
    return try thread.join()
  }
}

/// Which cores the two sides of the demo run on.
struct DemoCores: Sendable {
  let asking: Int?
  let answering: Int?
  let areShared: Bool

  init() {
    let cores = CPU.available
    areShared = cores.count < 2
    asking = areShared ? nil : cores[0]
    answering = areShared ? nil : cores[1]
  }

  var description: String {
    guard let asking, let answering else { return "one core for both sides, which take turns" }
    return "pinned to cores \(asking) and \(answering), spinning"
  }

  /// Runs `body` on the core of the side that asks.
  func runAsking<Value>(_ body: () throws -> Value) throws -> Value {
    guard let asking else { return try body() }
    return try CPU.pinned(to: asking, body)
  }
}
