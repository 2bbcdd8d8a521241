import Glibc
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct DemoTests {
  private static let sizes: [Int64] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

  @Test(.privateNetwork) func aPrivateNetwork() throws {
    let ended = try Tool.run("demo", "--datagrams", "30000")
    #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
    for part in [
      "EMULATED", "no wire and no PCIe", "[1] ", "[2] ", "[3] ", "[4] ", "[5] ", "emu:afpacket:a0",
      "10 of 10 pings answered, 0 damaged", "echo replies 10", "median ratio: two kernel sockets take",
      "no interface is left but lo", "README.md", "efvi --help", "make test", "make bench",
    ] { #expect(ended.output.contains(part), "\(part)") }
    let table = try Table(ended.output)
    table.check()
    #expect(table.rows.map(\.size) == Self.sizes + Self.sizes)
    #expect(ended.output.components(of: Table.header) == 2)
    try checkAccount(ended.output, sent: 30000)
  }

  @Test func theCableWithoutANetwork() throws {
    let ended = try Tool.run("demo", "--no-network", "--datagrams", "200000")
    #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
    for part in ["[1] An in-memory cable", "--no-network", "10 of 10 pings answered", "[5] ", "make bench"] {
      #expect(ended.output.contains(part), "\(part)")
    }
    let table = try Table(ended.output)
    table.check()
    #expect(table.rows.map(\.size) == Self.sizes)
    try checkAccount(ended.output, sent: 200000)
  }

  /// Adds the rows up again.
  private func checkAccount(_ output: String, sent: Int) throws {
    var rows: [(count: Int, name: Substring)] = []
    var isInside = false
    for line in output.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1)
      guard words.count == 2, let count = Int(words[0]) else { continue }
      let name = words[1].drop { $0 == " " }
      if name == "sent" { isInside = true }
      if isInside { rows.append((count, name)) }
      if name == "sum of the rows" { break }
    }
    #expect(rows.first?.count == sent && rows.last?.count == sent)
    #expect(rows.dropFirst().dropLast().reduce(0) { $0 + $1.count } == sent)
    #expect(try #require(rows.first { $0.name.hasPrefix("delivered") }).count > 0)
    #expect(try #require(rows.first { $0.name.hasPrefix("filtered") }).count > 0)
  }

  @Test(.privateNetwork) func killedHalfWayNothingIsLeft() throws {
    let before = Surroundings()
    let tool = try Tool(["demo"])
    #expect(tool.wait(for: "[3] "))
    let during = Surroundings()
    tool.send(SIGKILL)
    let ended = try tool.end()
    #expect(ended.status == -SIGKILL)
    let name = try #require(ended.output.firstMatch(of: /net:\[[0-9]+\]/)).output
    #expect(during.namespaces.contains(String(name)))
    let after = Surroundings()
    #expect(after.interfaces == before.interfaces && during.interfaces == before.interfaces)
    #expect(!after.namespaces.contains(String(name)))
  }

  @Test(.privateNetwork) func controlCStopsCleanly() throws {
    let tool = try Tool(["demo"])
    #expect(tool.wait(for: "[3] "))
    tool.send(SIGINT)
    let ended = try tool.end()
    #expect(ended.status == 130)
    #expect(ended.output.contains("stopped by Ctrl-C") && !ended.output.contains("[5]"))
  }

  @Test func fewDatagramsAreRefused() throws {
    let ended = try Tool.run("demo", "--datagrams", "10")
    #expect(ended.status == 64 && ended.errors.contains("1000 or more"))
  }
}

extension String {
  /// How often `part` is in it.
  func components(of part: String) -> Int { ranges(of: part).count }
}
