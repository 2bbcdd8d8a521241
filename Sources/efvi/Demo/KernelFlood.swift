import EtherFabric
import EtherFabricFrames
import Glibc
import NetworkLab

/// Step 4 with the kernel as the sender.
struct KernelFlood {
  let pair: VethPair
  let driver: Driver
  let cores: DemoCores
  private static let burst = 64
  /// Every so many bursts one goes to a port that no filter asks for.
  private static let strayEvery = 20

  func run(_ screen: DemoScreen, datagrams: Int) throws {
    screen.step(
      4, "A flood of \(datagrams) UDP datagrams from the kernel, in bursts of \(Self.burst)",
      why: "Each must be delivered or be counted as dropped, under a name; the sum has to come out exactly.")
    // Without it the kernel would ask by ARP again and again, and its questions would be in the account.
    try pair.addNeighbour(DemoAddresses.adapter, pair.adapterMAC)
    let local = IPEndpoint(IPAddress(ipv4: DemoAddresses.adapter.value), port: DemoAddresses.port)
    let receiver = try FloodReceiver(driver, local: local, cores: cores)
    let adapterBefore = driver.statistics()
    let kernelBefore = try InterfaceStatistics(of: pair.kernelEnd)

    let start = monotonicNanoseconds()
    let sent = try cores.runAsking { try send(datagrams, receiver, screen) }
    let seconds = Double(monotonicNanoseconds() - start) / 1e9
    let kernel = try InterfaceStatistics(of: pair.kernelEnd)
    let lostByVeth = kernel.sendDrops - kernelBefore.sendDrops
    let frames = kernel.sentPackets - kernelBefore.sentPackets + lostByVeth

    func account() -> FloodAccount {
      var account = FloodAccount(driver.statistics().difference(since: adapterBefore))
      account.add("dropped: veth, as the kernel's backlog was full", lostByVeth)
      return account
    }
    try receiver.waitForLast { account().sum >= frames }
    let result = try receiver.finish()
    let final = account()
    final.print(screen, sent: UInt64(sent))
    screen.line(
      "\(String(hundredths: Double(sent) / seconds / 1e6)) million datagrams a second were sent; "
        + "\(result.disordered) came out of order")
    try check(final, sent: sent, frames: frames, result)
  }

  private func check(_ account: FloodAccount, sent: Int, frames: UInt64, _ result: FloodReceiver.Result) throws {
    guard frames == UInt64(sent) else {
      throw DemoError.failed("\(sent) datagrams were sent, and \(pair.kernelEnd) counted \(frames) frames")
    }
    guard account.sum == frames else {
      throw DemoError.failed("the account has \(account.sum) frames of \(frames)")
    }
    guard result.datagrams == Int(account.rows[0].count), result.disordered == 0 else {
      throw DemoError.failed("the program got \(result.datagrams) datagrams of \(account.rows[0].count) delivered")
    }
  }

  /// Sends numbered datagrams as fast as the kernel takes them. Returns how many it took.
  private func send(_ count: Int, _ receiver: FloodReceiver, _ screen: DemoScreen) throws -> Int {
    let wanted = try KernelUDPSocket(bind: HostEndpoint(DemoAddresses.kernel, 0))
    let stray = try KernelUDPSocket(bind: HostEndpoint(DemoAddresses.kernel, 0))
    try wanted.connect(to: HostEndpoint(DemoAddresses.adapter, DemoAddresses.port))
    try stray.connect(to: HostEndpoint(DemoAddresses.adapter, DemoAddresses.unwanted))
    let size = FloodReceiver.size
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.burst * size, alignment: 64)
    defer { bytes.deallocate() }
    bytes.initializeMemory(as: UInt8.self, repeating: 0x5a)
    var (sent, bursts) = (0, 0)
    while sent < count {
      try DemoError.checkInterrupt()
      let now = min(Self.burst, count - sent)
      for index in 0..<now {
        bytes.storeBytes(of: UInt64(sent + index + 1).littleEndian, toByteOffset: index * size, as: UInt64.self)
      }
      bursts += 1
      let socket = bursts % Self.strayEvery == 0 ? stray : wanted
      do {
        sent += try socket.sendBurst(UnsafeRawBufferPointer(rebasing: bytes[..<(now * size)]), size: size)
      } catch {
        guard error.errno == ENOBUFS || error.errno == EAGAIN else { throw error }
        // The kernel took none of this burst.
        sched_yield()
      }
      if bursts % 256 == 0 { screen.progress("\(sent) of \(count) sent, \(receiver.count) delivered") }
    }
    return sent
  }
}
