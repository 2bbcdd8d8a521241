import EtherFabric
import Glibc
import NetworkLab
import Testing

@Suite(.timeLimit(.minutes(1))) struct CPUTests {
  @Test func pinsAThreadToEachCore() throws {
    #expect(!CPU.available.isEmpty)
    for core in CPU.available {
      let thread = try LabThread(core: core) { (CPU.current, CPU.available) }
      let (current, available) = try thread.join()
      #expect(current == core)
      #expect(available == [core])
    }
  }

  @Test func refusesAnAbsentCore() throws {
    for core in [-1, 8191, 1 << 40] {
      let thread = try LabThread(core: core) { true }
      let error = #expect(throws: EtherFabricError.self) { try thread.join() }
      #expect(error?.errno == EINVAL)
    }
  }

  @Test func restoresTheAffinity() throws {
    let before = CPU.available
    let core = try #require(before.last)
    #expect(try CPU.pinned(to: core) { CPU.available } == [core])
    #expect(CPU.available == before)
  }
}
