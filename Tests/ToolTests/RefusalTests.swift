import BuiltTool
import Testing

@Suite(.timeLimit(.minutes(1))) struct RefusalTests {
  @Test(arguments: [
    ("emu:cabel:0", "EINVAL", "did you mean 'cable'"),
    ("emu:cable:2", "EINVAL", "2"),
    ("emu:cable:0,nic=x9", "EINVAL", "x9"),
    ("emu:afpacket:no-such-if", "ENODEV", "no-such-if"),
    ("sfc:eth0", "ENODEV", "sfc"),
    ("emu:pcap:/no/such.pcap", "ENOENT", "/no/such.pcap"),
  ])
  func devicesAreRefusedWithTheReason(_ device: String, _ errno: String, _ part: String) throws {
    for command in [["info", device], ["sink", device], ["capture", device, "--write", "/dev/null"]] {
      let run = try Tool(command).wait()
      #expect(run.status == 1)
      #expect(run.output.isEmpty)
      #expect(run.errors.hasPrefix("efvi: "))
      #expect(run.errors.contains("(\(errno))"), "\(run.errors)")
      #expect(run.errors.contains(part), "\(run.errors)")
    }
  }

  @Test(arguments: [
    "udp:1", "udp:192.0.2.1", "udp:192.0.2.256:1", "eth:00", "vlan:5", "udp:vid=5", "tcp:192.0.2.1:70000",
  ])
  func filtersAreWrongUsage(_ filter: String) throws {
    for command in ["sink", "capture"] {
      let run = try Tool.run(command, "emu:cable:0", filter, "--seconds", "1")
      #expect(run.status == 64)
      #expect(run.output.isEmpty)
      #expect(run.errors.contains("filter '\(filter)'"), "\(run.errors)")
      #expect(run.errors.contains("Accepted: "), "\(run.errors)")
    }
  }

  @Test func filtersThatTheAdapterLacksAreFailures() throws {
    let run = try Tool.run("sink", "emu:cable:0,firmware=low-latency", "udp:vid=5,192.0.2.1:1", "--seconds", "1")
    #expect(run.status == 1)
    #expect(run.errors.hasPrefix("efvi: "))
    #expect(run.errors.contains("filter 'udp:vid=5,192.0.2.1:1'"), "\(run.errors)")
  }

  @Test(arguments: [
    ["send", "emu:cable:0", "tcp:192.0.2.1:1"], ["send", "emu:cable:0", "udp:192.0.2.1:1,192.0.2.2:1"],
    ["send", "emu:cable:0"], ["send", "emu:cable:0", "udp:192.0.2.1:1", "--count", "0"],
    ["send", "emu:cable:0", "udp:192.0.2.1:1", "--rate", "fast"],
    ["send", "emu:cable:0", "udp:192.0.2.1:1", "--burst", "257"],
    ["send", "emu:cable:0", "udp:192.0.2.1:1", "--fill", "256"],
    ["send", "emu:cable:0", "udp:192.0.2.1:1", "--mac", "1:2"],
    ["send", "emu:cable:0", "udp:192.0.2.1:1", "--verify"],
    ["send", "emu:cable:0", "udp:192.0.2.1:1", "--source", "[::1]:5"],
    ["sink", "emu:cable:0", "--seconds", "0"], ["rss", "emu:cable:0", "--members", "65"],
    ["rss", "emu:cable:0", "--members", "0"], ["rss", "emu:cable:0", "--flows", "0"],
    ["sink", "emu:cable:0", "--address", "somewhere"],
    ["forward", "emu:cable:0", "emu:cable:0"], ["capture", "emu:cable:0"], ["nonsense"], ["info", "--nonsense"],
  ])
  func argumentsAreWrongUsage(_ arguments: [String]) throws {
    let run = try Tool(arguments).wait()
    #expect(run.status == 64, "\(arguments)")
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("sage: efvi"))
  }

  @Test func addressesThatNobodyHasAreNotFound() throws {
    let noSource = try Tool.run("send", "emu:cable:0", "udp:192.0.2.1:1")
    #expect(noSource.status == 1)
    #expect(noSource.errors.contains("--source"))
    let nobody = try Tool.run("send", "emu:cable:0", "udp:192.0.2.1:1", "--source", "192.0.2.2:1")
    #expect(nobody.status == 1)
    #expect(nobody.errors.contains("(EHOSTUNREACH)"), "\(nobody.errors)")
    #expect(nobody.errors.contains("--mac"))
  }

  @Test func ringsAndSizesThatCannotBeAreFailures() throws {
    let ring = try Tool.run("info", "emu:cable:0", "--queue", "8192")
    #expect(ring.status == 1)
    #expect(ring.errors.contains("(EINVAL)"))
    let size = try Tool.run(
      "send", "emu:cable:0,mtu=1500", "udp:192.0.2.1:1", "--mac", "02:00:00:00:00:01", "--size", "1473")
    #expect(size.status == 1)
    #expect(size.errors.contains("--size 1472"), "\(size.errors)")
  }

  @Test func filesThatCannotBeWrittenAreFailures() throws {
    let run = try Tool.run("capture", "emu:cable:0", "--write", "/no/such/file", "--seconds", "1")
    #expect(run.status == 1)
    #expect(run.errors.contains("(ENOENT)"))
  }
}
