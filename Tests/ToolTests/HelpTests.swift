import BuiltTool
import Testing

@Suite(.timeLimit(.minutes(1))) struct HelpTests {
  static let commands = ["info", "send", "sink", "forward", "capture", "latency", "rss", "stats"]

  @Test(arguments: commands) func ofACommandIsComplete(_ command: String) throws {
    let run = try Tool.run(command, "--help")
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    for part in ["OVERVIEW: ", "EXAMPLES", "efvi \(command) emu:", "EXIT STATUS", "USAGE: efvi \(command)", "--json"] {
      #expect(run.output.contains(part), "\(part)")
    }
  }

  @Test func ofTheToolNamesTheCommandsAndDevices() throws {
    let run = try Tool.run("--help")
    #expect(run.status == 0)
    for part in Self.commands + ["doctor", "emu:cable:0", "emu:afpacket:eth0", "EXIT STATUS", "130"] {
      #expect(run.output.contains(part), "\(part)")
    }
    // Without a command it is the same.
    #expect(try Tool.run().output == run.output)
  }

  @Test func filtersAreExplainedWhereTheyAreTaken() throws {
    for command in ["sink", "forward", "capture", "rss"] {
      #expect(try Tool.run(command, "--help").output.contains("udp:192.0.2.1:5000  "))
    }
  }
}
