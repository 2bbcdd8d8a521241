import CBaseline
import EtherFabric

/// Nanoseconds a packet through the rings and over a cable in memory, against the same work in C.
enum CableBenchmark {
  static func run(quick: Bool) throws {
    var pair = try CablePair("bench")
    let baseline = baseline_pair_create()!
    defer { baseline_pair_destroy(baseline) }
    let length = 64
    let mac = pair.receiver.driver.identity.macAddress
    Frame.store(to: pair.sender.memory.base, length: length, destination: mac, source: mac)
    Frame.store(to: baseline_pair_frame(baseline), length: length, destination: mac, source: mac)

    // Short rounds: what disturbs one side of a pair for milliseconds disturbs few pairs.
    let packets = 16_000
    let rounds = quick ? 101 : 501
    print("cable: EMULATED, \(length)-byte UDP frames, one thread; median of \(rounds) rounds of \(packets) packets,")
    print("Swift and C in turns; ns a packet, the distance between the quartiles in brackets")
    print("  burst        Swift              C           Swift / C")
    for burst in [1, 8, 32] {
      var swift = Sample()
      var plain = Sample()
      var ratio = Sample()
      for round in 0..<(rounds + 2) {
        let first = try measure(packets) { try pair.run(burst: burst, bursts: packets / burst, length: length) }
        let second = try measure(packets) {
          Int(baseline_pair_run(baseline, UInt32(burst), UInt64(packets / burst), UInt32(length)))
        }
        // The first rounds warm caches and predictors.
        guard round >= 2 else { continue }
        swift.add(first)
        plain.add(second)
        ratio.add(first / second)
      }
      print(
        "  \(String(burst).padded(5))  \(swift.median.text(1, 7)) (\(swift.spread.text(1, 5)))"
          + "  \(plain.median.text(1, 7)) (\(plain.spread.text(1, 5)))"
          + "  \(ratio.median.text(2, 6)) (\(ratio.spread.text(2, 4)))")
    }
    print("")
  }

  private static func measure(_ packets: Int, _ body: () throws -> Int) throws -> Double {
    let start = baseline_now()
    let done = try body()
    let taken = baseline_now() - start
    guard done == packets else { throw BenchmarkError(reason: "\(done) of \(packets) packets arrived") }
    return Double(taken) / Double(packets)
  }
}

struct BenchmarkError: Error, CustomStringConvertible {
  var reason: String
  var description: String { reason }
}
