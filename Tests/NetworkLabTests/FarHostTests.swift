import EtherFabric
import NetworkLab
import Testing

@Suite(.timeLimit(.minutes(1)), .privateNetwork) struct FarHostTests {
  @Test func twoHostsTalk() throws {
    try Namespace.run {
      let pair = try VethPair()
      let here = Namespace.identity
      let far = try pair.farHost(address: "10.9.0.2") {
        let socket = try KernelUDPSocket(bind: HostEndpoint("10.9.0.2", 7))
        let question = try socket.receive(timeout: patience)
        if let question { try socket.send(question.bytes + [9], to: question.source) }
        return (Namespace.identity, InterfaceState.names)
      }
      #expect(InterfaceState.names == ["lo", pair.kernelEnd])
      #expect(try KernelPing("10.9.0.2").run(count: 1, timeout: patience).received == 1)
      let socket = try KernelUDPSocket()
      try socket.send([1, 2], to: HostEndpoint("10.9.0.2", 7))
      #expect(try socket.receive(timeout: patience)?.bytes == [1, 2, 9])
      let (there, names) = try far.join()
      #expect(there != nil && there != here)
      #expect(names == ["lo", pair.adapterEnd])
    }
  }

  @Test func aRefusedMoveIsThrown() throws {
    try Namespace.run {
      let pair = try VethPair()
      try pair.delete()
      let error = #expect(throws: EtherFabricError.self) { _ = try pair.farHost(address: "10.9.0.2") {} }
      #expect(error?.operation == "VethPair.farHost")
    }
  }
}
