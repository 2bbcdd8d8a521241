import EtherFabric
import NetworkLab
import Testing

@Suite("The peer's stack pings the adapter", .tags(.network), .timeLimit(.minutes(1)))
struct PingTests {
  static let address = HostAddress(10, 9, 0, 2)

  /// What a host answers to ARP and echo requests for its address; nil to anything else.
  static func reply(to frame: [UInt8], _ mac: MACAddress) -> [UInt8]? {
    let sender = Array(frame[6..<12])
    if frame[12..<14] == [8, 6], frame[20..<22] == [0, 1], Array(frame[38..<42]) == address.bytes {
      return sender + mac.bytes + frame[12..<20] + [0, 2] + mac.bytes + address.bytes + frame[22..<32]
    }
    guard frame[12..<14] == [8, 0], frame[23] == 1, frame[34] == 8, Array(frame[30..<34]) == address.bytes else {
      return nil
    }
    let length = Int(frame[16]) << 8 | Int(frame[17])
    var echo = Array(frame[34..<14 + length])
    echo[0] = 0
    echo.replaceSubrange(2..<4, with: [0, 0])
    echo.replaceSubrange(2..<4, with: (~Frame.sum(echo)).wire)
    // Exchanging the addresses leaves the header's sum as it is.
    return sender + mac.bytes + frame[12..<26] + frame[30..<34] + frame[26..<30] + echo
  }

  @Test(arguments: BenchKind.allCases) func everyRequestIsAnswered(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      try station.interface.addFilter(.ethernet(bench.portMAC))
      try station.interface.addFilter(.ethernet(.broadcast))
      var sent = 0
      let answers = try bench.ping(Self.address, count: 20) {
        station.poll()
        for arrival in station.arrivals {
          guard let reply = Self.reply(to: arrival.bytes, bench.portMAC) else { continue }
          try station.transmit(reply, id: sent)
          sent += 1
        }
        station.arrivals = []
      }
      #expect(answers == 20)
    }
  }
}
