import EtherFabric
import EtherFabricFrames
import NetworkLab

/// What the steps of the demo are played on.
protocol DemoStage: Sendable {
  func ping(_ screen: DemoScreen) throws
  func pingPong(_ screen: DemoScreen) throws
  func flood(_ screen: DemoScreen, datagrams: Int) throws
  func remove(_ screen: DemoScreen) throws
  /// Removes what is there, whatever state it is in.
  func dismantle()
}

/// Addresses of the demo.
enum DemoAddresses {
  static let kernel: HostAddress = "10.9.0.1"
  static let adapter: HostAddress = "10.9.0.2"
  static let port: UInt16 = 7000
  /// Nothing listens here.
  static let unwanted: UInt16 = 7001
  static let pings = 10
  static let sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
}

extension IPv4Address {
  init(_ address: HostAddress) { self.init(value: address.value) }
}

/// Step 1: a network of the process's own, or the in-memory cable where that is not to be had.
enum DemoStages {
  static func make(withoutNetwork: Bool, _ screen: DemoScreen) throws -> any DemoStage {
    if withoutNetwork { return try cable(screen, because: "--no-network asks for it") }
    do {
      try Namespace.enterPrivate()
    } catch {
      return try cable(screen, because: "this system allows no private network: \(error)")
    }
    screen.step(
      1, "A private network: a cable between the kernel and an emulated adapter",
      why: "No root and no hardware needed, and the host's own network is not touched.")
    let pair: VethPair
    do {
      pair = try VethPair(address: DemoAddresses.kernel)
      try pair.setOffloads(.kernel, [.tcpSegmentation, .genericSegmentation], enabled: false)
    } catch {
      return try cable(screen, because: "this system allows no veth pair: \(error)")
    }
    let driver = try Driver.open("emu:afpacket:\(pair.adapterEnd)")
    screen.line("network namespace \(Namespace.identity ?? "?"), a veth pair \(pair.kernelEnd) - \(pair.adapterEnd)")
    screen.line("kernel:  \(pair.kernelEnd), \(pair.address), \(pair.kernelMAC)")
    screen.line("adapter: emu:afpacket:\(pair.adapterEnd), \(DemoAddresses.adapter), \(driver.identity.macAddress)")
    for (name, value) in driver.identity.configuration where ["adapter", "receive ring", "service"].contains(name) {
      screen.line("         \(name): \(value)")
    }
    return KernelStage(pair: pair, driver: driver)
  }

  private static func cable(_ screen: DemoScreen, because reason: String) throws -> any DemoStage {
    screen.step(
      1, "An in-memory cable between two emulated adapters of this process",
      why: "There is no kernel at the other end, because \(reason)")
    return try CableStage(screen)
  }
}
