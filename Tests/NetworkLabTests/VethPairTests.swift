import EtherFabric
import Glibc
import NetworkLab
import Testing

@Suite(.timeLimit(.minutes(1)), .privateNetwork) struct VethPairTests {
  @Test func isReadyToUse() throws {
    try Namespace.run {
      let pair = try VethPair(mtu: 9000, queues: 2)
      #expect(Set(InterfaceState.names) == ["lo", "k0", "a0"])
      for end in VethPair.End.allCases {
        let state = try InterfaceState(of: pair.name(of: end))
        #expect(state.isRunning)
        #expect(state.mtu == 9000)
      }
      #expect(try InterfaceState(of: "lo").isRunning)
      #expect(try InterfaceState(of: "a0").macAddress == pair.adapterMAC)
      #expect(try InterfaceState(of: "k0").macAddress == pair.kernelMAC)
      #expect(pair.adapterMAC != pair.kernelMAC)
    }
  }

  @Test func keepsQuiet() throws {
    try Namespace.run {
      let pair = try VethPair()
      usleep(50_000)
      #expect(try InterfaceStatistics(of: pair.adapterEnd).receivedPackets == 0)
      #expect(try InterfaceStatistics(of: pair.adapterEnd).sentPackets == 0)
    }
  }

  @Test func carriesFrames() throws {
    try Namespace.run {
      let pair = try VethPair()
      try pair.addNeighbour("10.9.0.2", pair.adapterMAC)
      let socket = try KernelUDPSocket()
      try socket.send([1, 2, 3], to: HostEndpoint("10.9.0.2", 7))
      let received = try InterfaceStatistics(of: pair.adapterEnd)
      #expect(received.receivedPackets == 1)
      #expect(received.receivedBytes == 14 + 20 + 8 + 3)
      #expect(try InterfaceStatistics(of: pair.kernelEnd).sentPackets == 1)
    }
  }

  @Test(arguments: VethPair.End.allCases) func linkGoesDownAndUp(_ end: VethPair.End) throws {
    try Namespace.run {
      let pair = try VethPair()
      let other: VethPair.End = end == .kernel ? .adapter : .kernel
      try pair.setLink(end, up: false)
      #expect(try !InterfaceState(of: pair.name(of: end)).isUp)
      #expect(try InterfaceState(of: pair.name(of: other)).isUp)
      try expectSoon { try !InterfaceState(of: pair.name(of: other)).isRunning }
      try pair.setLink(end, up: true)
      try expectSoon { try InterfaceState(of: pair.name(of: other)).isRunning }
    }
  }

  @Test func offloadsAreSwitchedOffAndOn() throws {
    try Namespace.run {
      let pair = try VethPair()
      for enabled in [false, true] {
        try pair.setOffloads(.kernel, [.transmitChecksum, .genericReceive], enabled: enabled)
        #expect(try InterfaceOffload.transmitChecksum.isEnabled(on: "k0") == enabled)
        #expect(try InterfaceOffload.genericReceive.isEnabled(on: "k0") == enabled)
      }
    }
  }

  @Test func allOffloadsGoOff() throws {
    try Namespace.run {
      let pair = try VethPair()
      for end in VethPair.End.allCases {
        try pair.setOffloads(end, enabled: false)
        for offload in InterfaceOffload.allCases {
          #expect(try !offload.isEnabled(on: pair.name(of: end)), "\(offload)")
        }
      }
    }
  }

  @Test func takesFurtherAddresses() throws {
    try Namespace.run {
      let pair = try VethPair()
      try pair.addAddress("10.9.1.1")
      let socket = try KernelUDPSocket(bind: HostEndpoint("10.9.1.1", 0))
      #expect(socket.localEndpoint.address == "10.9.1.1")
    }
  }

  @Test func deletedEndsAreGone() throws {
    try Namespace.run {
      let pair = try VethPair()
      try pair.delete()
      #expect(InterfaceState.names == ["lo"])
      let error = #expect(throws: EtherFabricError.self) { try InterfaceStatistics(of: "k0") }
      #expect(error?.errno == ENODEV)
    }
  }

  @Test func refusalsSayWhy() throws {
    try Namespace.run {
      let pair = try VethPair()
      let twice = #expect(throws: EtherFabricError.self) { _ = try VethPair(adapterEnd: "other") }
      #expect(twice?.errno == EEXIST)
      #expect(twice?.reason.contains("File exists") == true)
      let long = #expect(throws: EtherFabricError.self) { _ = try VethPair(kernelEnd: "a-name-of-17-byte") }
      #expect(long?.errno == EINVAL)
      try pair.delete()
      let gone = #expect(throws: EtherFabricError.self) { try pair.setLink(.kernel, up: true) }
      #expect(gone?.errno == ENODEV)
    }
  }

  @Test func aFailedPairLeavesNothing() throws {
    try Namespace.run {
      #expect(throws: EtherFabricError.self) { _ = try VethPair(address: "10.9.0.1", prefix: 99) }
      #expect(InterfaceState.names == ["lo"])
    }
  }

  /// The carrier follows a little after the link.
  private func expectSoon(
    _ condition: () throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let end = ContinuousClock.now + patience
    while try !condition() {
      try #require(ContinuousClock.now < end, sourceLocation: sourceLocation)
      usleep(500)
    }
  }
}
