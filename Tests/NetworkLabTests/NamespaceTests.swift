import EtherFabric
import Glibc
import NetworkLab
import Testing

@Suite struct ProbeTests {
  @Test(.enabled(if: false, "network: because I say so")) func skippedOne() { #expect(Bool(true)) }
  @Test(arguments: [1, 2]) func failing(_ a: Int) { #expect(a == 1) }
  @Test func inside() throws { try Namespace.run { #expect(1 == 2) } }
  @Test(.disabled()) func plainSkip() {}
}
