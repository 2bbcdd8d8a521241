import EmulatedAdapter
import EmulatedWires
import EtherFabric
import EtherFabricEmulator
import Glibc
import NetworkLab
import Testing

@Suite("A TAP is made, and goes", .tags(.network), .timeLimit(.minutes(1))) struct OpeningTests {
  @Test func theInterfaceIsThereWhileTheWireIs() throws {
    try Network.run {
      let before = openDescriptors()
      for _ in 0..<5 {
        do {
          let wire = try TAPWire("t0") {
            $0.address = "10.7.0.1/16"
            $0.mtu = 3000
          }
          #expect(wire.name == "tap:t0" && wire.isLinkUp && wire.mtu == 3000 && wire.macAddress == nil)
          let state = try InterfaceState(of: "t0")
          #expect(state.isUp && state.isRunning && state.mtu == 3000 && !state.isPromiscuous)
          #expect(try Network.ip("address show dev t0").contains("inet 10.7.0.1/16"))
        }
        #expect(!InterfaceState.names.contains("t0"))
      }
      #expect(openDescriptors() == before)
    }
  }

  @Test func theDeviceStringMakesIt() throws {
    try Network.run {
      do {
        let driver = try Driver.open("emu:tap:efvi0,address=10.0.0.1/24,mtu=4000")
        #expect(driver.mtu == 4000 && driver.isLinkUp)
        #expect(try Network.ip("address show dev efvi0").contains("inet 10.0.0.1/24"))
        let error = #expect(throws: EtherFabricError.self) { try Driver.open("emu:tap:efvi0,mtu=1500") }
        #expect(error?.errno == EBUSY)
      }
      #expect(!InterfaceState.names.contains("efvi0"))
    }
  }

  @Test func anInterfaceThatWasMadeToStayStays() throws {
    try Network.run {
      try Network.ip("tuntap add mode tap name t0")
      do {
        let wire = try TAPWire("t0")
        #expect(wire.isLinkUp)
      }
      #expect(InterfaceState.names.contains("t0"))
    }
  }

  @Test func theNameIsFreeAgainAfterADeletion() throws {
    try Network.run {
      let wire = try TAPWire("t0")
      try Network.ip("link delete t0")
      #expect(wire.take() == nil)
      // Nobody is woken by what there is no more.
      #expect(!wire.isReadable(50))
      let next = try TAPWire("t0")
      #expect(next.isLinkUp && !wire.isLinkUp)
      #expect(wire.send([UInt8](repeating: 1, count: 60)) == .linkDown)
      #expect(next.send([UInt8](repeating: 1, count: 60)) == .sent)
    }
  }

  @Test func refusalsSayWhy() throws {
    try Network.run {
      let wire = try TAPWire("t0")
      func refused(_ name: String, _ code: Int32, _ change: (inout TAPWireOptions) -> Void = { _ in }) {
        let before = openDescriptors()
        let error = #expect(throws: EtherFabricError.self) { try TAPWire(name, change) }
        #expect(error?.errno == code, "\(name): \(error.map { "\($0)" } ?? "")")
        #expect(error?.remedy.isEmpty == false)
        #expect(openDescriptors() == before)
      }
      refused("t0", EBUSY)
      // `lo` is no TAP.
      refused("lo", EINVAL)
      refused("", EINVAL)
      refused("t%d", EINVAL)
      refused("a/b", EINVAL)
      refused("sixteen-letters0", EINVAL)
      refused("t1", EINVAL) { $0.mtu = 67 }
      refused("t1", EINVAL) { $0.queueLength = 0 }
      for address in ["10.0.0.1", "10.0.0.1/33", "10.0.0/8", "10.0.0.1/8/8", "x/8"] {
        refused("t1", EINVAL) { $0.address = address }
      }
      #expect(InterfaceState.names.filter { $0.hasPrefix("t") } == ["t0"])
      withExtendedLifetime(wire) {}
    }
  }
}
