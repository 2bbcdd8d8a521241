import EtherFabric
import EtherFabricFrames

@main struct FirstProgram {
  static func main() throws {
    // Two ports of a cable in memory. On a host: "emu:afpacket:eth0", or "sfc:enp1s0f0" with hardware.
    let left = try Driver.open("emu:cable:0")
    let right = try Driver.open("emu:cable:1")
    let leftDomain = try left.allocateProtectionDomain()
    var sender = try Endpoint(leftDomain, pool: try PacketPool(leftDomain, count: 64))
    let rightDomain = try right.allocateProtectionDomain()
    var receiver = try Endpoint(rightDomain, pool: try PacketPool(rightDomain, count: 1024))
    try receiver.addFilter(.udp(local: IPEndpoint("192.168.1.2:5000")!))
    let flow = UDPFlow(
      from: left.identity.macAddress, IPv4Address(192, 168, 1, 1), port: 4000,
      to: right.identity.macAddress, IPv4Address(192, 168, 1, 2), port: 5000)
    let payload = Array("hello, adapter".utf8)
    var buffer = sender.allocate()!
    buffer.withUnsafeMutableBytes { bytes in
      _ = flow.write(payloadLength: payload.count, into: bytes)
      bytes[flow.payloadOffset...].copyBytes(from: payload)
    }
    buffer.count = flow.payloadOffset + payload.count
    try sender.transmit(buffer)  // consumes the buffer: using it again does not compile
    guard try receiver.wait(timeout: .seconds(1)), let frame = receiver.receive() else { fatalError("no frame") }
    let text = frame.bytes.withUnsafeBytes { bytes in
      String(decoding: bytes[flow.payloadOffset...].prefix(payload.count), as: UTF8.self)
    }
    print("\(frame.count) bytes: \(text)")
  }
}
