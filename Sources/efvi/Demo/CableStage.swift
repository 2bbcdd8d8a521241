import EtherFabric
import EtherFabricFrames
import Measurement
import NetworkLab

/// Two emulated adapters on a cable in memory, for systems that allow no private network.
struct CableStage: DemoStage {
  private let near: Driver
  private let far: Driver
  private let cores = DemoCores()

  init(_ screen: DemoScreen) throws {
    near = try Driver.open("emu:cable:demo/0")
    far = try Driver.open("emu:cable:demo/1")
    screen.line("peer:    emu:cable:demo/0, \(DemoAddresses.kernel), \(near.identity.macAddress)")
    screen.line("adapter: emu:cable:demo/1, \(DemoAddresses.adapter), \(far.identity.macAddress)")
  }

  func ping(_ screen: DemoScreen) throws {
    screen.step(
      2, "The peer pings the adapter",
      why: "Every answer is a frame that a virtual interface received, and one that it sent: ARP, then ICMP echo.")
    let service = try EchoService(far, address: DemoAddresses.adapter, udpPort: DemoAddresses.port, cores: cores)
    let stop = StopFlag()
    let received = try cores.runAsking {
      var link = try HostLink(
        near, address: IPv4Address(DemoAddresses.kernel), udpPort: DemoAddresses.port)
      return try link.ping(
        IPv4Address(DemoAddresses.adapter), count: DemoAddresses.pings, stop: stop, sharesCore: cores.areShared)
    }
    let answers = try service.finish()
    screen.line("\(received) of \(DemoAddresses.pings) pings answered")
    screen.line("sent by the virtual interface: ARP replies \(answers.arp), echo replies \(answers.pings)")
    guard received == DemoAddresses.pings else { throw DemoError.failed("not every ping was answered") }
  }

  func pingPong(_ screen: DemoScreen) throws {
    screen.step(
      3, "UDP ping-pong between two virtual interfaces",
      why: "What the library and the emulated adapters cost by themselves. \(cores.description).")
    let service = try EchoService(far, address: DemoAddresses.adapter, udpPort: DemoAddresses.port, cores: cores)
    var link = try InterfacePing(
      HostLink(near, address: IPv4Address(DemoAddresses.kernel), udpPort: DemoAddresses.port),
      peer: IPv4Address(DemoAddresses.adapter), peerPort: DemoAddresses.port, timeout: .seconds(5), stop: StopFlag())
    _ = try DemoPingPong.measure(
      &link, "virtual interface - virtual interface (cable in memory)", cores: cores, screen)
    _ = try service.finish()
    screen.line("median ratio: none, the kernel has no part in this; run it where namespaces are allowed")
  }

  func flood(_ screen: DemoScreen, datagrams: Int) throws {
    try CableFlood(near: near, far: far, cores: cores).run(screen, datagrams: datagrams)
  }

  func remove(_ screen: DemoScreen) throws {
    screen.step(5, "Remove what was made", why: "The cable is memory of this process: nothing else was touched.")
    dismantle()
    screen.line("both adapters are closed")
  }

  func dismantle() {
    near.close()
    far.close()
  }
}
