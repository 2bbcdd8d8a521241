import EmulatedAdapter
import EtherFabric
import Foundation
import NetworkLab
import Testing

/// In the kernel: settings, programs, promiscuity and sockets. In memory: the port.
@Suite("Row 14: teardown leaves nothing behind", .tags(.network), .timeLimit(.minutes(1)))
struct TeardownTests {
  /// What a wire could leave in the kernel.
  struct Traces: Equatable {
    var offloads: [Bool]
    /// As `ip -details link` prints it: promiscuity, flags, programs.
    var link: String
    var packetSockets: Int
    var programs: Int
  }

  func traces() throws -> Traces {
    let offloads = try ["k0", "a0"].flatMap { end in
      try InterfaceOffload.allCases.map { try $0.isEnabled(on: end) }
    }
    let sockets = try String(contentsOfFile: "/proc/thread-self/net/packet", encoding: .utf8)
    let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    let targets = descriptors.compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
    }
    return Traces(
      offloads: offloads, link: try IPTool.run("Traces", "-details link show dev a0"),
      packetSockets: sockets.split(separator: "\n").count - 1, programs: targets.filter { $0.contains("bpf") }.count)
  }

  @Test(arguments: ["inline", "thread"]) func inTheKernel(_ service: String) throws {
    if let reason = Namespace.unavailableReason { try Test.cancel(Comment(rawValue: reason)) }
    try Namespace.run {
      _ = try VethPair()
      let before = try traces()
      for _ in 0..<3 {
        do {
          let driver = try Driver.open("emu:afpacket:a0,steal=on,service=\(service)")
          var station = try Station(driver)
          try station.interface.addFilter(.udp(local: IPEndpoint("10.9.0.2:7000")!))
          let during = try traces()
          #expect(during.offloads == before.offloads)
          #expect(during.link.contains("promiscuity 1"))
          #expect(during.packetSockets == before.packetSockets + 2)
          #expect(during.programs > before.programs)
          try station.transmit(Frame.numbered(1, to: .broadcast, from: driver.identity.macAddress), id: 1)
          #expect(station.completions(1) == [1])
        }
        #expect(try traces() == before)
      }
    }
  }

  @Test(arguments: BenchKind.allCases) func aPortOpensAgain(_ kind: BenchKind) throws {
    try kind.run { bench in
      let device = bench.driver.identity.device
      let path = device.split(separator: ",")[0]
      for round in 0..<3 {
        let driver = try Driver.open(String(path))
        var station = try Station(driver)
        try station.interface.addFilter(.ethernet(bench.portMAC))
        #expect(bench.send(bench.frame(round)))
        #expect(station.take(1).map { Frame.number($0.bytes) } == [round])
      }
      // The filters of the interfaces that are gone take nothing.
      #expect(bench.send(bench.frame(9)))
      bench.adapter.service()
      #expect(bench.counter("rx_filtered") == 1)
    }
  }

  @Test(arguments: [BenchKind.cable, .switch, .shm]) func inMemory(_ kind: BenchKind) throws {
    let device = "emu:\(kind.wire.rawValue):teardown/0,mtu=1500"
    for _ in 0..<3 {
      let driver = try Driver.open(device)
      #expect(throws: EtherFabricError.self) { try Driver.open("emu:\(kind.wire.rawValue):teardown/0,mtu=1400") }
      var station = try Station(driver)
      try station.interface.addFilter(.unicastAll)
      #expect(!driver.isLinkUp)
      try station.transmit(Frame.numbered(1, to: .broadcast, from: driver.identity.macAddress), id: 1)
      #expect(station.completions(1) == [1])
    }
    let other = try Driver.open("emu:\(kind.wire.rawValue):teardown/0,mtu=1400")
    #expect(other.mtu == 1400)
  }
}
