import EtherFabric
import Glibc
import Testing

/// Sleeping until an event is there, and what ends it besides.
@Suite struct WaitTests {
  @Test func anEventEndsIt() throws {
    var bench = try Bench()
    bench.post(0xc000_0000_0000_0001)
    #expect(try bench.interface.wait() && bench.interface.wait(timeout: .zero))
  }

  @Test func theEndOfTheTimeDoes() throws {
    var bench = try Bench()
    for timeout in [Duration.zero, .milliseconds(3), .seconds(-1)] {
      let start = ContinuousClock.now
      #expect(try !bench.interface.wait(timeout: timeout))
      #expect(ContinuousClock.now - start >= timeout)
    }
  }

  /// It does not go round and round.
  @Test func aDescriptorThatIsClosedIsAnError() throws {
    var bench = try Bench { $0.waitDescriptor = 1 << 20 }
    let error = #expect(throws: EtherFabricError.self) { try bench.interface.wait() }
    #expect(error?.errno == EBADF && error?.operation == "VirtualInterface.wait")
  }
}
