import Foundation
import Measurement
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct LatencyTests {
  private static let devices = ["emu:cable:latency/0", "emu:cable:latency/1"]
  private static let brief = ["--minms", "0", "--maxms", "30000", "--miniter", "300", "--warmupiter", "10"]

  private func run(_ options: String..., devices: [String] = devices) throws -> Tool.Ended {
    try Tool(["latency"] + devices + Self.brief + options).end()
  }

  @Test func rowsForTheSizesGiven() throws {
    let ended = try run("--sizes", "0,1-4x2,1472", "--maxiter", "300", "--percentile", "90")
    #expect(ended.status == 0, "\(ended.errors)")
    let table = try Table(ended.output)
    table.check()
    #expect(table.rows.map(\.size) == [0, 1, 2, 4, 1472])
    #expect(table.rows.allSatisfy { $0.iter == 300 })
    #expect(ended.output.contains("\n\(Table.header)\n\t0\t"))
    for comment in [
      "# percentile=90", "# reporting: 1/2 RTT", "# wire: cable:latency/0 - cable:latency/1", "# EMULATED",
      "# pinning: none", "# mode: UDP",
    ] { #expect(table.comments.contains { $0.hasPrefix(comment) }, "\(comment)") }
    #expect(table.comments.last == "# total: 1500 round trips, 0 lost, 0 damaged")
  }

  /// The mode that is really used stands in the comments, and every byte comes back.
  @Test(arguments: [
    ("dma", ""), ("pio", ""), ("pio", ",nic=8000"), ("ctpio", ""), ("ctpio", ",nic=x4"),
    ("alternatives", ",nic=8000"), ("alternatives", ""), ("ctpio", ",nic=x3"), ("ctpio", ",nic=x4-express"),
  ])
  func everyWayToSend(_ mode: String, _ options: String) throws {
    let ended = try run("--sizes", "0,1,64,1472", "--mode", mode, devices: Self.devices.map { $0 + options })
    #expect(ended.status == 0, "\(ended.errors)")
    let table = try Table(ended.output)
    #expect(table.rows.map(\.size) == [0, 1, 64, 1472])
    #expect(table.comments.contains { $0.hasPrefix("# mode: UDP, sent by \(mode), ") })
    #expect(table.comments.contains { $0.hasPrefix("# total: ") && $0.hasSuffix(" 0 damaged") })
    let sent = table.comments.first { $0.contains(/# sent: [1-9][0-9]* by cut-through, 0 by the fallback/) }
    #expect((sent != nil) == (mode == "ctpio"), "\(table.comments)")
  }

  @Test func failedCutThroughsGoByTheirFallback() throws {
    let devices = [Self.devices[0] + ",ctpio-fail=0.5,seed=3", Self.devices[1]]
    let ended = try run("--sizes", "64", "--mode", "ctpio", devices: devices)
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(ended.output.contains(/# sent: [1-9][0-9]* by cut-through, [1-9][0-9]* by the fallback/))
  }

  @Test func aModeThatTheAdapterLacksIsRefused() throws {
    let ended = try run("--mode", "ctpio", devices: [Self.devices[0] + ",nic=8000", Self.devices[1]])
    #expect(ended.status == 1 && ended.errors.contains("--mode ctpio: 8000 has no such way to send"))
    #expect(ended.errors.contains("dma, pio, alternatives"))
    // An adapter with one way only takes that, unless told otherwise.
    let express = Self.devices.map { $0 + ",nic=x3" }
    #expect(try run("--mode", "dma", devices: express).errors.contains("Choose one of ctpio, or"))
    let plain = try run("--sizes", "64", devices: express)
    #expect(plain.status == 0 && plain.output.contains("# mode: UDP, sent by ctpio, "), "\(plain.errors)")
    #expect(try run("--mode", "pigeon").status == 64)
  }

  @Test func rawFiguresMakeTheRow() throws {
    let directory = try TemporaryDirectory()
    let ended = try run("--sizes", "64", "--rtt", "--raw", directory.path("r"))
    #expect(ended.status == 0)
    let table = try Table(ended.output)
    #expect(table.comments.contains("# reporting: RTT"))
    let lines = try directory.lines("r-64.dat")
    #expect(lines.last == "")
    let figures = try lines.dropLast().map { try #require(Int64($0)) }
    let summary = try #require(LatencySummary(figures, percentile: 99))
    let row = try #require(table.rows.first)
    #expect(row.mean == summary.mean && row.median == summary.median && row.percentile == summary.percentile)
    #expect(row.min == figures.min() && row.max == figures.max() && row.iter == figures.count)
    #expect(row.stddev == summary.standardDeviation)
  }

  @Test func percentileFile() throws {
    let directory = try TemporaryDirectory()
    let ended = try run("--sizes", "32", "--maxiter", "300", "--histogram", directory.path("l.hgrm"))
    #expect(ended.status == 0)
    let lines = try directory.lines("l.hgrm")
    #expect(lines[0].split(separator: " ") == ["Value", "Percentile", "TotalCount", "1/(1-Percentile)"])
    #expect(lines[1].isEmpty)
    let end = try #require(lines.firstIndex { $0.hasPrefix("#[Mean") })
    let rows = try lines[2..<end].map { line in try line.split(separator: " ").map { try #require(Double($0)) } }
    #expect(rows.dropLast().allSatisfy { $0.count == 4 })
    let values = rows.map { $0[0] }
    #expect(values == values.sorted())
    #expect(rows.last?[1] == 1 && rows.last?[2] == 300)
    #expect(lines[end + 1].hasPrefix("#[Max     = ") && lines[end + 1].hasSuffix("300]"))
    #expect(lines[end + 2].hasPrefix("#[Buckets = "))
  }

  @Test func aPercentileFileForEachSize() throws {
    let directory = try TemporaryDirectory()
    let ended = try run("--sizes", "8,16", "--maxiter", "300", "--histogram", directory.path("l.hgrm"))
    #expect(ended.status == 0)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: directory.url.path).sorted() == ["l-16.hgrm", "l-8.hgrm"])
  }

  @Test func json() throws {
    let ended = try run("--sizes", "8,16", "--json", "--affinity", "0;0")
    #expect(ended.status == 0)
    let object = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
    let rows = try #require(object?["rows"] as? [[String: Any]])
    #expect(rows.compactMap { $0["size"] as? Int } == [8, 16])
    #expect(rows.allSatisfy { ($0["median"] as? Int ?? 0) > 0 && $0["damaged"] as? Int == 0 })
    #expect(object?["reporting"] as? String == "1/2 RTT")
    let comments = try #require(object?["comments"] as? [[String: String]])
    #expect(comments.contains { $0["value"] == "ping on core 0, pong on core 0" })
  }

  @Test(arguments: ["tx-", "rx-"]) func damagedBytesFailTheRun(side: String) throws {
    let devices = ["\(Self.devices[0]),\(side)corrupt=0.2,seed=7", Self.devices[1]]
    let ended = try run("--sizes", "1400", "--maxiter", "100", devices: devices)
    #expect(ended.status == 3)
    #expect(ended.errors.contains("messages came back with other bytes than were sent"))
    #expect(ended.output.contains(/# size 1400: .* [1-9][0-9]* damaged, .*; first damage: byte [0-9]+ of 1400 was 0x/))
  }

  @Test func lossIsCounted() throws {
    let devices = [Self.devices[0] + ",drop=0.01,seed=3", Self.devices[1]]
    let ended = try run("--sizes", "100", devices: devices)
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(ended.output.contains(/# size 100: [1-9][0-9]* lost, 0 damaged/))
  }

  @Test func controlCPrintsTotals() throws {
    let tool = try Tool(["latency"] + Self.devices + ["--minms", "60000", "--maxms", "60000"])
    #expect(tool.wait(for: Table.header))
    tool.send(SIGINT)
    let ended = try tool.end()
    #expect(ended.status == 130)
    #expect(ended.output.contains(", interrupted\n"))
  }

  @Test(arguments: [
    ["latency"], ["latency", "emu:cable:0"], ["latency", "emu:cable:0", "emu:cable:1", "--sizes", "1-"],
    ["latency", "emu:cable:0", "emu:cable:1", "--percentile", "101"], ["latency", "--role", "pong"],
    ["latency", "--private-network", "emu:cable:0"], ["latency", "emu:cable:0", "emu:cable:1", "--affinity", "x"],
  ]) func wrongArguments(arguments: [String]) throws {
    let ended = try Tool(arguments).end()
    #expect(ended.status == 64 && !ended.errors.isEmpty, "\(arguments)")
  }

  @Test func aMessageAboveTheFrameIsRefused() throws {
    let ended = try run("--sizes", "64,1473")
    #expect(ended.status == 1 && ended.errors.contains("Give --sizes up to 1472"))
    #expect(try Table(ended.output).rows.isEmpty)
  }
}
