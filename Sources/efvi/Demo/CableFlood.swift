import EtherFabric
import EtherFabricFrames
import Glibc
import NetworkLab

/// Step 4 with a virtual interface as the sender.
struct CableFlood {
  let near: Driver
  let far: Driver
  let cores: DemoCores
  private static let strayEvery = 1000

  func run(_ screen: DemoScreen, datagrams: Int) throws {
    screen.step(
      4, "A flood of \(datagrams) UDP datagrams from the peer",
      why: "Each must be delivered or be counted as dropped, under a name; the sum has to come out exactly.")
    let local = IPEndpoint(IPAddress(ipv4: DemoAddresses.adapter.value), port: DemoAddresses.port)
    let receiver = try FloodReceiver(far, local: local, cores: cores)
    let (nearBefore, farBefore) = (near.statistics(), far.statistics())
    let start = monotonicNanoseconds()
    try cores.runAsking { try send(datagrams, receiver, screen) }
    let seconds = Double(monotonicNanoseconds() - start) / 1e9

    func account() -> FloodAccount {
      var account = FloodAccount(far.statistics().difference(since: farBefore))
      let sender = near.statistics().difference(since: nearBefore)
      account.add("dropped: the cable had no room", sender["tx_congested"] ?? 0)
      for (counter, name) in [("tx_link_down", "link down"), ("tx_failed", "refused"), ("tx_oversize", "too long")] {
        account.add("dropped by the sender: \(name)", sender[counter] ?? 0)
      }
      return account
    }
    try receiver.waitForLast { account().sum >= datagrams }
    let result = try receiver.finish()
    let final = account()
    final.print(screen, sent: UInt64(datagrams))
    screen.line(
      "\(String(hundredths: Double(datagrams) / seconds / 1e6)) million datagrams a second were sent; "
        + "\(result.disordered) came out of order")
    guard final.sum == datagrams else {
      throw DemoError.failed("the account has \(final.sum) frames of \(datagrams)")
    }
    guard result.datagrams == Int(final.rows[0].count), result.disordered == 0 else {
      throw DemoError.failed("the program got \(result.datagrams) datagrams of \(final.rows[0].count) delivered")
    }
  }

  /// All would be sent within one time slice of the scheduler: lets a receiver that has none catch up, for 2 ms.
  private func giveWay(_ sent: Int, _ receiver: FloodReceiver) {
    let end = monotonicNanoseconds() + 2_000_000
    while sent - receiver.count > 1024, monotonicNanoseconds() < end { sched_yield() }
  }

  private func send(_ count: Int, _ receiver: FloodReceiver, _ screen: DemoScreen) throws {
    var port = try InterfacePort(near)
    var flow = UDPFlow(
      from: EthernetAddress(value: near.identity.macAddress.value), IPv4Address(DemoAddresses.kernel),
      port: DemoAddresses.port, to: EthernetAddress(value: far.identity.macAddress.value),
      IPv4Address(DemoAddresses.adapter), port: DemoAddresses.port)
    var spinner = Spinner(sharesCore: cores.areShared)
    for number in 1...count {
      if number % 4096 == 0 {
        try DemoError.checkInterrupt()
        screen.progress("\(number) of \(count) sent, \(receiver.count) delivered")
      }
      if number % 512 == 0 { giveWay(number, receiver) }
      var slot = port.transmitSlot()
      while slot == nil {
        if let frame = try port.next() { port.recycle(frame.id) }
        spinner.spin()
        slot = port.transmitSlot()
      }
      guard let frame = slot?.baseAddress else { continue }
      flow.destinationPort = number % Self.strayEvery == 0 ? DemoAddresses.unwanted : DemoAddresses.port
      let length = flow.write(payloadLength: FloodReceiver.size, into: frame)
      frame.storeBytes(of: UInt64(number).littleEndian, toByteOffset: flow.payloadOffset, as: UInt64.self)
      try port.transmit(length)
    }
    // What is still in the ring leaves with the completions.
    while port.interface.transmitFillLevel > 0 {
      if let frame = try port.next() { port.recycle(frame.id) }
    }
  }
}
