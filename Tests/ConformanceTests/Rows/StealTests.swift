import EtherFabric
import NetworkLab
import Testing

/// The adapter's end has an address of the kernel's, with nobody listening: what the kernel sees, it answers.
@Suite(
  "Row 8: a filter takes its frames from the kernel, over AF_PACKET with steal=on", .tags(.network),
  .timeLimit(.minutes(1)))
struct StealTests {
  static let here = IPEndpoint("10.8.0.2:7000")!
  static let there = IPEndpoint("10.8.0.1:4000")!

  /// The wires whose filters steal.
  static let stealing = [BenchKind.packet] + BenchKind.xdp

  func run(
    _ kind: BenchKind, _ options: String? = nil, _ body: (PacketBench, inout Station) throws -> Void
  ) throws {
    try kind.run(options ?? (kind.isXDP ? "" : "steal=on")) { bench in
      let bench = bench as! PacketBench
      try bench.ip("address add 10.8.0.2/24 dev a0")
      try bench.ip("neighbour replace 10.8.0.1 lladdr \(bench.peerMAC) dev a0 nud permanent")
      var station = try Station(bench.driver)
      try body(bench, &station)
    }
  }

  /// The kernel's answer to a datagram or a SYN, if it gives one: "unreachable" or "reset".
  func answer(_ bench: PacketBench, _ frame: [UInt8]) -> String? {
    while bench.receive(within: .zero) != nil {}
    #expect(bench.send(frame))
    var word: String?
    _ = eventually(.milliseconds(100)) {
      while let reply = bench.receive(within: .zero) {
        guard reply.count >= 48, reply[12..<14] == [8, 0] else { continue }
        if reply[23] == 1, reply[34] == 3 { word = "unreachable" }
        if reply[23] == 6, reply[47] & 4 != 0 { word = "reset" }
      }
      return word != nil
    }
    return word
  }

  func udp(_ bench: PacketBench, tags: [VLANTag] = [], port: UInt16 = 7000) -> [UInt8] {
    Frame.udp(to: bench.portMAC, from: bench.peerMAC, tags: tags, Self.there, IPEndpoint(Self.here.address, port: port))
  }

  func syn(_ bench: PacketBench, port: UInt16 = 7000) -> [UInt8] {
    Frame.tcp(to: bench.portMAC, from: bench.peerMAC, Self.there, IPEndpoint(Self.here.address, port: port))
  }

  @Test(arguments: ["", "steal=off"]) func switchedOffTheKernelAnswersToo(_ options: String) throws {
    try run(.packet, options) { bench, station in
      try station.interface.addFilter(.udp(local: Self.here))
      try station.interface.addFilter(.tcp(local: Self.here))
      #expect(answer(bench, udp(bench)) == "unreachable")
      #expect(answer(bench, syn(bench)) == "reset")
      #expect(station.take(2).map(\.bytes) == [udp(bench), syn(bench)].map(Frame.padded))
    }
  }

  @Test(arguments: stealing) func datagramsOfTheFilterAreTheAdaptersAlone(_ kind: BenchKind) throws {
    try run(kind) { bench, station in
      #expect(answer(bench, udp(bench)) == "unreachable")
      let cookie = try station.interface.addFilter(.udp(local: Self.here))
      #expect(answer(bench, udp(bench)) == nil)
      #expect(station.take(1).map(\.bytes) == [udp(bench)])
      #expect(answer(bench, udp(bench, port: 7001)) == "unreachable")
      try station.interface.removeFilter(cookie)
      #expect(answer(bench, udp(bench)) == "unreachable")
    }
  }

  @Test(arguments: stealing) func aStolenSYNMeetsNoReset(_ kind: BenchKind) throws {
    try run(kind) { bench, station in
      #expect(answer(bench, syn(bench)) == "reset")
      try station.interface.addFilter(.tcp(local: Self.here))
      #expect(answer(bench, syn(bench)) == nil)
      #expect(station.take(1).map(\.bytes) == [Frame.padded(syn(bench))])
      #expect(answer(bench, syn(bench, port: 7001)) == "reset")
    }
  }

  @Test(arguments: stealing) func everyKindOfFilterSteals(_ kind: BenchKind) throws {
    try run(kind) { bench, station in
      let filters: [FilterSpecification] = [
        try .tcp(local: Self.here, remote: Self.there), try .ethernet(bench.portMAC), .unicastAll,
        try .ethernet(bench.portMAC, vlan: 0), try FilterSpecification.tcp(local: Self.here).vlan(0), .blockKernel,
        .blockKernelUnicast,
      ]
      for filter in filters {
        let cookie = try station.interface.addFilter(filter)
        #expect(answer(bench, syn(bench)) == nil, "\(filter.kind)")
        try station.interface.removeFilter(cookie)
      }
      let misses: [FilterSpecification] = [
        .multicastAll, .unicastMismatch, try .ethernet(LinkFilterTests.other),
        try FilterSpecification.tcp(local: Self.here).vlan(5), .udp(local: Self.here),
      ]
      for filter in misses {
        let cookie = try station.interface.addFilter(filter)
        #expect(answer(bench, syn(bench)) == "reset", "\(filter.kind)")
        try station.interface.removeFilter(cookie)
      }
    }
  }

  @Test(arguments: stealing) func whenTheInterfaceGoesTheKernelGetsItsFramesBack(_ kind: BenchKind) throws {
    try run(kind) { bench, station in
      do {
        let other = try Station(bench.driver)
        try other.interface.addFilter(.udp(local: Self.here))
        #expect(answer(bench, udp(bench)) == nil)
      }
      #expect(answer(bench, udp(bench)) == "unreachable")
    }
  }
}
