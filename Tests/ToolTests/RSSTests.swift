import BuiltTool
import Testing

@Suite(.timeLimit(.minutes(1))) struct RSSTests {
  private func rss(_ arguments: String..., device: String = "emu:cable:0") throws -> Tool.Result {
    try Tool(["rss", device, "--feed", "emu:cable:1"] + arguments).wait()
  }

  @Test(arguments: [1, 2, 5, 64]) func everyFlowHasItsMember(_ members: Int) throws {
    let run = try rss("--members", "\(members)", "--flows", "100", "--count", "2k", "--list", "100", "--json")
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    let json = try JSON(run.output)
    #expect(json.flag("emulated") == true)
    #expect(json.number("set", "delivered") == 2000 && json.number("set", "flows") == 100)
    #expect(json.number("set", "members") == members)
    #expect(json.number("set", "strays") == 0 && json.number("set", "not_ip") == 0)
    #expect(json.number("set", "bytes") == 2000 * 74)
    let names = (0..<members).map { "member_\($0)" }
    for (name, total) in [("frames", 2000), ("bytes", 2000 * 74), ("flows", 100)] {
      #expect(names.compactMap { json.number($0, name) }.reduce(0, +) == total, "\(name)")
    }
    let flows = json.names("member_of_flow")
    #expect(flows.count == 100 && flows.contains("udp 198.18.0.1:1024 > 198.19.0.1:5000"))
    for flow in flows { #expect((0..<members).contains(json.number("member_of_flow", flow) ?? -1)) }
    #expect(json.number("receive_port", "rx_delivered") == 2000)
    #expect(!json.names.contains("member_\(members)"))
  }

  /// The hash of 198.18.0.1 and 198.19.0.1 with the driver's key is 0x36ad36ad: bucket 45.
  @Test func aFlowLandsWhereTheHashSays() throws {
    let run = try rss("--members", "4", "--flows", "1", "--count", "10", "--json")
    #expect(try JSON(run.output).number("member_of_flow", "udp 198.18.0.1:1024 > 198.19.0.1:5000") == 45 % 4)
  }

  @Test func theTextHasAPartForEachMember() throws {
    let run = try rss("--members", "2", "--flows", "4", "--count", "40", "--list", "2")
    #expect(run.status == 0)
    for part in ["set (emulated)", "member_0 (emulated)", "member_1 (emulated)", "imbalance", "count reached"] {
      #expect(run.output.contains(part), "\(part)")
    }
    #expect(run.output.split(separator: "\n").filter { $0.contains("udp 198.18.") }.count == 2)
  }

  @Test func udpPortsTellFlowsApartWhereTheDeviceSaysSo() throws {
    let run = try rss("--members", "4", "--flows", "1", "--count", "4", "--json", device: "emu:cable:0,rss-udp=ports")
    // 0xf026f026 with the ports 1024 and 5000.
    #expect(try JSON(run.output).number("member_of_flow", "udp 198.18.0.1:1024 > 198.19.0.1:5000") == 38 % 4)
  }

  @Test func filtersOfOthersLeaveTheSetWithoutFrames() throws {
    let run = try Tool.run(
      "rss", "emu:cable:0", "udp:192.0.2.1:1", "--feed", "emu:cable:1", "--count", "10", "--json")
    #expect(try JSON(run.output).number("set", "delivered") == 0)
    #expect(try JSON(run.output).number("receive_port", "rx_filtered") == 10)
  }

  @Test(arguments: ["x3", "x4-express"]) func adaptersWithoutSetsAreFailures(_ nic: String) throws {
    let run = try Tool.run("rss", "emu:cable:0,nic=\(nic)", "--seconds", "1")
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.errors.contains("(EOPNOTSUPP)"), "\(run.errors)")
  }
}
