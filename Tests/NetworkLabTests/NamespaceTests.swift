import EtherFabric
import Glibc
import NetworkLab
import Testing

@Suite(.timeLimit(.minutes(1))) struct NamespaceTests {
  struct Stop: Error {}

  @Test(.privateNetwork) func madeAndGone() throws {
    let before = Namespace.identity
    let inside = try Namespace.run {
      #expect(Namespace.isPrivate)
      #expect(InterfaceState.names == ["lo"])
      let identity = try #require(Namespace.identity)
      #expect(namespacesOfThreads().contains(identity))
      return identity
    }
    #expect(inside != before)
    #expect(Namespace.identity == before)
    #expect(!namespacesOfThreads().contains(inside))
  }

  @Test(.privateNetwork) func oneAfterTheOtherAreSeparate() throws {
    try Namespace.run { _ = try VethPair(kernelEnd: "k7", adapterEnd: "a7") }
    try Namespace.run { #expect(InterfaceState.names == ["lo"]) }
  }

  @Test(.privateNetwork) func nestedIsAnotherOne() throws {
    try Namespace.run {
      let outer = Namespace.identity
      try Namespace.run { #expect(Namespace.identity != outer) }
      #expect(Namespace.identity == outer)
    }
  }

  @Test(.privateNetwork) func passesResultsAndErrorsOn() throws {
    #expect(try Namespace.run { 42 } == 42)
    #expect(throws: Stop.self) { try Namespace.run { throw Stop() } }
  }

  @Test(.privateNetwork) func threadsShareIt() throws {
    try Namespace.run {
      let identity = Namespace.identity
      let thread = try LabThread(name: "inside") { Namespace.identity }
      #expect(try thread.join() == identity)
    }
  }

  @Test func threadsPassErrorsOn() throws {
    let thread = try LabThread { () throws -> Int in throw Stop() }
    #expect(throws: Stop.self) { try thread.join() }
  }

  @Test func entryIsRefusedWithSeveralThreads() throws {
    // One more thread is certain to exist while this one waits in it.
    let other = try LabThread { usleep(20_000) }
    let before = Namespace.identity
    let error = #expect(throws: EtherFabricError.self) { try Namespace.enterPrivate() }
    #expect(error?.errno == EINVAL)
    #expect(Namespace.identity == before)
    try other.join()
  }

  @Test func pairIsRefusedInTheHostsNetwork() {
    let error = #expect(throws: EtherFabricError.self) { _ = try VethPair() }
    #expect(error?.errno == EPERM)
  }

  private func namespacesOfThreads() -> Set<String> {
    var found: Set<String> = []
    guard let directory = opendir("/proc/self/task") else { return [] }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var bytes = [CChar](repeating: 0, count: 64)
      if readlink("/proc/self/task/\(name)/ns/net", &bytes, 63) > 0 {
        found.insert(bytes.withUnsafeBufferPointer { String(cString: $0.baseAddress!) })
      }
    }
    return found
  }
}
