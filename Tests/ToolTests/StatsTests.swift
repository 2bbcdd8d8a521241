import BuiltTool
import Foundation
import Glibc
import Testing

/// `efvi stats` on another process, which runs.
@Suite(.timeLimit(.minutes(1))) struct StatsTests {
  /// A sender and a sink in one process on a cable of its own.
  private func traffic(_ name: String, options: String = "") throws -> Tool {
    let tool = try Tool(
      "send", "emu:cable:\(name)/0", "udp:192.0.2.2:5000", "--rate", "5k", "--seconds", "600", "--and-sink",
      "emu:cable:\(name)/1\(options)", "--json")
    try waitFor("emu:cable:\(name)/1")
    return tool
  }

  private func waitFor(_ device: String) throws {
    let end = ContinuousClock.now + .seconds(20)
    while try Tool.run("stats", device).status != 0 { try #require(ContinuousClock.now < end) }
  }

  /// The objects of a JSON output, one a line.
  private func objects(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  private func number(_ object: [String: Any]?, _ path: String...) -> Int? {
    var value: Any? = object
    for name in path { value = (value as? [String: Any])?[name] }
    return (value as? NSNumber)?.intValue
  }

  @Test func showsWhatAProcessDoes() throws {
    let tool = try traffic("stats-show")
    let run = try Tool.run("stats", "emu:cable:stats-show/1", "--interval", "0.2", "--count", "3")
    #expect(run.status == 0 && run.errors.isEmpty)
    for part in [
      "process \(tool.number) efvi, emu:cable:stats-show/1,", "port (emulated)\n  rx_packets", "interface 0 (emulated)",
      " /s\n",
    ] { #expect(run.output.contains(part), "\(part): \(run.output)") }
    #expect(!run.output.contains("rx_oversize"))
    let all = try Tool.run("stats", "emu:cable:stats-show/1", "--all")
    #expect(all.output.firstMatch(of: /\n  rx_oversize +0\n/) != nil && !all.output.contains("/s"), "\(all.output)")
  }

  @Test func jsonHasTotalsAndRates() throws {
    let tool = try traffic("stats-json", options: ",rx-drop=50%")
    let run = try Tool.run("stats", "\(tool.number)", "--interval", "0.3", "--count", "3", "--json")
    #expect(run.status == 0)
    let reports = try objects(run.output).filter {
      ($0["device"] as? String)?.hasPrefix("emu:cable:stats-json/1") == true
    }
    #expect(reports.count == 3 && reports.allSatisfy { $0["emulated"] as? Bool == true })
    let totals = reports.compactMap { number($0, "port", "rx_packets") }
    #expect(totals.count == 3 && totals[0] < totals[1] && totals[1] < totals[2])
    for report in reports { #expect((500...10_000).contains(number(report, "rates", "port", "rx_packets") ?? 0)) }
    let last = try #require(reports.last)
    let interface = try #require((last["interface"] as? [[String: Any]])?.first)
    #expect(number(interface, "index") == 0 && abs((number(interface, "rx_packets") ?? 0) - totals[2]) < 1000)
    // Two words of a process that runs are not read at one moment.
    let dropped = (number(last, "fault_rx", "dropped") ?? 0, number(last, "port", "fault_dropped") ?? -1000)
    #expect(abs(dropped.0 - dropped.1) < 1000)
    #expect(number(last, "pid") == Int(tool.number))
  }

  @Test func theTotalsAreThoseOfTheProcess() throws {
    let tool = try traffic("stats-end")
    usleep(200_000)
    let before = try objects(try Tool.run("stats", "emu:cable:stats-end/0", "--json").output)
    tool.send(SIGINT)
    let run = try tool.wait()
    let sent = try #require(try JSON(run.output).number("port", "tx_packets"))
    let seen = try #require(number(before.first, "port", "tx_packets"))
    #expect(seen > 0 && seen <= sent)
    #expect(try Tool.run("stats", "emu:cable:stats-end/0").status == 1)
  }

  @Test func aListOfWhatRuns() throws {
    let tools = [try traffic("stats-list-a"), try traffic("stats-list-b")]
    let list = try Tool.run("stats", "--list", "--json")
    let entries = try #require(
      try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
    for tool in tools {
      let devices = entries.filter { $0["pid"] as? Int == Int(tool.number) }.compactMap { $0["device"] as? String }
      #expect(devices.count == 2 && devices.allSatisfy { $0.hasPrefix("emu:cable:stats-list-") })
    }
    let text = try Tool.run("stats", "emu:cable:stats-list-a", "--list").output.split(separator: "\n")
    #expect(text.count == 3 && text[0].hasPrefix("pid "), "\(text)")
    #expect(text.dropFirst().allSatisfy { $0.contains(/[0-9]+ +efvi +1 +emu:cable:stats-list-a\//) }, "\(text)")
  }

  @Test func aKilledProcessLeavesNothing() throws {
    let tool = try traffic("stats-kill")
    let watcher = try Tool("stats", "\(tool.number)", "--interval", "0.1")
    try watcher.waitForText("process \(tool.number)")
    tool.send(SIGKILL)
    // The watcher sees that it is gone, also before anybody has waited for it.
    let run = try watcher.wait(timeout: .seconds(10))
    #expect(run.status == 0)
    #expect(run.errors.contains("process \(tool.number) has closed emu:cable:stats-kill/0"), "\(run.errors)")
    #expect(try tool.wait().status == 128 + SIGKILL)
    let gone = try Tool.run("stats", "\(tool.number)")
    #expect(gone.status == 1 && gone.errors.contains("(ESRCH)"), "\(gone.errors)")
    #expect(try !Tool.run("stats", "--list").output.contains("stats-kill"))
    for folder in ["/dev/shm", "/tmp", "/run"] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      #expect(!names.contains { $0.contains("efvi-counters") })
    }
  }

  @Test func openMetricsIsWhatScrapersRead() throws {
    let tool = try traffic("stats-metrics", options: ",rx-drop=10%")
    let run = try Tool.run("stats", "--openmetrics")
    #expect(run.status == 0 && run.output.hasSuffix("\n# EOF\n"))
    var families: [String: String] = [:]
    var current = ""
    var samples: Set<Substring> = []
    for line in run.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
      guard line != "# EOF" else { continue }
      if words[0] == "#" {
        try #require(words.count == 4, "\(line)")
        let name = String(words[2])
        switch words[1] {
        case "TYPE":
          #expect(families[name] == nil && ["counter", "info"].contains(words[3]), "\(line)")
          families[name] = String(words[3])
          current = name
        case "UNIT": #expect(name == current && name.hasSuffix("_" + words[3]), "\(line)")
        case "HELP": #expect(name == current && !words[3].isEmpty, "\(line)")
        default: Issue.record("\(line)")
        }
        continue
      }
      // NAME{LABELS} VALUE, in the family that was announced last.
      let match = try #require(
        try /([a-z_0-9]+)\{((?:[a-z_]+="(?:[^"\\]|\\.)*",?)+)\} ([0-9]+)/.wholeMatch(in: line), "\(line)")
      #expect(match.1 == current + (families[current] == "counter" ? "_total" : "_info"), "\(line)")
      #expect(samples.insert(line.split(separator: "} ")[0]).inserted, "\(line)")
    }
    #expect(families["efvi_port_rx_packets"] == "counter" && families["efvi_adapter"] == "info")
    #expect(families["efvi_fault_rx_dropped_packets"] == "counter" && families["efvi_wire_syscalls_calls"] == "counter")
    #expect(run.output.contains("efvi_interface_rx_bytes_total{pid=\"\(tool.number)\","))
  }

  @Test func everyFieldIsDescribed() throws {
    let run = try Tool.run("stats", "--fields")
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count > 50 && lines[0].hasPrefix("group "))
    for line in lines.dropFirst() {
      #expect(line.wholeMatch(of: /[a-z_]+ +[a-z_0-9]+ +(packets|bytes|events|calls|buffers) +\S.+/) != nil, "\(line)")
    }
    let json = try JSON(try Tool.run("stats", "--fields", "--json").output)
    #expect(
      json.names == ["port", "interface", "event_queue", "wire", "fault_rx", "fault_tx", "express", "receive_queue"])
    let tool = try traffic("stats-fields")
    #expect(try Tool.run("stats", "\(tool.number)", "--fields").output == run.output)
  }

  @Test func aReplayIsSeenToo() throws {
    let path = "/tmp/efvi-stats-\(getpid()).pcap"
    defer { unlink(path) }
    let send = try Tool.run(
      "send", "emu:cable:0,record=\(path)", "udp:192.0.2.2:5000", "--count", "100", "--and-sink", "emu:cable:1")
    #expect(send.status == 0)
    let sink = try Tool("sink", "emu:pcap:\(path),loop=forever", "--quiet")
    try waitFor("emu:pcap:\(path)")
    let run = try Tool.run("stats", "emu:pcap:\(path)", "--count", "1", "--interval", "0.2", "--json")
    #expect(number(try objects(run.output).first, "rates", "port", "rx_packets") ?? 0 > 1000)
    sink.send(SIGINT)
    #expect(try sink.wait().status == 0)
  }

  @Test(arguments: [
    ["stats"], ["stats", "1", "--interval", "0"], ["stats", "1", "--count", "0"], ["stats", "--list", "--fields"],
    ["stats", "--openmetrics", "--json"], ["stats", "--list", "--interval", "1"], ["stats", "--list", "--count", "1"],
  ])
  func wrongUsageIsRefused(_ arguments: [String]) throws {
    let run = try Tool(arguments).wait()
    #expect(run.status == 64 && run.output.isEmpty && run.errors.contains("sage: efvi"))
  }

  @Test(arguments: [("emu:no-such", "ENOENT"), ("1000000000", "ESRCH"), ("0", "ENOENT")])
  func whatIsNotThereIsAFailure(_ target: String, _ errno: String) throws {
    let run = try Tool.run("stats", target)
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.errors.hasPrefix("efvi: efvi stats: ") && run.errors.contains("(\(errno))"), "\(run.errors)")
    #expect(run.errors.contains("--list"))
  }

  @Test func anInterruptEndsAWatch() throws {
    let tool = try traffic("stats-interrupt")
    let watcher = try Tool("stats", "\(tool.number)", "--interval", "0.05")
    try watcher.waitForText(" /s")
    watcher.send(SIGINT)
    #expect(try watcher.wait().status == 0)
    let bounded = try Tool("stats", "\(tool.number)", "--interval", "0.05", "--count", "100000")
    try bounded.waitForText(" /s")
    bounded.send(SIGTERM)
    #expect(try bounded.wait().status == 143)
  }
}
