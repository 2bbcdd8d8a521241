import BuiltTool
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct InterruptTests {
  @Test(arguments: [SIGINT, SIGTERM]) func endsAnUnboundedRunWithItsTotals(_ signal: Int32) throws {
    let tool = try Tool("sink", "emu:cable:0")
    try tool.waitForText("# second\tframes/s\tMbit/s (emulated)\n1\t0\t0.000\n")
    tool.send(signal)
    let run = try tool.wait(timeout: .seconds(5))
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    #expect(run.output.contains("received (emulated)\n  delivered  0\n"))
    #expect(run.output.contains(signal == SIGINT ? "interrupted\n" : "terminated\n"))
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func showsInTheStatusOfABoundedRun(_ signal: Int32) throws {
    let tool = try Tool("sink", "emu:cable:0", "--seconds", "600", "--count", "5")
    try tool.waitForText("1\t0\t")
    tool.send(signal)
    let run = try tool.wait(timeout: .seconds(5))
    #expect(run.status == 128 + signal)
    #expect(run.output.contains("received (emulated)"))
  }

  @Test func endsASenderWithAllAccountedFor() throws {
    let tool = try Tool(
      "send", "emu:cable:0", "udp:192.0.2.1:1", "--seconds", "600", "--rate", "10k", "--and-sink", "emu:cable:1",
      "--json")
    usleep(300_000)
    tool.send(SIGINT)
    let run = try tool.wait(timeout: .seconds(5))
    #expect(run.status == 130)
    let json = try JSON(run.output)
    #expect(json.text("sent", "end") == "interrupted")
    #expect(json.number("sent", "datagrams") == json.number("received", "delivered"))
  }

  @Test func endsACaptureWithAWholeFile() throws {
    let tool = try Tool("capture", "emu:cable:0", "--write", "/dev/null")
    usleep(300_000)
    tool.send(SIGINT)
    let run = try tool.wait(timeout: .seconds(5))
    #expect(run.status == 0)
    #expect(run.output.contains("captured (emulated)"))
  }
}
