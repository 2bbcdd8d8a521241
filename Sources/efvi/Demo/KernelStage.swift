import EtherFabric
import EtherFabricFrames
import Measurement
import NetworkLab

/// The kernel at one end of a veth pair, an emulated adapter at the other.
struct KernelStage: DemoStage {
  let pair: VethPair
  let driver: Driver
  private let cores = DemoCores()

  init(pair: VethPair, driver: Driver) {
    self.pair = pair
    self.driver = driver
  }

  func ping(_ screen: DemoScreen) throws {
    screen.step(
      2, "The kernel pings the adapter",
      why: "Every answer is a frame that a virtual interface received, and one that it sent: ARP, then ICMP echo.")
    let service = try EchoService(
      driver, address: DemoAddresses.adapter, udpPort: DemoAddresses.port, cores: cores)
    let outcome = try KernelPing(DemoAddresses.adapter).run(count: DemoAddresses.pings)
    let answers = try service.finish()
    screen.line("\(outcome.received) of \(outcome.sent) pings answered, \(outcome.damaged) damaged")
    screen.line("sent by the virtual interface: ARP replies \(answers.arp), echo replies \(answers.pings)")
    guard outcome.received == outcome.sent, outcome.damaged == 0, answers.arp > 0 else {
      throw DemoError.failed("not every ping was answered")
    }
  }

  func pingPong(_ screen: DemoScreen) throws {
    screen.step(
      3, "UDP ping-pong: a kernel socket and a virtual interface, then two kernel sockets",
      why: "The same socket asks over the same kind of veth pair; only who answers differs. \(cores.description).")
    let bypass = try interfacePong(screen)
    let kernel = try kernelPong(screen)
    DemoPingPong.compare(bypass, kernel, screen)
  }

  private func interfacePong(_ screen: DemoScreen) throws -> [LatencySummary] {
    let service = try EchoService(
      driver, address: DemoAddresses.adapter, udpPort: DemoAddresses.port, cores: cores)
    let socket = try KernelUDPSocket(bind: HostEndpoint(DemoAddresses.kernel, 0))
    try socket.connect(to: HostEndpoint(DemoAddresses.adapter, DemoAddresses.port))
    var link = KernelPingLink(socket)
    let rows = try DemoPingPong.measure(
      &link, "kernel socket - virtual interface (afpacket wire)", cores: cores, screen)
    _ = try service.finish()
    return rows
  }

  private func kernelPong(_ screen: DemoScreen) throws -> [LatencySummary] {
    let stop = StopFlag()
    let near: HostAddress = "10.9.1.1"
    let far: HostAddress = "10.9.1.2"
    let second = try VethPair(kernelEnd: "k1", adapterEnd: "a1", address: near)
    let ready = StopFlag()
    let (cores, pingPort) = (cores, UInt16(7002))
    let thread = try second.farHost(address: far, core: cores.answering) {
      defer { ready.set() }
      let socket = try KernelUDPSocket(bind: HostEndpoint(far, DemoAddresses.port))
      try socket.connect(to: HostEndpoint(near, pingPort))
      ready.set()
      return KernelPingLink.echo(socket, until: stop, sharesCore: cores.areShared)
    }
    while !ready.isSet { sleepBriefly() }
    defer { stop.set() }
    let socket = try KernelUDPSocket(bind: HostEndpoint(near, pingPort))
    try socket.connect(to: HostEndpoint(far, DemoAddresses.port))
    var link = KernelPingLink(socket)
    let rows = try DemoPingPong.measure(&link, "kernel socket - kernel socket", cores: cores, screen)
    stop.set()
    try thread.join()
    try? second.delete()
    return rows
  }

  func flood(_ screen: DemoScreen, datagrams: Int) throws {
    try KernelFlood(pair: pair, driver: driver, cores: cores).run(screen, datagrams: datagrams)
  }

  func remove(_ screen: DemoScreen) throws {
    screen.step(
      5, "Remove what was made", why: "Killed half way, nothing would stay either: the namespace ends with the process."
    )
    driver.close()
    try pair.delete()
    let left = InterfaceState.names.filter { $0 != "lo" }
    screen.line(left.isEmpty ? "no interface is left but lo" : "left: \(left.joined(separator: ", "))")
    guard left.isEmpty else { throw DemoError.failed("interfaces are left behind") }
  }

  func dismantle() { try? pair.delete() }
}
