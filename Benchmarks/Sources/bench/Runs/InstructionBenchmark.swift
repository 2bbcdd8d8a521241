import CBaseline
import EtherFabric

/// Instructions of one packet that the API takes at both ends, without the adapters: counted by callgrind, so that
/// they are the same on a busy machine.
///
/// The API's are those of the whole loop without those within the function that stands for the card. Each is the
/// difference of two runs of different length, in which what is done once is not.
enum InstructionBenchmark {
  private static let few = 3200
  private static let many = 9600
  /// The function that stands for the card, by language.
  private static let cards = [
    "swift": "$s15EmulatedAdapter16serviceInterfaceyySv_s6UInt32VtFTo", "c": "adapter_service",
  ]

  static func run(_ bench: Bench) throws {
    bench.report.title("api: instructions of a packet in the API: post, push, poll, unbundle, both ends, no adapter")
    guard let valgrind = Peer.valgrind.path else {
      return bench.report.skip("instructions of the API", "valgrind is not installed")
    }
    let program = "/tmp/efvi-bench-\(Machine.processNumber)"
    defer { Machine.remove(program) }
    do {
      try strip(to: program)
    } catch {
      return bench.report.skip("instructions of the API", "\(error)")
    }
    let conditions = Conditions(wire: "emu:cable", mode: "counted by callgrind", pinning: "no pinning needed")
    for burst in bench.isQuick ? [32] : [1, 8, 32] {
      do {
        var counts: [String: (api: Double, all: Double)] = [:]
        for side in ["swift", "c"] {
          let all = try count([valgrind, program], side, burst, within: nil)
          counts[side] = (all - (try count([valgrind, program], side, burst, within: cards[side])), all)
        }
        guard let ours = counts["swift"], let theirs = counts["c"] else { continue }
        bench.report.add(
          Comparison(
            "api", "API only, 64 B, burst \(burst)", conditions, unit: "instr", ours: Sample(values: [ours.api]),
            peer: "plain C, same rings", theirs: Sample(values: [theirs.api]), aim: .atMost(1)))
        bench.report.add(
          Comparison(
            "api", "with both adapters, burst \(burst)", conditions, unit: "instr", ours: Sample(values: [ours.all]),
            peer: "plain C, same rings", theirs: Sample(values: [theirs.all])))
      } catch {
        bench.report.skip("instructions of the API, burst \(burst)", "\(error)")
      }
    }
  }

  /// Valgrind stumbles over the debugging information of Swift's linker.
  private static func strip(to copy: String) throws {
    guard let strip = Peer.find("strip") else { throw BenchmarkError(reason: "there is no strip (binutils)") }
    let child = try ChildProgram(strip, ["--strip-debug", "-o", copy, Machine.program])
    let text = try child.finish(seconds: 30)
    guard child.exitStatus == 0 else { throw BenchmarkError(reason: "strip: \(text)") }
  }

  private static func count(_ programs: [String], _ side: String, _ burst: Int, within function: String?) throws
    -> Double
  {
    let difference =
      try collected(programs, side, burst, many, within: function)
      - collected(programs, side, burst, few, within: function)
    guard difference > 0 else { throw BenchmarkError(reason: "callgrind counted nothing within \(function ?? "all")") }
    return Double(difference) / Double(many - few)
  }

  private static func collected(
    _ programs: [String], _ side: String, _ burst: Int, _ packets: Int, within function: String?
  ) throws -> Int {
    let toggle = function.map { ["--toggle-collect=\($0)"] } ?? []
    let child = try ChildProgram(
      programs[0],
      ["--tool=callgrind", "--callgrind-out-file=/dev/null"] + toggle
        + [programs[1], InstructionProcess.word, side, "\(burst)", "\(packets)"])
    let text = try child.finish(seconds: 60)
    let line = text.split(separator: "\n").first { $0.contains("Collected") }
    guard child.exitStatus == 0, let count = line?.split(separator: " ").last.flatMap({ Int($0) }) else {
      throw BenchmarkError(reason: "callgrind: \(text.split(separator: "\n").suffix(2).joined(separator: "; "))")
    }
    return count
  }
}

/// This program as what callgrind counts.
enum InstructionProcess {
  static let word = "instruction-process"

  static func run(_ arguments: [String]) throws {
    guard arguments.count == 3, let burst = Int(arguments[1]), let packets = Int(arguments[2]) else {
      throw BenchmarkError(reason: "no side, burst and packets")
    }
    if arguments[0] == "swift" {
      var pair = try CablePair("instructions")
      let mac = pair.receiver.driver.identity.macAddress
      Frame.store(to: pair.sender.memory.base, length: 64, destination: mac, source: mac)
      _ = try pair.run(burst: burst, bursts: packets / burst, length: 64)
    } else {
      guard let pair = baseline_pair_create() else { throw BenchmarkError(reason: "no memory") }
      Frame.store(to: baseline_pair_frame(pair), length: 64, destination: Frame.nobody, source: Frame.nobody)
      _ = baseline_pair_run(pair, UInt32(burst), UInt64(packets / burst), 64)
      baseline_pair_destroy(pair)
    }
  }
}
