import BuiltTool
import EmulatedAdapter
import EmulatedWires
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) final class CaptureTests {
  private let folder: String

  init() throws {
    var name = Array("/tmp/efvi-capture-XXXXXX".utf8CString)
    try #require(mkdtemp(&name) != nil)
    folder = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    for name in ["in", "out"] { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }

  /// A file of datagrams to capture from.
  private func record(_ count: Int, size: Int) throws {
    let run = try Tool.run(
      "send", "emu:cable:0", "udp:192.0.2.2:5000", "--count", "\(count)", "--size", "\(size)", "--and-sink",
      "emu:cable:1,record=\(folder)/in")
    try #require(run.status == 0, "\(run.errors)")
  }

  @Test func fileHasTheFramesWithNanoseconds() throws {
    try record(100, size: 58)
    let run = try Tool.run(
      "capture", "emu:pcap:\(folder)/in", "udp:192.0.2.2:5000", "--write", "\(folder)/out", "--count", "100", "--json",
      "--seconds", "10")
    #expect(run.status == 0, "\(run.errors)")
    let json = try JSON(run.output)
    #expect(json.number("captured", "frames") == 100)
    #expect(json.number("captured", "bytes") == 10_000)

    #expect(try magic("\(folder)/out") == 0xa1b2_3c4d)
    let reader = try CaptureReader(path: "\(folder)/out")
    var count: UInt64 = 0
    var last: UInt64 = 0
    while let frame = try reader.next() {
      #expect(frame.length == 100)
      #expect(frame.timestamp > 1_500_000_000_000_000_000)
      #expect(frame.timestamp >= last)
      last = frame.timestamp
      let number = UInt64(bigEndian: frame.bytes.loadUnaligned(fromByteOffset: 42, as: UInt64.self))
      #expect(number == count)
      count += 1
    }
    #expect(count == 100)
  }

  @Test func countAndLengthAreLimits() throws {
    try record(50, size: 1000)
    let run = try Tool.run(
      "capture", "emu:pcap:\(folder)/in", "--write", "\(folder)/out", "--count", "7", "--snaplen", "64")
    #expect(run.status == 0, "\(run.errors)")
    let reader = try CaptureReader(path: "\(folder)/out", cutFrames: .pad)
    var count = 0
    while let frame = try reader.next() {
      #expect(frame.length == 1042)
      count += 1
    }
    #expect(count == 7)
    // A file header and seven records of a header and 64 bytes.
    var status = stat()
    #expect(stat("\(folder)/out", &status) == 0)
    #expect(status.st_size == 24 + 7 * (16 + 64))
  }

  @Test func aSinkTakesWhatAReplayHasAndNoMoreThanItsCount() throws {
    try record(2000, size: 100)
    let all = try Tool.run(
      "sink", "emu:pcap:\(folder)/in", "--count", "2000", "--seconds", "20", "--verify", "--json")
    #expect(all.status == 0, "\(all.output)\(all.errors)")
    #expect(try JSON(all.output).number("verify", "distinct") == 2000)
    let some = try Tool.run("sink", "emu:pcap:\(folder)/in", "--count", "5", "--seconds", "20", "--json")
    #expect(try JSON(some.output).number("received", "delivered") == 5)
  }

  @Test func standardOutputIsTheFileAlone() throws {
    try record(3, size: 10)
    let run = try Tool.run("capture", "emu:pcap:\(folder)/in", "--write", "-", "--count", "3")
    #expect(run.status == 0)
    #expect(run.errors.contains("frames     3"))
    #expect(!run.output.contains("captured"))
  }

  private func magic(_ path: String) throws -> UInt32 {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    try #require(file >= 0)
    defer { close(file) }
    var magic: UInt32 = 0
    #expect(read(file, &magic, 4) == 4)
    return magic
  }
}
