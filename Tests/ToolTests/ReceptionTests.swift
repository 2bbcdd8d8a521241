import BuiltTool
import EmulatedAdapter
import EmulatedWires
import Glibc
import Testing

/// The ways in which frames arrive: what `capture` and `sink` do with each, and say of it.
@Suite(.timeLimit(.minutes(1))) final class ReceptionTests {
  private let folder: String

  init() throws {
    var name = Array("/tmp/efvi-reception-XXXXXX".utf8CString)
    try #require(mkdtemp(&name) != nil)
    folder = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    for name in ["in", "on", "off", "auto"] { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }

  /// A file of datagrams to receive.
  private func record(_ count: Int, size: Int) throws {
    let run = try Tool.run(
      "send", "emu:cable:0", "udp:192.0.2.2:5000", "--count", "\(count)", "--size", "\(size)", "--and-sink",
      "emu:cable:1,record=\(folder)/in")
    try #require(run.status == 0, "\(run.errors)")
  }

  private var device: String { "emu:pcap:\(folder)/in" }

  private func bytes(_ name: String) throws -> [UInt8] {
    let file = try #require(fopen("\(folder)/\(name)", "r"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
    return bytes
  }

  @Test(arguments: [58, 1400, 8800])
  func aCaptureIsTheSameInPackedStreamAndWithout(_ size: Int) throws {
    try record(200, size: size)
    for (use, reception) in [("on", "packed stream"), ("off", "an event for each buffer"), ("auto", "packed stream")] {
      let run = try Tool.run(
        "capture", device, "--write", "\(folder)/\(use)", "--count", "200", "--json", "--seconds", "10",
        "--packed-stream", use, "--queue", "2048")
      #expect(run.status == 0, "\(run.errors)")
      let json = try JSON(run.output)
      #expect(json.number("captured", "frames") == 200 && json.number("captured", "unstamped") == 0)
      #expect(json.text("captured", "reception")?.hasPrefix(reception) == true)
      let events = try #require(json.number("captured", "events"))
      #expect(use == "off" ? events >= 200 : events < 40)
    }
    let plain = try bytes("off")
    #expect(plain.count == 24 + 200 * (16 + 42 + size))
    #expect(try bytes("on") == plain && bytes("auto") == plain)
  }

  @Test func aCaptureWithoutTheChoiceUsesPackedStreamWhereThereIsOne() throws {
    try record(10, size: 10)
    let run = try Tool.run("capture", device, "--write", "\(folder)/on", "--count", "10")
    #expect(run.status == 0)
    #expect(run.output.contains("reception  packed stream, 16 buffers of 1 MiB"), "\(run.output)")
    // The largest ring of single buffers is too large for it; the choice makes do.
    let large = try Tool.run("capture", device, "--write", "\(folder)/on", "--count", "10", "--queue", "4096")
    #expect(large.status == 0 && large.output.contains("packed stream"), "\(large.errors)")
    let forced = try Tool.run(
      "capture", device, "--write", "\(folder)/on", "--queue", "4096", "--packed-stream", "on", "--seconds", "1")
    #expect(forced.status == 1 && forced.errors.contains("(EINVAL)"), "\(forced.errors)")
  }

  @Test func adaptersWithoutPackedStreamRefuseIt() throws {
    for arguments in [["capture", "--write", "/dev/null", "--packed-stream", "on"], ["sink", "--packed-stream"]] {
      let run = try Tool([arguments[0], "emu:cable:0,nic=x3", "--seconds", "1"] + arguments[1...]).wait()
      #expect(run.status == 1)
      #expect(run.errors.contains("(EOPNOTSUPP)"), "\(run.errors)")
    }
    let merge = try Tool.run("sink", "emu:cable:0,nic=x3", "--seconds", "1", "--merge")
    #expect(merge.status == 1 && merge.errors.contains("(EOPNOTSUPP)"), "\(merge.errors)")
  }

  @Test(arguments: [(["--merge"], "merged events"), (["--packed-stream"], "packed stream"), ([], "an event for each")])
  func aSinkTakesTheSameFramesInEachWay(_ options: [String], _ reception: String) throws {
    for size in [100, 8000] {
      try record(100, size: size)
      let run = try Tool(
        ["sink", device, "--queue", "2048", "--count", "100", "--seconds", "20", "--verify", "--timestamps", "--json"]
          + options
      ).wait()
      #expect(run.status == 0, "\(run.output)\(run.errors)")
      let json = try JSON(run.output)
      #expect(json.number("received", "delivered") == 100)
      #expect(json.number("received", "bytes") == 100 * (42 + size))
      #expect(json.number("verify", "distinct") == 100 && json.number("verify", "damaged") == 0)
      #expect(json.text("received", "reception")?.hasPrefix(reception) == true)
      #expect(json.number("timestamps", "stamped") == 100 && json.number("timestamps", "unstamped") == 0)
      let events = try #require(json.number("received", "events"))
      // Buffers of a jumbo share no event but in its middle.
      let isShared = options == ["--packed-stream"] || options == ["--merge"] && size == 100
      #expect(isShared ? events < 50 : events >= 100)
    }
  }

  @Test func timesAreThoseOfTheFrames() throws {
    try record(3, size: 20)
    let reader = try CaptureReader(path: "\(folder)/in")
    var times: [UInt64] = []
    while let frame = try reader.next() { times.append(frame.timestamp) }
    try #require(times.count == 3)
    func text(_ time: UInt64) -> String {
      let digits = String(time % 1_000_000_000)
      return "\(time / 1_000_000_000)." + String(repeating: "0", count: 9 - digits.count) + digits
    }
    let run = try Tool.run("sink", device, "--count", "3", "--timestamps", "--hex", "--seconds", "10", "--quiet")
    #expect(run.output.contains("frame 1, 62 bytes, \(text(times[0]))\n"), "\(run.output)")
    for row in ["first", "last", "gap_min", "gap_mean", "gap_max"] { #expect(run.output.contains("  \(row) ")) }
    #expect(run.output.contains(text(times[2])))
    let without = try Tool.run("sink", device, "--count", "3", "--hex", "--seconds", "10", "--quiet")
    #expect(without.output.contains("frame 1, 62 bytes\n") && !without.output.contains("timestamps"))
  }

  @Test(arguments: [[], ["--merge"], ["--packed-stream"]])
  func discardsAreChosen(_ options: [String]) throws {
    try record(100, size: 100)
    func sink(_ discards: String) throws -> JSON {
      let run = try Tool(
        ["sink", device + ",rx-truncate=1,seed=2", "--seconds", "0.3", "--json", "--discards", discards] + options
      ).wait()
      #expect(run.status == 0, "\(run.errors)")
      return try JSON(run.output)
    }
    // What was cut to less than a header reaches nobody.
    func runts(_ json: JSON) -> Int { json.number("receive_port", "rx_runts") ?? 0 }
    for marked in ["all", "fcs", "length", "l4,length"] {
      let json = try sink(marked)
      #expect(json.number("received", "delivered") == 0)
      #expect((json.number("discards", "frameCheckBad") ?? 0) + runts(json) == 100)
    }
    // A frame that was cut has no sum that could be judged: it is marked by its length alone.
    for unmarked in ["none", "inner-l4", "l2-other"] {
      let json = try sink(unmarked)
      #expect((json.number("received", "delivered") ?? 0) + runts(json) == 100)
      #expect(!json.names.contains("discards"))
    }
  }

  @Test(arguments: [
    ["sink", "emu:cable:0", "--discards", "crc"], ["sink", "emu:cable:0", "--discards", "fcs,,l3"],
    ["sink", "emu:cable:0", "--merge", "--packed-stream"],
    ["sink", "emu:cable:0", "--packed-stream", "--address", "192.0.2.1"],
    ["capture", "emu:cable:0", "--write", "/dev/null", "--packed-stream", "perhaps"],
  ])
  func choicesThatCannotBeAreWrongUsage(_ arguments: [String]) throws {
    let run = try Tool(arguments).wait()
    #expect(run.status == 64, "\(run.errors)")
  }
}
