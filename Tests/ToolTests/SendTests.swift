import BuiltTool
import Testing

@Suite(.timeLimit(.minutes(1))) struct SendTests {
  private func send(_ arguments: String..., to destination: String = "udp:192.0.2.2:5000") throws -> Tool.Result {
    try Tool(["send", "emu:cable:0", destination, "--json", "--and-sink"] + arguments).wait()
  }

  @Test(arguments: [
    "udp:192.0.2.2:5000", "udp:239.1.1.1:5000", "udp:vid=5,192.0.2.2:5000", "udp:[2001:db8::1]:5000",
    "udp:[ff02::7]:5000", "udp:255.255.255.255:5000",
  ])
  func totalsAddUp(_ destination: String) throws {
    let run = try send("emu:cable:1", "--count", "2k", "--size", "100", "--verify", to: destination)
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    let json = try JSON(run.output)
    #expect(json.flag("emulated") == true)
    #expect(json.number("sent", "datagrams") == 2000)
    #expect(json.number("sent", "completed") == 2000)
    #expect(json.number("sent", "payload_bytes") == 200_000)
    #expect(json.text("sent", "end") == "count reached")
    #expect(json.number("port", "tx_packets") == 2000)
    #expect(json.number("received", "delivered") == 2000)
    #expect(json.number("interface", "rx_packets") == 2000)
    #expect(json.number("verify", "distinct") == 2000)
    #expect(json.number("difference", "missing") == 0)
  }

  @Test func lossIsCountedAndFailsTheVerification() throws {
    let run = try send("emu:cable:1,rx-drop=10%,seed=7", "--count", "1000", "--verify")
    #expect(run.status == 3)
    let json = try JSON(run.output)
    let delivered = try #require(json.number("received", "delivered"))
    let dropped = try #require(json.number("receive_port", "fault_dropped"))
    #expect((800..<970).contains(delivered))
    #expect(delivered + dropped == 1000)
    #expect(json.number("difference", "missing") == dropped)
    #expect(json.number("verify", "distinct") == delivered)
  }

  @Test func duplicatesAndLateOnesFailTheVerification() throws {
    let twice = try send("emu:cable:1,rx-duplicate=1/10", "--count", "500", "--verify")
    #expect(twice.status == 3)
    #expect(try JSON(twice.output).number("verify", "duplicates") ?? 0 > 10)
    let swapped = try send("emu:cable:1,rx-reorder=0.1", "--count", "500", "--verify")
    #expect(swapped.status == 3)
    #expect(try JSON(swapped.output).number("verify", "late") ?? 0 > 10)
  }

  @Test func lossWithoutVerificationIsNoFailure() throws {
    #expect(try send("emu:cable:1,rx-drop=1", "--count", "10").status == 0)
  }

  @Test func damageIsADiscard() throws {
    let run = try send("emu:cable:1,rx-corrupt=1", "--count", "200", "--size", "1000")
    let json = try JSON(run.output)
    #expect(json.names.contains("discards"))
    #expect(json.number("discards", "checksumBad") ?? 0 + (json.number("discards", "frameCheckBad") ?? 0) > 100)
  }

  @Test func jumbosAreWhole() throws {
    let run = try send("emu:cable:1", "--size", "8900", "--count", "300", "--verify", "--fill", "0xa5")
    #expect(run.status == 0)
    #expect(try JSON(run.output).number("received", "bytes") == 300 * 8942)
  }

  @Test func oneIsSentUnlessToldOtherwise() throws {
    #expect(try JSON(try send("emu:cable:1", "--size", "0").output).number("received", "delivered") == 1)
  }

  @Test func rateIsKept() throws {
    let run = try send("emu:cable:1", "--count", "200", "--rate", "1k", "--burst", "4")
    let json = try JSON(run.output)
    #expect(json.number("received", "delivered") == 200)
    // 199 gaps of a millisecond.
    #expect((300...1010).contains(json.number("sent", "rate") ?? 0))
  }

  @Test func timeEndsARun() throws {
    let run = try send("emu:cable:1", "--seconds", "0.2", "--rate", "100")
    #expect(run.status == 0)
    let json = try JSON(run.output)
    #expect(json.text("sent", "end") == "time is up")
    #expect((1...21).contains(json.number("sent", "datagrams") ?? 0))
    #expect(json.number("difference", "missing") == 0)
  }

  @Test func tablesAreLabelled() throws {
    let run = try Tool.run("send", "emu:cable:0", "udp:192.0.2.2:5000", "--and-sink", "emu:cable:1", "--verify")
    for heading in ["sent", "port", "received", "interface", "receive_port", "verify", "difference"] {
      #expect(run.output.contains("\(heading) (emulated)\n"), "\(heading)")
    }
  }
}
