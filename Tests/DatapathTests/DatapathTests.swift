import NetworkLab
import Testing

/// No allocation and no reference count on the datapath: counted, in code that was built for speed.
@Suite(.enabled(if: Probe.path != nil || Probe.isRequired, "Scripts/test builds the probe that counts"))
struct DatapathTests {
  @Test func nothingIsAllocatedOrCountedOverTheCable() throws { try judge("cable") }

  @Test(arguments: ["x3", "x4-express"])
  func nothingIsAllocatedOrCountedOnExpressDatapaths(_ generation: String) throws {
    try judge(generation, isEF10: false)
  }

  @Test(.enabled(if: Namespace.isAvailable, Comment(rawValue: Namespace.unavailableReason ?? "")))
  func nothingIsAllocatedOrCountedOverPacketSockets() throws { try judge("afpacket") }

  @Test func nothingIsAllocatedOrCountedOverSharedMemory() throws { try judge("shm") }

  @Test(.enabled(if: Namespace.isAvailable, Comment(rawValue: Namespace.unavailableReason ?? "")))
  func nothingIsAllocatedOrCountedOverTAPs() throws { try judge("tap") }

  @Test(
    .enabled(if: Namespace.isAvailable, Comment(rawValue: Namespace.unavailableReason ?? "")),
    arguments: ["xdp", "xdp-generic", "xdp-user", "xdp-user-generic"])
  func nothingIsAllocatedOrCountedOverXDPSockets(_ wire: String) throws { try judge(wire) }

  private func judge(_ wire: String, isEF10: Bool = true) throws {
    let lines = try Probe.run(wire)
    let control = try #require(lines.first { $0.name == "control" })
    for figure in ["allocations", "retains", "releases"] {
      #expect(control.figures[figure, default: 0] > 0, "the probe does not count \(figure)")
    }
    for burst in [1, 32] {
      for call in [
        "mirror send", "mirror complete", "mirror poll", "mirror post", "owning send", "owning complete",
        "owning receive",
      ] + (isEF10 ? ["merged receive", "packed receive"] : []) {
        let words = call.split(separator: " ")
        let name = "\(words[0]) \(wire) \(burst) \(words[1])"
        let line = try #require(lines.first { $0.name == name }, "the probe says nothing of \(name)")
        #expect(line.figures["packets"] == 100 * burst, "\(line)")
        for figure in ["allocations", "retains", "releases"] { #expect(line.figures[figure] == 0, "\(line)") }
      }
    }
    for way in isEF10 ? ["pio", "ctpio", "alternatives", "warm"] : [] {
      let line = try #require(lines.first { $0.name == "sending \(wire) 1 \(way)" }, "the probe says nothing of \(way)")
      #expect(line.figures["packets"] == 100, "\(line)")
      for figure in ["allocations", "retains", "releases"] { #expect(line.figures[figure] == 0, "\(line)") }
    }
  }
}
