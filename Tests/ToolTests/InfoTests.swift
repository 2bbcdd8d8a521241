import BuiltTool
import Testing

@Suite(.timeLimit(.minutes(1))) struct InfoTests {
  @Test func textHasASectionForEverything() throws {
    let run = try Tool.run("info", "emu:cable:0,mtu=1500,mac=00:0f:53:00:00:07,nic=8000")
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    let lines = run.output.split(separator: "\n").map(String.init)
    for section in ["identity", "configuration", "limits", "virtual_interface", "capabilities"] {
      #expect(lines.contains(section))
    }
    #expect(lines.contains("  generation  8000"))
    #expect(lines.contains("  mac         00:0f:53:00:00:07"))
    #expect(lines.contains("  mtu         1500"))
    #expect(lines.contains("  emulated    yes"))
    #expect(lines.contains { $0.hasPrefix("  adapter ") && $0.contains("emulated 8000") })
  }

  @Test func jsonHasTheSame() throws {
    let run = try Tool.run("info", "emu:cable:1", "--json", "--receive-queue", "4096", "--transmit-queue", "1024")
    #expect(run.status == 0)
    let json = try JSON(run.output)
    #expect(json.flag("emulated") == true)
    #expect(json.text("identity", "generation") == "x2")
    #expect(json.number("identity", "mtu") == 9000)
    #expect(json.text("limits", "receive_rings") == "512 1024 2048 4096")
    #expect(json.number("virtual_interface", "receive_capacity") == 4095)
    #expect(json.number("virtual_interface", "transmit_capacity") == 1023)
    #expect(json.number("capabilities", "hardwareReceiveTimestamping") == 1)
    #expect(json.names("capabilities").count == 58)
    #expect(json.number("capabilities", "ctpio") == 1)
    #expect(json.names("capabilities").contains("ctpioOnly"))
    #expect(json.number("capabilities", "ctpioOnly") == nil)
  }
}
