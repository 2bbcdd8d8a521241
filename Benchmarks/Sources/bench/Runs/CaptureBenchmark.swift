import EtherFabric
import Glibc
import NetworkLab

/// Frames of known number and rate written to a pcap file, by `efvi capture` and by tcpdump, both with the receive ring
/// that they take where nothing is asked for, and by tcpdump with a ring as large as ours.
struct CaptureBenchmark {
  private static let name = "capture"

  private struct Tool {
    let name: String
    let pair: VethPair
    let source: PlainEnd
    /// The program and its arguments, with the file to write.
    let command: (_ file: String) -> (path: String, arguments: [String])
    /// What it says when it is ready.
    let ready: String
    /// Finds in what it says at its end how many frames are in the file.
    let written: (String) -> Int?
  }

  /// What is sent. Frames of a burst follow each other as fast as they can; the rate is the mean.
  private struct Load {
    var length: Int
    var rate = 0
    var burst = 0

    func text(_ offered: Double) -> String {
      let rate = self.rate == 0 ? "all it can" : burst > 0 ? "bursts of \(burst)" : ""
      return "\(length) B at \(offered.text(0)) kpps\(rate.isEmpty ? "" : ", \(rate)")"
    }
  }

  private static func loads(_ isQuick: Bool) -> [Load] {
    let some = [
      Load(length: 64, rate: 400_000), Load(length: 64), Load(length: 1500),
      Load(length: 1500, rate: 100_000, burst: 8192),
    ]
    return isQuick
      ? some
      : [Load(length: 64, rate: 100_000), Load(length: 1500, rate: 100_000)] + some + [
        Load(length: 64, rate: 100_000, burst: 32768), Load(length: 1500, rate: 100_000, burst: 2048),
      ]
  }

  /// Seconds after which both have all from the kernel: it hands over a block that is not full after a second.
  private static let settling = 1.5

  static func run(_ bench: Bench) throws {
    guard let cores = bench.needCores("capture") else { return }
    bench.report.title("capture: frames that are missing in the pcap file, of those sent")
    guard let efvi = Machine.environment("EFVI"), access(efvi, X_OK) == 0 else {
      return bench.report.skip("capture", "there is no efvi: Benchmarks/run builds it and names it in EFVI")
    }
    guard let tcpdump = Peer.tcpdump.path else { return bench.report.skip("capture", "tcpdump is not installed") }
    let tools = try [ours(efvi), theirs(tcpdump), theirs(tcpdump, kibibytes: 27 << 10)]
    let seconds = bench.isQuick ? 0.5 : 1.5
    for load in loads(bench.isQuick) {
      for shared in [false, true] { try compare(bench, cores, tools, load, seconds: seconds, shared: shared) }
    }
  }

  private static func compare(
    _ bench: Bench, _ cores: Cores, _ tools: [Tool], _ load: Load, seconds: Double, shared: Bool
  ) throws {
    var lost = [Sample](repeating: Sample(), count: tools.count)
    var offered = Sample()
    for _ in 0..<bench.rounds(1, 3) {
      for (index, tool) in tools.enumerated() {
        do {
          let (outcome, written) = try capture(
            tool, load, seconds: seconds, core: shared ? cores.there : cores.here, senderCore: cores.there)
          lost[index].add(100 * Double(max(0, outcome.sent - written)) / Double(max(1, outcome.sent)))
          offered.add(outcome.rate / 1000)
        } catch {
          return bench.report.skip("capture by \(tool.name)", "\(error)")
        }
      }
    }
    let conditions = Conditions(
      wire: "emu:afpacket on veth", mode: "efvi capture, to a file",
      pinning: shared ? "one core with the sender" : "core \(cores.here), sender on \(cores.there)")
    for peer in 1..<tools.count {
      // Where tcpdump as it is loses nothing, there is nothing to be better at.
      let matters = peer == 1 && lost[1].median > 0
      bench.report.add(
        Comparison(
          name, "lost of \(load.text(offered.median))", conditions, unit: "%", ours: lost[0], peer: tools[peer].name,
          theirs: lost[peer], aim: matters ? .zero : nil))
    }
  }

  private static func capture(
    _ tool: Tool, _ load: Load, seconds: Double, core: Int, senderCore: Int
  ) throws -> (Generator.Outcome, Int) {
    let file = "/tmp/efvi-bench-\(Machine.processNumber).pcap"
    defer { unlink(file) }
    // Nothing of the last file is still on its way to the disk.
    sync()
    guard let taskset = Peer.find("taskset") else { throw BenchmarkError(reason: "there is no taskset (util-linux)") }
    let (path, arguments) = tool.command(file)
    let child = try ChildProgram(taskset, ["-c", "\(core)", path] + arguments)
    if tool.ready.isEmpty {
      try waitForFile(file)
    } else {
      _ = try child.wait(for: tool.ready, seconds: 10)
    }
    usleep(100_000)
    let outcome = try Generator(
      tool.source, length: load.length, burst: load.burst, rate: load.rate, seconds: seconds, core: senderCore
    ).join()
    usleep(UInt32(settling * 1e6))
    child.signal(SIGINT)
    let text = try child.finish(seconds: 20)
    guard let written = tool.written(text) else {
      throw BenchmarkError(reason: "no number of frames in: \(text.suffix(300))")
    }
    return (outcome, written)
  }

  private static func waitForFile(_ file: String) throws {
    let deadline = Machine.seconds + 10
    while access(file, F_OK) != 0 {
      guard Machine.seconds < deadline else { throw BenchmarkError(reason: "it did not begin \(file) in 10 s") }
      usleep(1000)
    }
  }

  private static func ours(_ efvi: String) throws -> Tool {
    let pair = try VethPair(kernelEnd: "ck0", adapterEnd: "ca0", address: "10.9.60.1")
    return Tool(
      name: "efvi", pair: pair, source: try PlainEnd(.packet(pair.kernelEnd)),
      command: { (efvi, ["capture", "emu:afpacket:\(pair.adapterEnd)", "--write", $0, "--quiet", "--json"]) },
      ready: "",
      written: { text in number(after: "\"frames\":", in: text) })
  }

  /// - Parameter kibibytes: What its receive ring has of memory; its own choice is 2 MiB.
  private static func theirs(_ tcpdump: String, kibibytes: Int? = nil) throws -> Tool {
    let number = kibibytes == nil ? 1 : 2
    let pair = try VethPair(
      kernelEnd: "ck\(number)", adapterEnd: "ca\(number)", address: number == 1 ? "10.9.61.1" : "10.9.62.1")
    let size = kibibytes.map { ["-B", "\($0)"] } ?? []
    return Tool(
      name: (["tcpdump"] + size).joined(separator: " "), pair: pair, source: try PlainEnd(.packet(pair.kernelEnd)),
      command: { (tcpdump, ["-i", pair.adapterEnd, "-n", "-Z", "root", "-w", $0] + size) }, ready: "listening on",
      written: { text in self.number(before: " packets captured", in: text) })
  }

  private static func number(after words: String, in text: String) -> Int? {
    guard let range = text.firstRange(of: words) else { return nil }
    return Int(text[range.upperBound...].drop { $0 == " " }.prefix { $0.isNumber })
  }

  private static func number(before words: String, in text: String) -> Int? {
    guard let range = text.firstRange(of: words) else { return nil }
    return Int(String(text[..<range.lowerBound].reversed().prefix { $0.isNumber }.reversed()))
  }
}
