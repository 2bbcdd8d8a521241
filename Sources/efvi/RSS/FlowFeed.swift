import EtherFabric
import EtherFabricFrames

/// Datagrams of many flows in turns, sent from another port of the process.
struct FlowFeed {
  /// UDP payload bytes of each.
  static let payload = 32

  private let station: Station
  private let flows: [UDPFlow]
  private let limit: UInt64
  private(set) var sent: UInt64 = 0

  /// - Parameters:
  ///   - target: the MAC address of the port that receives.
  ///   - limit: datagrams to send.
  init(_ device: String, to target: MACAddress, flows count: Int, limit: UInt64) throws(EtherFabricError) {
    station = try Station(device, receive: 0, transmit: 512)
    let own = station.identity.macAddress
    self.limit = limit
    // Of the network for benchmarks; hosts differ, so that UDP is told apart by its addresses too.
    flows = (0..<count).map { index in
      UDPFlow(
        from: own, IPv4Address(value: 0xc612_0000 + UInt32(index + 1)), port: UInt16(truncatingIfNeeded: 1024 + index),
        to: target, IPv4Address(value: 0xc613_0001), port: 5000)
    }
  }

  var isDone: Bool { sent >= limit }

  /// Sends up to 32 datagrams.
  mutating func step() throws(EtherFabricError) {
    let length = flows[0].payloadOffset + Self.payload
    var queued = 0
    while queued < 32, sent < limit, let index = station.takeTransmitBuffer(length: length) {
      let buffer = station.transmitBuffer(index)
      flows[Int(sent % UInt64(flows.count))].write(payloadLength: Self.payload, into: buffer)
      (buffer + flows[0].payloadOffset).initializeMemory(as: UInt8.self, repeating: 0, count: Self.payload)
      try station.queue(index, length: length)
      sent += 1
      queued += 1
    }
    if queued > 0 { station.push() }
    try station.poll()
  }
}
