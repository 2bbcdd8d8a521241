import EtherFabric
import EtherFabricFrames
import Testing

@Suite struct ARPTests {
  static let request = ARPMessage.request(
    for: IPv4Address(10, 0, 0, 2), from: EthernetAddress("00:0f:53:00:00:01")!, IPv4Address(10, 0, 0, 1))

  private func frame(_ message: ARPMessage, vlan: UInt16? = nil) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xcc, count: 60)
    let length = bytes.withUnsafeMutableBytes { message.write(into: $0.baseAddress!, vlan: vlan) }
    return Array(bytes[..<length])
  }

  private func parse(_ bytes: [UInt8]) -> ARPMessage? { bytes.withUnsafeBytes { ARPMessage($0) } }

  @Test func writesARequest() {
    #expect(frame(Self.request) == hex(ResponderTests.arp))
  }

  @Test func readsWhatItWrites() {
    let reply = Self.request.reply(from: EthernetAddress("00:0f:53:00:00:02")!)
    for message in [Self.request, reply] {
      for vlan in [nil, UInt16(5)] {
        #expect(parse(frame(message, vlan: vlan)) == message)
      }
    }
    #expect(frame(reply, vlan: 5).prefix(18) == hex("000f53000001 000f53000002 8100 0005 0806")[...])
  }

  @Test func refusesOtherMessages() {
    let good = frame(Self.request)
    for (offset, value) in [(13, UInt8(0)), (15, 6), (16, 9), (18, 8), (19, 16), (21, 0), (21, 3)] {
      var bad = good
      bad[offset] = value
      #expect(parse(bad) == nil, "byte \(offset)")
    }
    for count in 0..<good.count { #expect(parse(Array(good[..<count])) == nil) }
  }
}
