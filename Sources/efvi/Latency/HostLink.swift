import EtherFabric
import EtherFabricFrames
import Glibc

/// One end of UDP conversations over a virtual interface: it answers ARP and ping for its address, finds others by
/// ARP, and keeps frames for its port.
struct HostLink: ~Copyable {
  var port: InterfacePort
  let address: IPv4Address
  let udpPort: UInt16
  private let responder: HostResponder
  /// Questions that were answered.
  private(set) var answeredARP = 0
  private(set) var answeredEchoes = 0

  /// Takes over what arrives for this address and port, ARP and ping.
  init(
    _ driver: Driver, address: IPv4Address, udpPort: UInt16, receiveCapacity: Int = 512, mode: SendMode = .dma
  ) throws {
    let mac = driver.identity.macAddress
    var port = try InterfacePort(driver, receiveCapacity: receiveCapacity, mode: mode)
    // Damage must show in the bytes, not vanish as a discarded frame.
    port.interface.receiveDiscards = []
    try port.interface.addFilter(.udp(local: IPEndpoint(IPAddress(ipv4: address.value), port: udpPort)))
    try port.interface.addFilter(.ethernet(.broadcast))
    // Echo requests and ARP replies come to the port's own address.
    try port.interface.addFilter(.ethernet(mac))
    self.port = port
    self.address = address
    self.udpPort = udpPort
    responder = HostResponder(mac: EthernetAddress(value: mac.value), ipv4: address)
  }

  var mac: EthernetAddress { responder.mac }

  /// Most payload bytes of one datagram.
  var maximumPayload: Int { min(port.interface.mtu, 1500) - 28 }

  /// The next UDP frame for this port; all else is answered or dropped here. Polls once at most.
  mutating func next() throws -> InterfacePort.Frame? {
    guard let frame = try port.next() else { return nil }
    if isMine(frame.bytes) { return frame }
    try answer(frame)
    return nil
  }

  @inline(__always)
  private func isMine(_ bytes: UnsafeRawBufferPointer) -> Bool {
    // IPv4 without options and tags, UDP, and the port: what the filters let through to here.
    guard bytes.count >= 42, let base = bytes.baseAddress else { return false }
    return base.loadUnaligned(fromByteOffset: 12, as: UInt16.self) == UInt16(0x0800).bigEndian
      && base.load(fromByteOffset: 14, as: UInt8.self) == 0x45 && base.load(fromByteOffset: 23, as: UInt8.self) == 17
      && base.loadUnaligned(fromByteOffset: 36, as: UInt16.self) == udpPort.bigEndian
      && base.loadUnaligned(fromByteOffset: 30, as: UInt32.self) == address.value.bigEndian
  }

  private mutating func answer(_ frame: InterfacePort.Frame) throws {
    defer { port.recycle(frame.id) }
    guard let slot = port.transmitSlot(), let length = responder.respond(to: frame.bytes, into: slot) else { return }
    if ARPMessage(frame.bytes) != nil { answeredARP += 1 } else { answeredEchoes += 1 }
    try port.transmit(length)
  }

  /// Asks by ARP who has `peer`, again every 20 ms.
  mutating func resolve(_ peer: IPv4Address, timeout: Duration, stop: StopFlag) throws -> EthernetAddress {
    let end = ContinuousClock.now + timeout
    var nextQuestion = ContinuousClock.now
    while ContinuousClock.now < end, !stop.isSet {
      if ContinuousClock.now >= nextQuestion, let slot = port.transmitSlot() {
        let question = ARPMessage.request(for: peer, from: mac, address)
        try port.transmit(question.write(into: slot.baseAddress!))
        nextQuestion = ContinuousClock.now + .milliseconds(20)
      }
      guard let frame = try port.next() else {
        sched_yield()
        continue
      }
      if let message = ARPMessage(frame.bytes), message.operation == .reply, message.senderAddress == peer {
        port.recycle(frame.id)
        return message.senderMAC
      }
      try answer(frame)
    }
    throw EtherFabricError(
      "HostLink.resolve", errno: ETIMEDOUT, reason: "nobody answered who has \(peer)",
      remedy: "Start the other end first, on the other end of the same wire.")
  }
}
